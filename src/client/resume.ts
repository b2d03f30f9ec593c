import type { Client } from 'graphql-ws/client';
import { createQueue } from './queue';
import { isCursorRefused, toGap } from './refused-cursor';
import { sleep } from './waits';
import type { RetryWaitMs } from './waits';

type Subscribe = Client['subscribe'];
type Payload = Parameters<Subscribe>[0];

/** A subscription goes on behind its last event where its document can say so. */
const hasAfter = /\$after\s*:/;
/** The one stream that has no end of its own. */
const isEndless = /\bjobsChanged\b/;

type EventData = Readonly<Record<string, unknown>>;

interface SeenEvent {
  readonly cursor: string;
  readonly type: unknown;
}

/**
 * Wraps a graphql-ws client. When a socket breaks, graphql-ws subscribes again with the same payload; here the payload
 * has the cursor of the last event as `after` by then, so that no event is lost. A stream of events that the gateway
 * completes before its TERMINAL event (an older gateway that stops does so) is taken up again in the same way. Where the
 * gateway refuses the cursor, the stream begins anew without it, behind a GAP. At AUTH_EXPIRING a fresh token is sent on
 * the live socket.
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
  next(result: { readonly data?: unknown; readonly errors?: unknown }): void;
  error(error: unknown): void;
  complete(): void;
}

interface FollowParts {
  readonly client: Client;
  readonly retryWaitMs: RetryWaitMs;
  readonly closing: AbortSignal;
  readonly renew: () => void;
}

function followEvents(parts: FollowParts, payload: Payload, sink: Sink): () => void {
  const following = new FollowedEvents(parts, payload, sink);
  following.begin();
  return () => following.leave();
}

/** One subscription of the application, over as many of graphql-ws as it takes. */
class FollowedEvents {
  /** graphql-ws reads it anew each time that a socket opens. */
  private readonly live: { -readonly [Name in keyof Payload]: Payload[Name] };
  private readonly endless: boolean;
  private readonly left = new AbortController();
  private last: (SeenEvent & { readonly data: EventData }) | null = null;
  private failures = 0;
  /** A GAP is to be told, in the shape of the first event there is. */
  private isGapDue = false;
  private release = (): void => undefined;
  /** Counts the subscriptions of graphql-ws, of which only the newest is heard. */
  private turn = 0;

  constructor(
    private readonly parts: FollowParts,
    payload: Payload,
    private readonly sink: Sink,
  ) {
    this.live = { ...payload };
    this.endless = isEndless.test(payload.query);
  }

  begin(): void {
    const turn = ++this.turn;
    const isHeard = (): boolean => turn === this.turn;
    this.release = this.parts.client.subscribe(this.live, {
      next: (result) => {
        if (isHeard()) this.next(result);
      },
      error: (error) => {
        if (isHeard() && !this.beganAnew(error)) this.sink.error(error);
      },
      complete: () => {
        if (isHeard()) this.completed();
      },
    });
  }

  leave(): void {
    this.left.abort();
    this.release();
  }

  private next(result: Parameters<Sink['next']>[0]): void {
    if (this.beganAnew(result.errors)) return;
    const seen = eventIn(result.data);
    if (seen !== null) {
      const data = result.data as EventData;
      this.last = { ...seen, data };
      this.failures = 0;
      this.live.variables = { ...this.live.variables, after: seen.cursor };
      this.tellGap(data);
    }
    this.sink.next(result);
    if (seen?.type === 'AUTH_EXPIRING') this.parts.renew();
  }

  private completed(): void {
    const { last, left, parts, sink } = this;
    const wentOn = last !== null && last.type !== undefined && !this.hasEnded(last);
    if (!wentOn || left.signal.aborted || parts.closing.aborted) sink.complete();
    else
      sleep(parts.retryWaitMs(this.failures++), left.signal).then(
        () => this.begin(),
        () => sink.complete(),
      );
  }

  /** Where a cursor is refused, which it will be for ever: from how things stand now, behind a GAP. */
  private beganAnew(errors: unknown): boolean {
    const { after, ...variables } = this.live.variables ?? {};
    if (after === undefined || after === null || !isCursorRefused(errors)) return false;
    const { last, release } = this;
    if (last !== null && this.hasEnded(last)) {
      this.turn += 1;
      release();
      this.sink.complete();
      return true;
    }
    this.live.variables = variables;
    this.isGapDue = true;
    this.begin();
    release();
    if (last !== null) this.tellGap(last.data);
    return true;
  }

  /** Told at once where it can be: of a list nothing may come for long, and its jobs have to be read again. */
  private tellGap(like: EventData): void {
    if (!this.isGapDue) return;
    this.isGapDue = false;
    const data = toGap(like);
    if (data !== null) this.sink.next({ data });
  }

  private hasEnded({ type }: SeenEvent): boolean {
    return !this.endless && type === 'TERMINAL';
  }
}

/** The event of a job stream: the one field of the answer, with a cursor. */
function eventIn(data: unknown): SeenEvent | null {
  if (typeof data !== 'object' || data === null) return null;
  const [event] = Object.values(data) as ({ readonly cursor?: unknown; readonly type?: unknown } | null)[];
  return typeof event?.cursor === 'string' ? { cursor: event.cursor, type: event.type } : null;
}
