import type { GatewayDiskFull, SharedStateUnavailable } from './gateway-state-error';
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

/**
 * The destination did what it was asked, and the gateway's own state could not be told: nobody knows here what the
 * audience is called there, or that it is gone. The code is that of the cause.
 */
export class DestinationUnkept extends SegmentationError {
  override readonly code: string;

  constructor(message: string, options: { readonly cause: GatewayDiskFull | SharedStateUnavailable }) {
    super(message, options);
    this.code = options.cause.code;
  }
}
