import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Logger } from 'pino';
import type { OpenAnswers } from './open-answers';

export interface ClosingParts {
  readonly server: Server;
  readonly answers: OpenAnswers;
  /** Stops driving; before the watchers, which the runs wait with. */
  readonly runs: { close(): Promise<void> };
  readonly watchers: { close(): Promise<void> };
  readonly sockets: { close(): Promise<void> };
  readonly streams: { close(): void };
  readonly callbacks: { close(): Promise<void> } | null;
  readonly graphql: { stop(): Promise<void> };
  readonly client: { close(): Promise<void> };
  readonly drain: Drain;
  readonly log: Logger;
}

/** How the gateway closes, in ms. */
export interface Drain {
  /** Serves on for so long while it says that it is not ready, so that load balancers turn away first. */
  readonly delayMs: number;
  /** Requests that still run after this are cut off. */
  readonly timeoutMs: number;
}

/**
 * Closing time, in this order: let load balancers see it, take nothing new, send subscribers to come again (their streams
 * have not ended, so they hear no `complete`), let running requests end, then close what they needed.
 */
export async function closeGateway(parts: ClosingParts): Promise<void> {
  parts.answers.beLast();
  if (parts.drain.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, parts.drain.delayMs));
  const closed = takeNothingNew(parts.server);
  parts.answers.endIdle();
  const arriving = setTimeout(
    () => parts.answers.endUnfinished(),
    Math.min(arrivalMs, parts.drain.timeoutMs),
  );
  // Before what feeds them: an end of that would look like the end of the stream.
  const socketsClosed = parts.sockets.close();
  parts.streams.close();
  const callbacksClosed = parts.callbacks?.close();
  await parts.runs.close();
  await parts.watchers.close();
  await socketsClosed;
  await callbacksClosed;
  const timer = setTimeout(() => {
    parts.log.warn('Requests were still running after the time to drain; they are cut off');
    parts.server.closeAllConnections();
  }, parts.drain.timeoutMs);
  await closed;
  clearTimeout(arriving);
  clearTimeout(timer);
  // Ends Node's looking for late requests.
  parts.server.close();
  await parts.graphql.stop();
  await parts.client.close();
}

/** Resolves when the last connection has ended. `close` of the HTTP server would cut off answers that are still being read. */
function takeNothingNew(server: Server): Promise<void> {
  return new Promise((resolve) => NetServer.prototype.close.call(server, () => resolve()));
}

/** For the rest of a request that has begun to arrive. */
const arrivalMs = 1_000;
