import { MinHeap } from '../lib/min-heap';
import type { Timers } from '../lib/timers';

/** Something that wants its turn from time to time. */
export interface Pollable {
  /** Those of one group that are due together have their turn together. */
  readonly group: string;
}

/** From `fromMs` on it may come for the sake of company, from `dueMs` on it comes. Both from now. */
export interface PollDelay {
  readonly fromMs: number;
  readonly dueMs: number;
}

/**
 * Wakes what is due. Others of the same group that are nearly due come along, as many as fill an upstream call that the
 * looks of one caller share. One timer for all; a date costs the logarithm of how many there are.
 */
export class PollQueue<P extends Pollable> {
  private readonly dates = new Map<P, PollDate<P>>();
  private readonly byDue = new MinHeap<PollDate<P>>(({ dueAtMs }) => dueAtMs);
  /** By group; dates that were replaced stay in both until they surface. */
  private readonly byFrom = new Map<string, MinHeap<PollDate<P>>>();
  private cancelTimer: (() => void) | null = null;
  private timerAtMs = Infinity;

  constructor(
    private readonly parts: {
      monotonicMs(): number;
      readonly timers: Timers;
      /** All that are due; called within one tick. */
      poll(due: readonly P[]): void;
    },
  ) {}

  /** Replaces an earlier date of the same. */
  schedule(item: P, { fromMs, dueMs }: PollDelay): void {
    const nowMs = this.parts.monotonicMs();
    const date = { item, dueAtMs: nowMs + dueMs, fromAtMs: nowMs + fromMs };
    this.dates.set(item, date);
    this.byDue.add(date);
    const group = this.byFrom.get(item.group) ?? new MinHeap<PollDate<P>>(({ fromAtMs }) => fromAtMs);
    this.byFrom.set(item.group, group);
    group.add(date);
    if (date.dueAtMs < this.timerAtMs) this.setTimer(date.dueAtMs);
  }

  /** When it is due, by the monotonic clock; null where it has no date. */
  dueAtMs(item: P): number | null {
    return this.dates.get(item)?.dueAtMs ?? null;
  }

  cancel(item: P): void {
    this.dates.delete(item);
    if (this.dates.size === 0) this.clear();
  }

  clear(): void {
    this.dates.clear();
    this.byDue.clear();
    this.byFrom.clear();
    this.clearTimer();
  }

  private wake(): void {
    this.clearTimer();
    const nowMs = this.parts.monotonicMs();
    const due = this.takeAll(this.byDue, ({ dueAtMs }) => dueAtMs <= nowMs + togetherMs);
    const company = [...countsOf(due)].flatMap(([group, count]) => {
      const dates = this.byFrom.get(group);
      if (dates === undefined) return [];
      const room = (callSize - (count % callSize)) % callSize;
      const near = this.takeAll(dates, ({ fromAtMs }) => fromAtMs <= nowMs, room);
      if (dates.size === 0) this.byFrom.delete(group);
      return near;
    });
    this.dropReplaced(this.byDue);
    const next = this.byDue.least;
    if (this.dates.size === 0) this.clear();
    else if (next !== undefined) this.setTimer(next.dueAtMs);
    if (due.length > 0) this.parts.poll([...due, ...company]);
  }

  /** Takes the dates that are still valid out of this heap, as long as they are so near and there is room. */
  private takeAll(heap: MinHeap<PollDate<P>>, isNear: (date: PollDate<P>) => boolean, room = Infinity): P[] {
    const taken: P[] = [];
    for (;;) {
      this.dropReplaced(heap);
      const date = heap.least;
      if (date === undefined || taken.length >= room || !isNear(date)) return taken;
      heap.take();
      this.dates.delete(date.item);
      taken.push(date.item);
    }
  }

  private dropReplaced(heap: MinHeap<PollDate<P>>): void {
    for (let date = heap.least; date !== undefined; date = heap.least) {
      if (this.dates.get(date.item) === date) return;
      heap.take();
    }
  }

  private setTimer(atMs: number): void {
    this.clearTimer();
    this.timerAtMs = atMs;
    this.cancelTimer = this.parts.timers.schedule(Math.max(0, atMs - this.parts.monotonicMs()), () => {
      this.wake();
    });
  }

  private clearTimer(): void {
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.timerAtMs = Infinity;
  }
}

function countsOf(due: readonly Pollable[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { group } of due) counts.set(group, (counts.get(group) ?? 0) + 1);
  return counts;
}

interface PollDate<P> {
  readonly item: P;
  readonly dueAtMs: number;
  readonly fromAtMs: number;
}

/** What is due so soon after is due now: it bounds how often a crowd of watches wakes us. */
const togetherMs = 25;
/** As many as a bulk read holds. Company beyond a full one would save no call, and thousands would be read in one moment. */
const callSize = 100;
