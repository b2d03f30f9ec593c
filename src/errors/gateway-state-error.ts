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

/**
 * The database in which replicas keep their common state does not answer, or does not do what it is asked. Told as
 * UPSTREAM_UNAVAILABLE, which is what a client can do about it.
 */
export class SharedStateUnavailable extends SegmentationError {
  readonly code = 'UPSTREAM_UNAVAILABLE';
  /** True where it was told to write, and nobody knows whether it did. */
  readonly outcomeUnknown: boolean;

  constructor({ outcomeUnknown, cause }: { readonly outcomeUnknown: boolean; readonly cause: unknown }) {
    super(
      outcomeUnknown
        ? 'The database that the gateways share fell silent while it was told to write; whether it did is unknown. Look whether it was done before you ask again'
        : 'The database that the gateways share is not available, and with it audience runs and the audiences of destinations; nothing was written to it. Ask again later',
      { cause },
    );
    this.outcomeUnknown = outcomeUnknown;
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
