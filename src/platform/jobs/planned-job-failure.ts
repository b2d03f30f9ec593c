import { PlatformError } from '../../errors/platform-error';
import type { JobError } from '../records';

/** A job failed because somebody had asked for it, to see what then happens. */
export class PlannedJobFailure extends PlatformError {
  readonly code: string;

  constructor({ code, message }: JobError) {
    super(message);
    this.code = code;
  }
}
