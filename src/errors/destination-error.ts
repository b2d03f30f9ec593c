import { SegmentationError } from './segmentation-error';

export type DestinationErrorCode = 'UPSTREAM_UNAVAILABLE' | 'UPSTREAM_TIMEOUT' | 'UPSTREAM_INVALID_RESPONSE';

/** What is known of a request to a destination that came to nothing. Holds nothing of the request. */
export interface DestinationFailure {
  readonly code: DestinationErrorCode;
  /** HTTP status; null where no answer came. */
  readonly status: number | null;
  /** True where a write was sent and nobody knows whether it was done. */
  readonly outcomeUnknown: boolean;
}

/**
 * A destination of an audience template failed by itself (5xx, a redirect, an answer that cannot be read) or could not be
 * heard. What it refuses with a reason is no error but an outcome.
 */
export class DestinationFailed extends SegmentationError {
  override readonly code: DestinationErrorCode;
  readonly status: number | null;
  readonly outcomeUnknown: boolean;

  constructor(message: string, { code, status, outcomeUnknown }: DestinationFailure) {
    super(message);
    this.code = code;
    this.status = status;
    this.outcomeUnknown = outcomeUnknown;
  }
}
