import type { Timers } from '../lib/timers';

/** Something that waits for a look. */
export interface Lookable {
  /** The caller whose credential it is looked at with. */
  readonly group: string;
}

export interface LookLineParts<L extends Lookable> {
  readonly monotonicMs: () => number;
  readonly timers: Timers;
  /** Upstream calls for all that is watched; Infinity: as many as are wanted. */
  readonly callsPerSecond: number;
  /** What a look at these takes, as far as one can tell before. */
  costOf(items: readonly L[]): number;
  /** Looks at all of these, of one group. */
  look(items: readonly L[]): void;
}

/**
 * Keeps looks within a budget of upstream calls: a bucket that a second fills. Callers take turns, however much each of
 * them watches; what of one caller comes to wait meanwhile shares the calls of its turn.
 */
export class LookLine<L extends Lookable> {
  /** By group, the one whose turn is next first. */
  private readonly waiting = new Map<string, Set<L>>();
  private tokens: number;
  private filledAtMs: number;
  private cancelTimer: (() => void) | null = null;
  private isServing = false;

  constructor(private readonly parts: LookLineParts<L>) {
    this.tokens = parts.callsPerSecond;
    this.filledAtMs = parts.monotonicMs();
  }

  add(items: readonly L[]): void {
    for (const item of items) {
      const group = this.waiting.get(item.group) ?? new Set<L>();
      this.waiting.set(item.group, group.add(item));
    }
    this.serve();
  }

  /** What a look took more, or less, than was thought. */
  correct(calls: number): void {
    this.tokens -= calls;
  }

  clear(): void {
    this.waiting.clear();
    this.cancelTimer?.();
    this.cancelTimer = null;
  }

  private serve(): void {
    // A look may end at once and bring the next one.
    if (this.isServing) return;
    this.isServing = true;
    this.fill();
    while (this.tokens > 0) {
      const [next] = this.waiting;
      if (next === undefined) break;
      const [group, items] = next;
      this.waiting.delete(group);
      const served = [...items].slice(0, maxTogether);
      for (const item of served) items.delete(item);
      if (items.size > 0) this.waiting.set(group, items);
      this.tokens -= this.parts.costOf(served);
      this.parts.look(served);
    }
    this.isServing = false;
    if (this.waiting.size > 0 && this.cancelTimer === null) this.serveLater();
  }

  private serveLater(): void {
    const waitMs = ((tokenOfNext - Math.min(this.tokens, 0)) / this.parts.callsPerSecond) * 1_000;
    this.cancelTimer = this.parts.timers.schedule(Math.max(1, Math.ceil(waitMs)), () => {
      this.cancelTimer = null;
      this.serve();
    });
  }

  private fill(): void {
    const { callsPerSecond } = this.parts;
    const nowMs = this.parts.monotonicMs();
    const filled = this.tokens + ((nowMs - this.filledAtMs) / 1_000) * callsPerSecond;
    this.tokens = callsPerSecond === Infinity ? Infinity : Math.min(callsPerSecond, filled);
    this.filledAtMs = nowMs;
  }
}

/** Of one caller, before it is another one's turn: as many as three bulk reads hold. */
const maxTogether = 300;
const tokenOfNext = 1;
