import { TakenStream } from '../../../src/lib/taken-stream';

/** Brings all it has with its first take, and tells so in the middle of it. */
class Sudden extends TakenStream<number> {
  private waiting: number[] = [];
  private isBegun = false;
  private isOpen = false;

  constructor(private readonly brought: readonly number[]) {
    super();
  }

  open(): void {
    this.isOpen = true;
    this.tell();
  }

  take(): IteratorResult<number, undefined> | null {
    if (!this.isOpen) return null;
    if (!this.isBegun) {
      this.isBegun = true;
      for (const value of this.brought) {
        this.waiting.push(value);
        this.tell();
      }
    }
    const value = this.waiting.shift();
    return value === undefined ? null : { done: false, value };
  }

  return(): Promise<IteratorResult<number, undefined>> {
    this.waiting = [];
    return Promise.resolve({ done: true, value: undefined });
  }
}

describe('a stream that is told of more while it is taken from', () => {
  it('gives one who waits each of them, in order', async () => {
    const stream = new Sudden([1, 2, 3]);
    const first = stream.next();
    stream.open();
    const read = [await first, await stream.next(), await stream.next()];
    expect(read.map(({ value }) => value)).toEqual([1, 2, 3]);
  });

  it('gives them to several reads in the order in which these were made', async () => {
    const stream = new Sudden([1, 2, 3]);
    const reads = [stream.next(), stream.next(), stream.next()];
    stream.open();
    expect((await Promise.all(reads)).map(({ value }) => value)).toEqual([1, 2, 3]);
  });
});
