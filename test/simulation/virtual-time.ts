/** One time for a whole world: it stands still while something happens, and goes on to what happens next. */
export class VirtualTime {
  private readonly heap: Moment[] = [];
  private scheduled = 0;
  private isStopped = false;
  /** ms since the world began. */
  nowMs = 0;

  /** @returns what cancels it. */
  schedule(delayMs: number, run: () => void): () => void {
    const moment: Moment = {
      atMs: this.nowMs + Math.max(0, delayMs),
      order: (this.scheduled += 1),
      run,
      isCancelled: false,
    };
    this.push(moment);
    return () => {
      moment.isCancelled = true;
    };
  }

  /** Nothing happens any more. */
  stop(): void {
    this.isStopped = true;
  }

  /** Lives until then: moment by moment, each brought to rest before the next. */
  async advanceTo(untilMs: number): Promise<void> {
    await settle();
    for (let next = this.heap[0]; next !== undefined && next.atMs <= untilMs; next = this.heap[0]) {
      this.pop();
      if (next.isCancelled) continue;
      this.nowMs = next.atMs;
      next.run();
      await settle();
      if (this.isStopped) return;
    }
    this.nowMs = untilMs;
  }

  private push(moment: Moment): void {
    let at = this.heap.push(moment) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.isBefore(at, above)) return;
      this.swap(at, above);
      at = above;
    }
  }

  private pop(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    for (let at = 0; ;) {
      let least = at;
      for (const below of [2 * at + 1, 2 * at + 2]) if (this.isBefore(below, least)) least = below;
      if (least === at) return;
      this.swap(at, least);
      at = least;
    }
  }

  private isBefore(one: number, other: number): boolean {
    const [left, right] = [this.heap[one], this.heap[other]];
    if (left === undefined || right === undefined) return false;
    return left.atMs < right.atMs || (left.atMs === right.atMs && left.order < right.order);
  }

  private swap(one: number, other: number): void {
    const [left, right] = [this.heap[one], this.heap[other]];
    if (left === undefined || right === undefined) return;
    this.heap[one] = right;
    this.heap[other] = left;
  }
}

interface Moment {
  readonly atMs: number;
  /** Of moments at one time, the one that was scheduled first comes first. */
  readonly order: number;
  readonly run: () => void;
  isCancelled: boolean;
}

/** One turn of the real event loop: behind it, every promise that can settle has done so, and unhandled ones are known. */
function settle(): Promise<void> {
  return new Promise(setImmediate);
}
