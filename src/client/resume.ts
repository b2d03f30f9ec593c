import type { Client } from 'graphql-ws/client';
import { createQueue } from './queue';
import { isCursorRefused, toGap } from './refused-cursor';
import { unheardLists } from './unheard-lists';
import type { UnheardList } from './unheard-lists';
import { sleep } from './waits';
import type { RetryWaitMs } from './waits';

type Subscribe = Client['subscribe'];
type Payload = Parameters<Subscribe>[0];

/** The answer of a subscription: one field, by its name or alias. */
export type EventData = Readonly<Record<string, unknown>>;

/**
 * What Apollo's GraphQLWsLink, urql's subscriptionExchange and our own client subscribe through. `gap` is a GAP of this
 * document, for a list that has heard nothing yet which could be the model of one.
 */
export interface ResumingClient extends Pick<Client, 'on' | 'iterate' | 'terminate' | 'dispose'> {
  subscribe(...subscription: [...Parameters<Subscribe>, gap?: EventData]): ReturnType<Subscribe>;
}

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
 * completes before its TERMINAL event (an older gateway that stops does so) is taken up again in the same way. Where the
 * gateway refuses the cursor, the stream begins anew without it, behind a GAP; so does a list whose socket broke before
 * anything was heard of it, and which has no cursor therefore. At AUTH_EXPIRING a fresh token is sent on the live socket.
 */
export function createResumingSubscribe(parts: {
  readonly client: Client;
  readonly retryWaitMs: RetryWaitMs;
  /** Gives the gateway the headers that a new socket would be opened with, where they are others; a new socket at worst. */
  readonly renew: () => void;
}): ResumingClient {
  const { client } = parts;
  const closing = new AbortController();
  const unheard = unheardLists(client);
  const subscribe: ResumingClient['subscribe'] = (payload, sink, gap) =>
    hasAfter.test(payload.query)
      ? followEvents({ ...parts, closing: closing.signal, unheard }, payload, { sink, gap })
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
  readonly unheard: Set<UnheardList>;
}

interface Listener {
  readonly sink: Sink;
  readonly gap: EventData | undefined;
}

function followEvents(parts: FollowParts, payload: Payload, listener: Listener): () => void {
  const following = new FollowedEvents(parts, payload, listener);
  following.begin();
  return () => following.leave();
}

/** One subscription of the application, over as many of graphql-ws as it takes. */
class FollowedEvents implements UnheardList {
  /** graphql-ws reads it anew each time that a socket opens. */
  private readonly live: { -readonly [Name in keyof Payload]: Payload[Name] };
  private readonly endless: boolean;
  private readonly left = new AbortController();
  private readonly sink: Sink;
  private last: SeenEvent | null = null;
  private failures = 0;
  /** A GAP of this document, as far as one can be made. */
  private gap: EventData | null;
  private isGapDue = false;
  private release = (): void => undefined;
  /** Counts the subscriptions of graphql-ws, of which only the newest is heard. */
  private turn = 0;

  constructor(
    private readonly parts: FollowParts,
    payload: Payload,
    { sink, gap }: Listener,
  ) {
    this.live = { ...payload };
    this.endless = isEndless.test(payload.query);
    this.sink = sink;
    this.gap = gap ?? null;
    if (this.endless && isBlank(payload.variables?.['after'])) parts.unheard.add(this);
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
    this.parts.unheard.delete(this);
    this.left.abort();
    this.release();
  }

  /** What happens from now on is not heard, and no cursor tells the gateway where it began. */
  missed(): void {
    this.isGapDue = true;
  }

  /** At once where it can be: of a list nothing may come for long, and its jobs have to be read again. */
  tellGap(): void {
    if (!this.isGapDue || this.gap === null) return;
    this.isGapDue = false;
    this.sink.next({ data: this.gap });
  }

  private next(result: Parameters<Sink['next']>[0]): void {
    if (this.beganAnew(result.errors)) return;
    const seen = eventIn(result.data);
    if (seen !== null) {
      this.last = seen;
      this.gap = toGap(result.data as EventData);
      this.failures = 0;
      this.live.variables = { ...this.live.variables, after: seen.cursor };
      this.parts.unheard.delete(this);
      this.tellGap();
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
    if (isBlank(after) || !isCursorRefused(errors)) return false;
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
    this.tellGap();
    return true;
  }

  private hasEnded({ type }: SeenEvent): boolean {
    return !this.endless && type === 'TERMINAL';
  }
}

const isBlank = (after: unknown): boolean => after === undefined || after === null;

/** The event of a job stream: the one field of the answer, with a cursor. */
function eventIn(data: unknown): SeenEvent | null {
  if (typeof data !== 'object' || data === null) return null;
  const [event] = Object.values(data) as ({ readonly cursor?: unknown; readonly type?: unknown } | null)[];
  return typeof event?.cursor === 'string' ? { cursor: event.cursor, type: event.type } : null;
}
