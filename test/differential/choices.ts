/** Chances, all taken from one source that a seed decides: the same seed, the same choices, on every machine. */
export class Choices {
  private state: number;

  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** A number from 0 up to, but not with, the size. */
  below(size: number): number {
    // "mulberry32": 32 bits of state are plenty for making up rules.
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * size);
  }

  one<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('Nothing to choose from');
    return item;
  }

  /** True once in so many times. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** So many items at most, perhaps none. */
  many<Item>(most: number, make: (index: number) => Item): readonly Item[] {
    return Array.from({ length: this.below(most + 1) }, (_, index) => make(index));
  }

  /** Runs one of several makers; one that stands there twice is run twice as often. */
  run<Made>(makers: readonly (() => Made)[]): Made {
    return this.one(makers)();
  }
}
