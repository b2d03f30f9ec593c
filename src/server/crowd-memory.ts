import type { Timers } from '../lib/timers';

/** So many have to leave before what they held is worth a pause of some ten milliseconds. */
const smallestCrowd = 1_000;
/** For them to come back, and for what they left behind to come to its end. */
const calmMs = 5_000;
/** The first finds what the crowd held; the second gives the pages back that held it. */
const collections = 2;

/**
 * Gives the memory of a crowd back that has left. A process that has less to do than before allocates little, so it may
 * be hours until its next whole collection, and it stays as large as it was.
 */
export class CrowdMemory {
  private count = 0;
  /** Since the last collection. */
  private most = 0;
  private cancel: (() => void) | null = null;

  /** @param collect A whole collection of this process, which Node.js offers where it is started with `--expose-gc`; else nothing is done. */
  constructor(
    private readonly timers: Timers,
    private readonly collect: (() => void) | undefined,
  ) {}

  came(): void {
    this.count += 1;
    this.most = Math.max(this.most, this.count);
  }

  left(): void {
    this.count -= 1;
    if (this.collect !== undefined && this.hasCrowdLeft && this.cancel === null)
      this.collectLater(collections);
  }

  close(): void {
    this.cancel?.();
  }

  private get hasCrowdLeft(): boolean {
    return this.most - this.count >= smallestCrowd && this.count <= this.most / 2;
  }

  private collectLater(times: number): void {
    this.cancel = this.timers.schedule(calmMs, () => {
      this.cancel = null;
      // Those who were cut off have come back.
      if (!this.hasCrowdLeft) return;
      this.collect?.();
      if (times > 1) this.collectLater(times - 1);
      else this.most = this.count;
    });
  }
}
