/**
 * Upstream calls that were made within the last second, so that no second sees more than it may have. What was made beyond
 * that, since nobody knew before what it would take, is paid for by the seconds that follow.
 */
export class CallWindow {
  /** The oldest first. */
  private made: { readonly atMs: number; readonly calls: number }[] = [];
  private owed = 0;

  constructor(
    /** Infinity: as many as are wanted. */
    private readonly callsPerSecond: number,
    private readonly monotonicMs: () => number,
  ) {}

  /** True where so many may be made now; more than a second may have, where nothing was made lately. */
  hasRoom(calls: number): boolean {
    const used = this.used();
    return used < nothing || used + calls <= this.callsPerSecond;
  }

  /** @param inMs when they will be made. */
  charge(calls: number, inMs = 0): void {
    if (this.callsPerSecond === Infinity || calls <= 0) return;
    const now = Math.min(calls, Math.max(0, this.callsPerSecond - this.used()));
    if (now > 0) this.note(this.monotonicMs() + inMs, now);
    this.owed += calls - now;
  }

  /** They were not made after all. */
  giveBack(calls: number): void {
    const ofOwed = Math.min(this.owed, calls);
    this.owed -= ofOwed;
    for (let rest = calls - ofOwed; rest > 0;) {
      const last = this.made.pop();
      if (last === undefined) return;
      if (last.calls > rest) this.made.push({ ...last, calls: last.calls - rest });
      rest -= last.calls;
    }
  }

  /** In how many ms there is more room than now. */
  get moreInMs(): number {
    const [oldest] = this.made;
    return oldest === undefined ? 0 : Math.max(0, oldest.atMs + windowMs - this.monotonicMs());
  }

  private used(): number {
    const nowMs = this.monotonicMs();
    for (let [oldest] = this.made; oldest !== undefined; [oldest] = this.made) {
      if (oldest.atMs + windowMs > nowMs) break;
      this.made.shift();
      const paid = Math.min(this.owed, oldest.calls);
      this.owed -= paid;
      if (paid > 0) this.note(oldest.atMs + windowMs, paid);
    }
    return this.owed + this.made.reduce((sum, { calls }) => sum + calls, 0);
  }

  private note(atMs: number, calls: number): void {
    const at = this.made.findLastIndex((each) => each.atMs <= atMs);
    this.made.splice(at + 1, 0, { atMs, calls });
  }
}

/** A second, and what calls may be nearer to each other when they arrive than when they were sent. */
const windowMs = 1_050;
/** Parts of calls that are left over by rounding. */
const nothing = 1e-6;
