import { SegmentationError } from './segmentation-error';

/** An argument that GraphQL lets through but that cannot be used; for queries, which have no userErrors. */
export class BadUserInput extends SegmentationError {
  override readonly code = 'BAD_USER_INPUT';
}
