import type { Client } from 'graphql-ws/client';
import { createQueue } from './queue';
import { sleep } from './waits';
import type { RetryWaitMs } from './waits';

type Subscribe = Client['subscribe'];
type Payload = Parameters<Subscribe>[0];

/** A subscription goes on behind its last event where its document can say so. */
const hasAfter = /\$after\s*:/;
/** The one stream that has no end of its own. */
const isEndless = /\bjobsChanged\b/;

interface SeenEvent {
  readonly cursor: string;
  readonly type: unknown;
}

/**
 * Wraps a graphql-ws client. When a socket breaks, graphql-ws subscribes again with the same payload; here the payload
 * has the cursor of the last event as `after` by then, so that no event is lost. A stream of events that the gateway
 * completes before its TERMINAL event (an older gateway that stops does so) is taken up again in the same way; and at
 * AUTH_EXPIRING a fresh token is sent on the live socket.
 */
export function createResumingSubscribe(parts: {
  readonly client: Client;
  readonly retryWaitMs: RetryWaitMs;
  /** Gives the gateway the headers that a new socket would be opened with, where they are others; a new socket at worst. */
  readonly renew: () => void;
}): Pick<Client, 'on' | 'subscribe' | 'iterate' | 'terminate' | 'dispose'> {
  const { client } = parts;
  const closing = new AbortController();
  const subscribe: Subscribe = (payload, sink) =>
    hasAfter.test(payload.query)
      ? followEvents({ ...parts, closing: closing.signal }, payload, sink)
      : client.subscribe(payload, sink);
  return {
    on: (event, listener) => client.on(event, listener),
    terminate: () => client.terminate(),
    dispose: async () => {
      closing.abort();
      await client.dispose();
    },
    subscribe,
    iterate: (payload) => {
      const queue = createQueue<never>(() => stop());
      const stop = subscribe(payload, {
        next: (result) => queue.push(result as never),
        error: queue.fail,
        complete: queue.end,
      });
      return queue;
    },
  };
}

interface Sink {
  next(result: { readonly data?: unknown }): void;
  error(error: unknown): void;
  complete(): void;
}

function followEvents(
  parts: {
    readonly client: Client;
    readonly retryWaitMs: RetryWaitMs;
    readonly closing: AbortSignal;
    readonly renew: () => void;
  },
  payload: Payload,
  sink: Sink,
): () => void {
  const live = { ...payload };
  const endless = isEndless.test(payload.query);
  let last: SeenEvent | null = null;
  let failures = 0;
  let leave = (): void => undefined;
  const left = new AbortController();
  const begin = (): void => {
    leave = parts.client.subscribe(live, {
      next: (result) => {
        const seen = eventIn(result.data);
        if (seen !== null) {
          last = seen;
          failures = 0;
          live.variables = { ...live.variables, after: seen.cursor };
        }
        sink.next(result);
        if (seen?.type === 'AUTH_EXPIRING') parts.renew();
      },
      error: (error) => sink.error(error),
      complete: () => {
        const wentOn = last !== null && last.type !== undefined && (endless || last.type !== 'TERMINAL');
        if (!wentOn || left.signal.aborted || parts.closing.aborted) sink.complete();
        else sleep(parts.retryWaitMs(failures++), left.signal).then(begin, () => sink.complete());
      },
    });
  };
  begin();
  return () => {
    left.abort();
    leave();
  };
}

/** The event of a job stream: the one field of the answer, with a cursor. */
function eventIn(data: unknown): SeenEvent | null {
  if (typeof data !== 'object' || data === null) return null;
  const [event] = Object.values(data) as ({ readonly cursor?: unknown; readonly type?: unknown } | null)[];
  return typeof event?.cursor === 'string' ? { cursor: event.cursor, type: event.type } : null;
}
