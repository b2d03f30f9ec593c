import { BackboneUnavailable } from '../../errors/backbone-unavailable';
import type { Timers } from '../../lib/timers';
import { outageReasonOf } from '../outage-reason';
import { openConnection } from './postgres-connection';
import type { Connection, ConnectionOptions } from './postgres-connection';
import { prepareTables } from './postgres-tables';
import { within } from './within';

/** A way to the server that is kept open: made anew, with patience, whenever it is lost. */
export interface Link {
  readonly isUp: boolean;
  /**
   * Does something over the way there is; never waits for one.
   *
   * @throws BackboneUnavailable where there is none, or the work fails or takes longer than `callTimeoutMs`: the way is
   * given up then.
   */
  call<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  /** The same with more time, and over the other connection, so that no call waits for it. */
  attendTo<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
  close(): void;
}

/** What the link tells of itself: once, when it changes. */
export interface LinkLog {
  info(about: object, message: string): void;
  warn(about: object, message: string): void;
}

export interface LinkOptions extends Pick<ConnectionOptions, 'url' | 'certificates' | 'name'> {
  readonly channel: string;
  readonly callTimeoutMs: number;
  readonly timers: Timers;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: LinkLog;
  readonly onNotice: (payload: string) => void;
  /** There is a way, again or for the first time: what was said before was not heard. */
  readonly onUp: () => void;
}

/** A connection for calls, and one that listens and has time. They are opened and given up together. */
interface Pair {
  readonly calls: Connection;
  readonly listening: Connection;
}

const pingEveryMs = 5_000;
/** With the time between pings less than the ten seconds in which a silent network must be noticed. */
const pingTimeoutMs = 4_000;
const openTimeoutMs = 10_000;
const longestPauseMs = 5_000;

/** Begins to open the link, and keeps it open until it is closed. */
export function keepLink(options: LinkOptions): Link {
  const { timers, random, log, callTimeoutMs } = options;
  let pair: Pair | null = null;
  let isClosed = false;
  let failures = 0;
  let lastReason: string | null = null;
  let cancelNext = (): void => undefined;

  const next = (delayMs: number, run: () => void): void => {
    cancelNext();
    cancelNext = timers.schedule(delayMs, run);
  };
  const tryLater = (cause: unknown): void => {
    if (isClosed) return;
    const reason = outageReasonOf(cause);
    if (reason !== lastReason) log.warn({ reason }, 'the backbone is away; this replica goes on by itself');
    lastReason = reason;
    next(random() * Math.min(longestPauseMs, 50 * 2 ** failures), () => void open());
    failures += 1;
  };
  const giveUp = (which: Pair, cause: unknown): void => {
    destroy(which);
    if (pair !== which) return;
    pair = null;
    tryLater(cause);
  };
  const open = async (): Promise<void> => {
    try {
      const opened = await openPair(options, giveUp);
      if (isClosed) return destroy(opened);
      pair = opened;
      lastReason = null;
      log.info({}, 'the backbone is there');
      watch(opened);
      options.onUp();
    } catch (error) {
      tryLater(error);
    }
  };
  const watch = (which: Pair): void => {
    next(pingEveryMs, () => {
      const pings = [which.calls, which.listening].map((connection) => connection.query('select 1'));
      within({ timers, ms: pingTimeoutMs, work: Promise.all(pings) }).then(
        () => {
          failures = 0;
          if (pair === which) watch(which);
        },
        (error: unknown) => giveUp(which, error),
      );
    });
  };
  const over = async <T>(ms: number, work: (pair: Pair) => Promise<T>): Promise<T> => {
    const which = pair;
    if (which === null) throw new BackboneUnavailable('The backbone is away.');
    try {
      const result = await within({ timers, ms, work: work(which) });
      failures = 0;
      return result;
    } catch (cause) {
      giveUp(which, cause);
      throw new BackboneUnavailable(`The backbone did not do what it was asked: ${outageReasonOf(cause)}.`, {
        cause,
      });
    }
  };
  void open();
  return {
    get isUp() {
      return pair !== null;
    },
    call: (work) => over(callTimeoutMs, ({ calls }) => work(calls)),
    attendTo: (work) => over(openTimeoutMs, ({ listening }) => work(listening)),
    close: () => {
      isClosed = true;
      cancelNext();
      if (pair !== null) destroy(pair);
      pair = null;
    },
  };
}

/** Both connections, with tables behind them, and one call that was answered in time. */
async function openPair(
  { url, certificates, name, channel, callTimeoutMs, timers, onNotice }: LinkOptions,
  giveUp: (pair: Pair, cause: unknown) => void,
): Promise<Pair> {
  const opened: Connection[] = [];
  let pair: Pair | null = null;
  let lostBecause: Error | null = null;
  const onLost = (cause: Error): void => {
    lostBecause = cause;
    if (pair !== null) giveUp(pair, cause);
  };
  const connect = async (own: Pick<ConnectionOptions, 'name' | 'statementTimeoutMs' | 'onNotice'>) => {
    const connection = await openConnection({
      url,
      ...(certificates && { certificates }),
      connectTimeoutMs: openTimeoutMs / 2,
      onLost,
      ...own,
    });
    opened.push(connection);
    return connection;
  };
  const both = async (): Promise<Pair> => {
    const listening = await connect({
      name: `${name} (listening)`,
      statementTimeoutMs: openTimeoutMs,
      onNotice,
    });
    await prepareTables(listening);
    await listening.query(`listen ${channel}`);
    const calls = await connect({ name, statementTimeoutMs: callTimeoutMs });
    await within({ timers, ms: callTimeoutMs, work: calls.query('select 1') });
    if (lostBecause !== null) throw lostBecause;
    return (pair = { calls, listening });
  };
  try {
    return await within({ timers, ms: openTimeoutMs, work: both() });
  } catch (error) {
    for (const connection of opened) connection.destroy();
    throw error;
  }
}

function destroy({ calls, listening }: Pair): void {
  calls.destroy();
  listening.destroy();
}
