import type { Timers } from '../lib/timers';
import { CallWindow } from './call-window';

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
 * Keeps looks within a budget of upstream calls, in any second. Callers take turns, however much each of them watches; what
 * of one caller comes to wait meanwhile shares the calls of its turn. Looks that have begun go before those that have not.
 */
export class LookLine<L extends Lookable> {
  /** By group, the one whose turn is next first. */
  private readonly waiting = new Map<string, Set<L>>();
  /** Of looks that have begun. */
  private readonly more: { readonly calls: number; readonly go: () => void }[] = [];
  private readonly window: CallWindow;
  private cancelTimer: (() => void) | null = null;
  private isServing = false;

  constructor(private readonly parts: LookLineParts<L>) {
    this.window = new CallWindow(parts.callsPerSecond, parts.monotonicMs);
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
    if (calls < 0) this.window.giveBack(-calls);
    else this.window.charge(calls);
  }

  /** For a look that goes on; waits until there is room, or for `clear`. */
  take(calls: number): Promise<void> {
    return new Promise((go) => {
      this.more.push({ calls, go });
      this.serve();
    });
  }

  /** For one that is made a little later. False, and nothing is taken, where there is no room now. */
  takeOne(inMs: number): boolean {
    const hasRoom = this.more.length === 0 && this.window.hasRoom(1);
    if (hasRoom) this.window.charge(1, inMs);
    return hasRoom;
  }

  clear(): void {
    this.waiting.clear();
    for (const { go } of this.more.splice(0)) go();
    this.cancelTimer?.();
    this.cancelTimer = null;
  }

  private serve(): void {
    // A look may end at once and bring the next one.
    if (this.isServing) return;
    this.isServing = true;
    while (this.serveMore() && this.serveNext());
    this.isServing = false;
    const isAnyWaiting = this.waiting.size > 0 || this.more.length > 0;
    if (isAnyWaiting && this.cancelTimer === null) this.serveLater();
  }

  /** @returns false where one of them has to wait. */
  private serveMore(): boolean {
    for (let [next] = this.more; next !== undefined; [next] = this.more) {
      if (!this.window.hasRoom(next.calls)) return false;
      this.more.shift();
      this.window.charge(next.calls);
      next.go();
    }
    return true;
  }

  /** @returns false where nobody waits, or there is no room. */
  private serveNext(): boolean {
    const [next] = this.waiting;
    if (next === undefined) return false;
    const [group, items] = next;
    const served = [...items].slice(0, maxTogether);
    const calls = this.parts.costOf(served);
    if (!this.window.hasRoom(calls)) return false;
    this.waiting.delete(group);
    for (const item of served) items.delete(item);
    if (items.size > 0) this.waiting.set(group, items);
    this.window.charge(calls);
    this.parts.look(served);
    return true;
  }

  private serveLater(): void {
    const waitMs = Math.max(1, Math.ceil(this.window.moreInMs));
    this.cancelTimer = this.parts.timers.schedule(waitMs, () => {
      this.cancelTimer = null;
      this.serve();
    });
  }
}

/** Of one caller, before it is another one's turn: as many as three bulk reads hold. */
const maxTogether = 300;
