import { SegmentationError } from './segmentation-error';

/** A command could not be done; `exitCode` tells scripts why: 1 the work failed, 2 it was asked wrongly, 6 the platform refused. */
export class CommandError extends SegmentationError {
  readonly code = 'COMMAND_FAILED';

  constructor(
    message: string,
    readonly exitCode: 1 | 2 | 6,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
