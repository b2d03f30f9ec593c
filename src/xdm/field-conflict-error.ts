import { SegmentationError } from '../errors/segmentation-error';

/**
 * A field cannot be added: its path is no name, is taken by another type, or leads through something not an
 * object.
 */
export class FieldConflictError extends SegmentationError {
  readonly code = 'FIELD_CONFLICT';

  constructor(
    readonly path: string,
    reason: string,
  ) {
    super(`Cannot add the field "${path}": ${reason}`);
  }
}
