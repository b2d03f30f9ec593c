import type { Timers } from '../../src/platform/jobs/surroundings';

/** Time that stands still until a test moves it. */
export interface ManualTime {
  readonly clock: () => number;
  readonly timers: Timers;
  /** Moves the clock, and calls what becomes due on the way, in order. */
  advance(ms: number): void;
  /** Delays that are being waited for, in ms from now. */
  waiting(): readonly number[];
}

export function manualTime(start: string): ManualTime {
  let now = Date.parse(start);
  const pending = new Set<{ readonly at: number; readonly call: () => void }>();
  return {
    clock: () => now,
    timers: {
      after(delayMs, call) {
        const timer = { at: now + delayMs, call };
        pending.add(timer);
        return () => void pending.delete(timer);
      },
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const [next] = [...pending].filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
        if (next === undefined) break;
        pending.delete(next);
        now = Math.max(now, next.at);
        next.call();
      }
      now = end;
    },
    waiting: () => [...pending].map(({ at }) => at - now).sort((one, other) => one - other),
  };
}
