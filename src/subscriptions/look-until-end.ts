import { pause } from '../lib/timers';
import type { Timers } from '../lib/timers';
import type { Cadence } from './cadence';
import { pauseMs } from './cadence';

/** One look at something that changes until it ends. */
export interface Look<T> {
  readonly value: T;
  /** Equal for equal states: only a change is told. */
  readonly version: string;
  readonly hasEnded: boolean;
}

export interface LookParts<T> {
  /** @throws what the stream ends with. */
  look(): Promise<Look<T>>;
  readonly cadence: Cadence;
  readonly timers: Timers;
  /** 0 up to 1. */
  readonly random: () => number;
}

/**
 * Looks again and again and tells each change; completes with the look that finds the end. For what few people watch for
 * a short while; jobs have `JobWatchers`, where all who watch share one look.
 */
export function lookUntilEnd<T>(parts: LookParts<T>): AsyncIterableIterator<T> {
  const reader = new AbortController();
  const looks = eachChange(parts, reader.signal);
  return {
    next: () => looks.next(),
    // The pause ends first, or the reader who leaves would wait for it.
    return: () => {
      reader.abort();
      return looks.return(undefined);
    },
    throw: (error: unknown) => {
      reader.abort();
      return looks.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* eachChange<T>(parts: LookParts<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  let version: string | undefined;
  for (let looks = 0; !signal.aborted; looks += 1) {
    const seen = await parts.look();
    if (seen.version !== version) {
      version = seen.version;
      looks = 0;
      yield seen.value;
    }
    if (seen.hasEnded) return;
    await pause(parts.timers, pauseMs(parts.cadence, looks, parts.random()), signal);
  }
}
