import type { Server } from 'node:http';
import type { Logger } from 'pino';

export interface ClosingParts {
  readonly server: Server;
  /** Stops driving; before the watchers, which the runs wait with. */
  readonly runs: { close(): Promise<void> };
  readonly watchers: { close(): Promise<void> };
  readonly sockets: { close(): Promise<void> };
  readonly graphql: { stop(): Promise<void> };
  readonly client: { close(): Promise<void> };
  readonly log: Logger;
}

/** Requests that still run after this are cut off. */
const drainMs = 4_000;

/**
 * Closing time, in this order: take nothing new, complete the subscriptions (their clients see `complete`, then 1001),
 * let running requests end, then close what they needed.
 */
export async function closeGateway(parts: ClosingParts): Promise<void> {
  const closed = new Promise<void>((resolve) => parts.server.close(() => resolve()));
  await parts.runs.close();
  await parts.watchers.close();
  // A turn of the loop, so that each `complete` is on its way before its socket closes.
  await new Promise((resolve) => setImmediate(resolve));
  await parts.sockets.close();
  parts.server.closeIdleConnections();
  const timer = setTimeout(() => {
    parts.log.warn('Requests were still running after the time to drain; they are cut off');
    parts.server.closeAllConnections();
  }, drainMs);
  await closed;
  clearTimeout(timer);
  await parts.graphql.stop();
  await parts.client.close();
}
