import { shapeHash } from './shape-hash';

const newline = 0x0a;

/** Beyond this many shapes it is no gain any more to look at samples. */
const mostShapes = 20_000;

/** Collects, while lines go by, one row of each shape. */
export class ShapeSamples {
  readonly #seen = new Set<number>();
  readonly #rows: number[] = [];
  #lines = 0;

  /** Lines so far. */
  get lineCount(): number {
    return this.#lines;
  }

  /** One row of each shape; undefined when there are too many shapes. */
  get rows(): readonly number[] | undefined {
    return this.#seen.size > mostShapes ? undefined : this.#rows;
  }

  /** Takes whole lines, parted by newlines. */
  addLines(block: Buffer): void {
    for (let start = 0; start <= block.length;) {
      const found = block.indexOf(newline, start);
      const end = found === -1 ? block.length : found;
      if (this.#seen.size <= mostShapes) this.#addLine(shapeHash(block, start, end));
      this.#lines += 1;
      start = end + 1;
    }
  }

  #addLine(hash: number): void {
    if (this.#seen.has(hash)) return;
    this.#seen.add(hash);
    this.#rows.push(this.#lines);
  }
}
