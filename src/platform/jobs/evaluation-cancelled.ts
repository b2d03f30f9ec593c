import { PlatformError } from '../../errors/platform-error';

/** The segment job that an export runs first was cancelled by itself. */
export class EvaluationCancelled extends PlatformError {
  readonly code = 'EVALUATION_CANCELLED';

  constructor(readonly segmentJobId: string) {
    super(`The export was to evaluate its segments first, but that job, ${segmentJobId}, was cancelled.`);
  }
}
