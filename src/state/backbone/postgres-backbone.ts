import { chunksOf } from '../../lib/chunks-of';
import type { Secret } from '../../lib/secret';
import type { Timers } from '../../lib/timers';
import type { PostgresCertificates } from '../postgres-tls';
import { BackboneUnavailable } from '../../errors/backbone-unavailable';
import { append, attend, release, renew } from './postgres-calls';
import type { Callee } from './postgres-calls';
import type { Connection } from './postgres-connection';
import { keepLink } from './postgres-link';
import type { LinkLog } from './postgres-link';
import { beatReplica, forgetReplicas, forgetTopics, tellHints } from './postgres-statements';
import { backboneLimits } from './backbone';
import type { Backbone } from './backbone';
import { createTopicHints } from './topic-hints';

export interface PostgresBackboneOptions {
  /** `postgres://…`; TLS as its `sslmode` says. */
  readonly url: Secret;
  readonly certificates?: PostgresCertificates;
  /** Who holds leases here: another name for each process that ever starts. */
  readonly replica: string;
  readonly timers: Timers;
  /** From 0 to 1: spreads the attempts of many replicas to come back. */
  readonly random: () => number;
  readonly log: LinkLog;
  /** Hears of each call that failed. */
  readonly callFailed?: (call: BackboneCall) => void;
  readonly limits?: Partial<typeof backboneLimits>;
}

export type BackboneCall = 'attend' | 'append' | 'renew' | 'beat' | 'release';

const channel = 'audience_gateway_backbone';
/** Of the server's advisory locks: whoever holds it sweeps. */
const sweepLock = 720_411_601;
const sweepEveryMs = 60_000;
const sweepAtOnce = 5_000;
/** What a server does well within the time that a call may take. */
const mostAtOnce = 1_000;

/**
 * What replicas share, kept in PostgreSQL: tables are the truth, LISTEN/NOTIFY the hint to look. A call costs one round
 * trip for up to a thousand topics; those of more are asked for piece by piece, and each piece has its own time.
 *
 * Begins to connect at once and needs no success: until there is one, every call fails, and `isUp` is false. Tables are
 * made at the first connection.
 */
export function createPostgresBackbone(options: PostgresBackboneOptions): Backbone {
  const { replica, timers } = options;
  const limits: typeof backboneLimits = { ...backboneLimits, ...options.limits };
  const hints = createTopicHints(replica);
  const listeners = new Set<(topic: string | null) => void>();
  const tell = (topic: string | null): void => {
    for (const listener of listeners) listener(topic);
  };
  const link = keepLink({
    ...options,
    name: 'audience-gateway',
    channel,
    callTimeoutMs: limits.callTimeoutMs,
    onNotice: (payload) => hints.read(payload).forEach(tell),
    onUp: () => tell(null),
  });
  const callee: Callee = { replica, limits };
  const call = async <Request, Answer>(
    name: BackboneCall,
    requests: readonly Request[],
    work: (connection: Connection, callee: Callee, piece: readonly Request[]) => Promise<readonly Answer[]>,
  ): Promise<readonly Answer[]> => {
    const answers: Answer[] = [];
    try {
      for (const piece of chunksOf(requests, mostAtOnce))
        answers.push(...(await link.call((connection) => work(connection, callee, piece))));
      return answers;
    } catch (error) {
      options.callFailed?.(name);
      throw error;
    }
  };
  const sendHints = createHintSender(async (topics) => {
    await link.call((connection) => connection.query(tellHints, [channel, hints.write(topics)]));
  });
  const stopSweeping = every(timers, sweepEveryMs, async () => {
    hints.forgetUnused();
    const forgottenAfterMs = limits.keepMs * 1.25;
    await link.attendTo(async (connection) => {
      await connection.query(forgetTopics, [forgottenAfterMs, sweepLock, sweepAtOnce]);
      await connection.query(forgetReplicas, [limits.keepMs]);
    });
  });
  return {
    attend: async (requests) => {
      hints.know(requests.map(({ topic }) => topic));
      return call('attend', requests, attend);
    },
    append: async (requests) => {
      const positions = await call('append', requests, append);
      sendHints(requests.filter((_, index) => positions[index] !== null).map(({ lease }) => lease.topic));
      return positions;
    },
    renew: (leases) => call('renew', leases, renew),
    beat: async () => {
      await call('beat', [replica], (connection) => connection.query(beatReplica, [replica]));
    },
    release: async (leases) => {
      try {
        const released = await call('release', leases, release);
        sendHints(leases.filter((_, index) => released[index]).map(({ topic }) => topic));
      } catch (error) {
        // The leases end by themselves.
        if (!(error instanceof BackboneUnavailable)) throw error;
      }
    },
    onHint: (listener) => {
      const own = (topic: string | null): void => listener(topic);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    poke: sendHints,
    get isUp() {
      return link.isUp;
    },
    close: async () => {
      stopSweeping();
      await sendHints.settled();
      link.close();
    },
  };
}

/** Sends the first hints at once, and those that come meanwhile together. */
function createHintSender(
  send: (topics: ReadonlySet<string>) => Promise<void>,
): ((topics: readonly string[]) => void) & { readonly settled: () => Promise<void> } {
  let waiting = new Set<string>();
  let sending: Promise<void> | null = null;
  const sendAll = async (): Promise<void> => {
    while (waiting.size > 0) {
      const topics = waiting;
      waiting = new Set();
      // A hint may be lost.
      await send(topics).catch(() => undefined);
    }
    sending = null;
  };
  const add = (topics: readonly string[]): void => {
    for (const topic of topics) waiting.add(topic);
    if (waiting.size > 0) sending ??= sendAll();
  };
  return Object.assign(add, { settled: () => sending ?? Promise.resolve() });
}

function every(timers: Timers, ms: number, run: () => Promise<void>): () => void {
  let isOver = false;
  let cancel = (): void => undefined;
  const wait = (): void => {
    if (isOver) return;
    cancel = timers.schedule(ms, () => {
      // What was not done now is done the next time.
      run().then(wait, wait);
    });
  };
  wait();
  return () => {
    isOver = true;
    cancel();
  };
}
