import { SegmentationError } from './segmentation-error';

/** The `after` of a list is not a cursor that this list, with this filter and this order, has given. */
export class BadCursor extends SegmentationError {
  override readonly code = 'BAD_USER_INPUT';

  constructor(reason: string, options?: { readonly cause?: unknown }) {
    super(`"after" cannot be used here: ${reason}. Leave "after" out to start again.`, options);
  }
}
