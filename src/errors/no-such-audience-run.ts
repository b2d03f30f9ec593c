import { SegmentationError } from './segmentation-error';

/** A subscription to a run that is not there, or not in the caller's org and sandbox. */
export class NoSuchAudienceRun extends SegmentationError {
  override readonly code = 'NOT_FOUND';

  constructor(id: string) {
    super(`There is no audience run ${id}. Check the id, and the org and sandbox of this request.`);
  }
}
