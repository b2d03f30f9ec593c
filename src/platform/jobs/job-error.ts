import { SegmentationError } from '../../errors/segmentation-error';
import type { JobError } from '../records';

/** What a failed job tells its owner; an error of our own making is told as such, its details go to the log alone. */
export function toJobErrors(error: unknown): readonly JobError[] {
  if (error instanceof SegmentationError) return [{ code: error.code, message: error.message }];
  const message =
    'The job failed for a reason inside the platform. Its log has the details under the request id of this job.';
  return [{ code: 'INTERNAL_ERROR', message }];
}

/** True for a fault of our own, which nobody who asked can mend: it goes to the log. */
export function isOwnFault(error: unknown): boolean {
  return !(error instanceof SegmentationError);
}
