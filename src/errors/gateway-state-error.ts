import { SegmentationError } from './segmentation-error';

/** The folder of the gateway's own state cannot be used; `reason` says why, the message what to do. */
export class GatewayStateUnavailable extends SegmentationError {
  readonly code = 'GATEWAY_STATE_UNAVAILABLE';

  constructor(
    /** `newer`: a later release of the gateway has written it. */
    readonly reason: 'unwritable' | 'locked' | 'damaged' | 'newer',
    message: string,
    options?: { readonly cause?: unknown },
  ) {
    super(message, options);
  }
}
