import { SegmentationError } from './segmentation-error';

/** So much has come to an end that a subscriber has not read of, that it is not kept any longer. */
export class ReadsTooSlowly extends SegmentationError {
  override readonly code = 'RATE_LIMITED';

  constructor() {
    super('Events are not read fast enough. Come again with the last cursor as "after".');
  }
}
