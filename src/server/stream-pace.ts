/** How streams are kept alive, and what is borne of those who read them. */
export interface StreamPace {
  /** Between two signs of life on an HTTP stream, in ms. */
  readonly heartbeatMs: number;
  /** Between two pings on a socket, in ms; a client that has not answered by the next one is gone. */
  readonly pingMs: number;
  /** More than this may not wait to be read … */
  readonly maxWaitingBytes: number;
  /** … for so long, in ms. */
  readonly slowMs: number;
  /** An HTTP stream of which nothing at all is read for so long is cut off, in ms. */
  readonly stalledMs: number;
  /** To say `connection_init` on a new socket, in ms. */
  readonly initMs: number;
  /** Messages that a socket may send at once, and how many each second adds. */
  readonly messageBurst: number;
  readonly messagesPerSecond: number;
  /** The shortest time between two signs of life that a router may ask for, in ms. */
  readonly callbackHeartbeatFloorMs: number;
  /** A router's callback has so long to answer, in ms … */
  readonly callbackTimeoutMs: number;
  /** … and is tried again after these, in ms, where it was not heard or failed by itself. */
  readonly callbackRetriesMs: readonly number[];
  /** When the gateway closes, routers have so long to hear it, in ms. */
  readonly callbackFarewellMs: number;
}

export const defaultPace: StreamPace = {
  heartbeatMs: 12_000,
  pingMs: 10_000,
  maxWaitingBytes: 1024 * 1024,
  slowMs: 10_000,
  stalledMs: 60_000,
  initMs: 3_000,
  messageBurst: 2_000,
  messagesPerSecond: 200,
  callbackHeartbeatFloorMs: 1_000,
  callbackTimeoutMs: 5_000,
  callbackRetriesMs: [100, 400, 1_600],
  callbackFarewellMs: 2_000,
};
