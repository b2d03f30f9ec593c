import { SegmentationError } from './segmentation-error';

/** One request would have to look further than it may, for one of many things at once; alone it is found. */
export class TooManyLookups extends SegmentationError {
  override readonly code = 'QUERY_TOO_COMPLEX';

  constructor(what: string) {
    super(`This was not looked up, together with so many others: ${what}. Ask for it alone.`);
  }
}
