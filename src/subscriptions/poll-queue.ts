import type { Timers } from '../lib/timers';

/** Something that wants to be looked at from time to time. */
export interface Pollable {
  /** Those of one group that are due together are looked at together. */
  readonly group: string;
}

/**
 * Wakes what is due. Others of the same group that are nearly due come along, so that the looks of one caller share
 * upstream calls. One timer for all.
 */
export class PollQueue<P extends Pollable> {
  private readonly dates = new Map<P, PollDate>();
  private cancelTimer: (() => void) | null = null;
  private timerAtMs = Infinity;

  constructor(
    private readonly parts: {
      /** ms */
      clock(): number;
      readonly timers: Timers;
      /** All of one group that are due; called within one tick. */
      poll(due: readonly P[]): void;
    },
  ) {}

  /** Replaces an earlier date of the same. */
  schedule(item: P, delayMs: number): void {
    const dueAtMs = this.parts.clock() + delayMs;
    this.dates.set(item, { dueAtMs, fromMs: dueAtMs - delayMs * companyShare });
    if (dueAtMs < this.timerAtMs) this.setTimer(dueAtMs);
  }

  cancel(item: P): void {
    this.dates.delete(item);
    if (this.dates.size === 0) this.clearTimer();
  }

  clear(): void {
    this.dates.clear();
    this.clearTimer();
  }

  private wake(): void {
    this.cancelTimer = null;
    this.timerAtMs = Infinity;
    const nowMs = this.parts.clock();
    const groups = new Map<string, P[]>();
    for (const [item, { dueAtMs }] of this.dates) {
      if (dueAtMs <= nowMs + togetherMs) groups.set(item.group, []);
    }
    let nextMs = Infinity;
    for (const [item, { dueAtMs, fromMs }] of this.dates) {
      const group = groups.get(item.group);
      const isDue = dueAtMs <= nowMs + togetherMs || fromMs <= nowMs;
      if (group !== undefined && isDue) {
        group.push(item);
        this.dates.delete(item);
      } else {
        nextMs = Math.min(nextMs, dueAtMs);
      }
    }
    if (nextMs !== Infinity) this.setTimer(nextMs);
    for (const due of groups.values()) this.parts.poll(due);
  }

  private setTimer(atMs: number): void {
    this.clearTimer();
    this.timerAtMs = atMs;
    this.cancelTimer = this.parts.timers.schedule(Math.max(0, atMs - this.parts.clock()), () => {
      this.wake();
    });
  }

  private clearTimer(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.timerAtMs = Infinity;
  }
}

interface PollDate {
  readonly dueAtMs: number;
  /** From here on it may come along with another of its group. */
  readonly fromMs: number;
}

/** The part of its pause by which a look may come early for the sake of company. */
const companyShare = 0.2;
/** What is due so soon after is due now: it bounds how often a crowd of watches wakes us. */
const togetherMs = 25;
