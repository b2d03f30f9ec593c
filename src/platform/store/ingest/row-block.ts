/**
 * Some rows of a file, in order, as a reader hands them on. The i-th good row is the JSON text of one object at
 * `bytes[starts[i], ends[i])`, on one line, UTF-8; `places[i]` is its place in the file, from 1.
 */
export interface RowBlock {
  readonly bytes: Buffer;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly places: readonly number[];
  /** Rows that the reader itself refuses. */
  readonly refused: readonly RefusedRow[];
}

export interface RefusedRow {
  readonly place: number;
  readonly code: string;
  readonly reason: string;
  /** As it came, cut where it is very long. */
  readonly text: string;
}

/** A row may have this many bytes; a longer one is rejected. */
export const maxRowBytes = 1024 * 1024;

/** Of a row that is too large this much is kept. */
const shownBytes = 10 * 1024;

/** The beginning of a row that is too large. */
export function tooLarge(place: number, start: Buffer): RefusedRow {
  return {
    place,
    code: 'too-large',
    reason: `A row may have at most ${maxRowBytes} bytes.`,
    text: start.subarray(0, shownBytes).toString('utf8'),
  };
}

/** A row whose bytes are no text. */
export function notUtf8(place: number, row: Buffer, code: string): RefusedRow {
  return { place, code, reason: 'The row is not text in UTF-8.', text: row.toString('utf8') };
}

/** The rest of a file that ends too early. */
export function truncated(place: number, what: string): RefusedRow {
  return { place, code: 'truncated', reason: what, text: '' };
}

/** Collects good rows, which stand one a line in one buffer. */
export class RowBlockBuilder {
  readonly #parts: Buffer[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #places: number[] = [];
  readonly #refused: RefusedRow[] = [];
  #length = 0;

  /** Bytes of good rows so far. */
  get sizeBytes(): number {
    return this.#length;
  }

  get isEmpty(): boolean {
    return this.#starts.length === 0 && this.#refused.length === 0;
  }

  get rowCount(): number {
    return this.#starts.length + this.#refused.length;
  }

  add(place: number, text: Buffer): void {
    this.#starts.push(this.#length);
    this.#parts.push(text, newline);
    this.#length += text.length + 1;
    this.#ends.push(this.#length - 1);
    this.#places.push(place);
  }

  refuse(row: RefusedRow): void {
    this.#refused.push(row);
  }

  build(): RowBlock {
    return {
      bytes: Buffer.concat(this.#parts),
      starts: this.#starts,
      ends: this.#ends,
      places: this.#places,
      refused: this.#refused,
    };
  }
}

const newline = Buffer.from('\n');
