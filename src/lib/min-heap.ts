/**
 * Gives back the least first, of equal ones the first that was added; adding and taking cost the logarithm of how many
 * there are.
 */
export class MinHeap<T> {
  private readonly items: Ranked<T>[] = [];
  private added = 0;

  /** @param rank of an item; it must not change while the item is in here. */
  constructor(private readonly rank: (item: T) => number) {}

  get size(): number {
    return this.items.length;
  }

  /** The least; undefined where there is none. */
  get least(): T | undefined {
    return this.items[0]?.item;
  }

  add(item: T): void {
    this.items.push({ item, rank: this.rank(item), serial: (this.added += 1) });
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
    return least?.item;
  }

  clear(): void {
    this.items.length = 0;
  }

  private rise(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isBefore(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const child = this.isBefore(left + 1, left) ? left + 1 : left;
      if (!this.isBefore(child, at)) return;
      this.swap(at, child);
      at = child;
    }
  }

  private isBefore(at: number, otherAt: number): boolean {
    const [one, other] = [this.items[at], this.items[otherAt]];
    if (one === undefined || other === undefined) return one !== undefined;
    return one.rank < other.rank || (one.rank === other.rank && one.serial < other.serial);
  }

  private swap(one: number, other: number): void {
    const [first, second] = [this.items[one], this.items[other]];
    if (first === undefined || second === undefined) return;
    this.items[one] = second;
    this.items[other] = first;
  }
}

interface Ranked<T> {
  readonly item: T;
  readonly rank: number;
  readonly serial: number;
}
