import { SegmentationError } from './segmentation-error';

/**
 * How a command of `audience` ends: 0 done, 1 the work failed (no line was good, the job failed), 2 asked wrongly,
 * 3 the job was cancelled, 4 the time was over, 5 the credential was not taken, 6 the platform, the gateway or its
 * upstream refused or broke off.
 */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6;

/** A command could not be done; `exitCode` tells scripts why. */
export class CommandError extends SegmentationError {
  readonly code = 'COMMAND_FAILED';

  constructor(
    message: string,
    readonly exitCode: Exclude<ExitCode, 0>,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
