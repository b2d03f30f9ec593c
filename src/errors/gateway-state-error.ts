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

/** There is no space to write the gateway's own state: an audience run, or the id of an audience in a destination. */
export class GatewayDiskFull extends SegmentationError {
  readonly code = 'DISK_FULL';

  constructor(options: { readonly cause: unknown }) {
    super(
      'The gateway cannot write its own state: the disk that holds its folder is full. What it wrote before is kept; whoever runs the gateway has to make room. Then ask again',
      options,
    );
  }
}
