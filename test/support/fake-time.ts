import type { Timers } from '../../src/lib/timers';

/** A clock that stands still until it is moved, and timers that go by it. */
export class FakeTime {
  private jumpedMs = 0;
  private readonly pending = new Set<{ readonly atMs: number; readonly run: () => void }>();

  constructor(private nowMs = Date.parse('2024-05-01T00:00:00Z')) {}

  /** The wall's. */
  readonly clock = (): Date => new Date(this.nowMs + this.jumpedMs);

  readonly monotonicMs = (): number => this.nowMs;

  readonly timers: Timers = {
    schedule: (delayMs, run) => {
      const timer = { atMs: this.nowMs + delayMs, run };
      this.pending.add(timer);
      return () => {
        this.pending.delete(timer);
      };
    },
  };

  get timerCount(): number {
    return this.pending.size;
  }

  /** The wall clock is set; nothing passes by that. */
  jump(ms: number): void {
    this.jumpedMs += ms;
  }

  /** Moves on, timer by timer, and lets what they set off come to rest. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    await settle();
    for (;;) {
      const [next] = [...this.pending]
        .filter(({ atMs }) => atMs <= untilMs)
        .toSorted((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.pending.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
      await settle();
    }
    this.nowMs = untilMs;
  }
}

/** Until all promises that can settle without time passing have done so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
}
