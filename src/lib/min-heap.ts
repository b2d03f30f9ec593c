/** Gives back the least first; adding and taking cost the logarithm of how many there are. */
export class MinHeap<T> {
  private readonly items: T[] = [];

  /** @param rank of an item; it must not change while the item is in here. */
  constructor(private readonly rank: (item: T) => number) {}

  get size(): number {
    return this.items.length;
  }

  /** The least; undefined where there is none. */
  get least(): T | undefined {
    return this.items[0];
  }

  add(item: T): void {
    this.items.push(item);
    this.rise(this.items.length - 1);
  }

  /** Takes the least out. */
  take(): T | undefined {
    const [least] = this.items;
    const last = this.items.pop();
    if (last !== undefined && this.items.length > 0) {
      this.items[0] = last;
      this.sink();
    }
    return least;
  }

  clear(): void {
    this.items.length = 0;
  }

  private rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.rankAt(parent) <= this.rankAt(at)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.rankAt(left + 1) < this.rankAt(left) ? left + 1 : left;
      if (this.rankAt(at) <= this.rankAt(child)) return;
      this.swap(at, child);
      at = child;
    }
  }

  private rankAt(at: number): number {
    const item = this.items[at];
    return item === undefined ? Infinity : this.rank(item);
  }

  private swap(one: number, other: number): void {
    const [first, second] = [this.items[one], this.items[other]];
    if (first === undefined || second === undefined) return;
    this.items[one] = second;
    this.items[other] = first;
  }
}
