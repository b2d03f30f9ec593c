import { isUtf8 } from 'node:buffer';
import {
  maxRowBytes,
  notUtf8,
  RowBlockBuilder,
  tooLarge,
  truncated,
  type RefusedRow,
  type RowBlock,
} from './row-block';

const quote = 0x22;
const backslash = 0x5c;
const openList = 0x5b;
const closeList = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
const comma = 0x2c;
const blockBytes = 1024 * 1024;
/** Stands for a raw line break inside a text, which JSON does not allow: the engine refuses it as well. */
const controlByte = 0x01;

/**
 * Takes apart a list of objects, or objects one after the other, however they are laid out over lines. The place of a row
 * is its number among them, from 1.
 *
 * It minds brackets and texts only; whether an element is JSON is looked at later, so that one that is broken inside does
 * not hide those after it.
 */
export async function* jsonRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<RowBlock> {
  const splitter = new JsonSplitter();
  try {
    for await (const chunk of chunks) {
      splitter.take(chunk);
      if (splitter.sizeBytes >= blockBytes || splitter.rowCount >= 10_000) yield splitter.block();
    }
  } catch (error) {
    yield splitter.block();
    throw error;
  }
  splitter.end();
  yield splitter.block();
}

/** Where the reader stands: outside of all elements, in one, or behind the list. */
type Phase = 'before' | 'list' | 'sequence' | 'after';

class JsonSplitter {
  #built = new RowBlockBuilder();
  #phase: Phase = 'before';
  #place = 1;
  /** Pieces of the element that is being read; undefined between elements. */
  #element: Buffer[] | undefined;
  #elementBytes = 0;
  #depth = 0;
  #inText = false;
  #isEscaped = false;

  get sizeBytes(): number {
    return this.#built.sizeBytes;
  }

  get rowCount(): number {
    return this.#built.rowCount;
  }

  block(): RowBlock {
    const block = this.#built.build();
    this.#built = new RowBlockBuilder();
    return block;
  }

  take(chunk: Buffer): void {
    // Line breaks are written over below; the chunk belongs to the reader of the file.
    const bytes = Buffer.from(chunk);
    for (let at = 0; at < bytes.length;) {
      at = this.#element === undefined ? this.#between(bytes, at) : this.#inside(bytes, at);
    }
  }

  /** The file has ended. */
  end(): void {
    if (this.#element !== undefined) {
      this.#refuse(truncated(this.#place, 'The file ends inside this element: it may have been cut off.'));
    } else if (this.#phase === 'list') {
      this.#refuse(truncated(this.#place, 'The list of rows is not closed: the file may have been cut off.'));
    }
  }

  #between(bytes: Buffer, at: number): number {
    const byte = bytes[at] ?? 0;
    if (byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a) return at + 1;
    if (this.#phase === 'before' && byte === openList) {
      this.#phase = 'list';
      return at + 1;
    }
    if (this.#phase === 'before') this.#phase = 'sequence';
    if (this.#phase === 'list' && byte === comma) return at + 1;
    if (this.#phase === 'list' && byte === closeList) {
      this.#phase = 'after';
      return at + 1;
    }
    this.#element = [];
    this.#elementBytes = 0;
    this.#depth = 0;
    return this.#inside(bytes, at);
  }

  /** Reads on to the end of the element or of the chunk. */
  #inside(bytes: Buffer, from: number): number {
    for (let at = from; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (this.#inText) this.#textByte(bytes, at, byte);
      else if (byte === quote) this.#inText = true;
      else if (byte === openObject || byte === openList) this.#depth += 1;
      else if (byte === closeObject || byte === closeList) {
        if (this.#depth === 0) return this.#close(bytes, from, at);
        this.#depth -= 1;
        if (this.#depth === 0) return this.#close(bytes, from, at + 1);
      } else if (byte === 0x0a || byte === 0x0d) {
        if (this.#depth === 0) return this.#close(bytes, from, at);
        bytes[at] = 0x20;
      } else if (byte === comma && this.#depth === 0) return this.#close(bytes, from, at);
    }
    this.#keep(bytes.subarray(from));
    return bytes.length;
  }

  #textByte(bytes: Buffer, at: number, byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === backslash) this.#isEscaped = true;
    else if (byte === quote) this.#inText = false;
    if (byte === 0x0a) bytes[at] = controlByte;
  }

  #keep(piece: Buffer): void {
    this.#elementBytes += piece.length;
    if (this.#elementBytes - piece.length <= maxRowBytes) this.#element?.push(piece);
  }

  #close(bytes: Buffer, from: number, to: number): number {
    this.#keep(bytes.subarray(from, to));
    const text = Buffer.concat(this.#element ?? []);
    if (this.#elementBytes > maxRowBytes) this.#refuse(tooLarge(this.#place, text));
    else if (text.length === 0) this.#refuse({ ...stray, place: this.#place });
    else if (isUtf8(text)) this.#built.add(this.#place, text);
    else this.#refuse(notUtf8(this.#place, text, 'invalid-json'));
    this.#place += 1;
    this.#element = undefined;
    // A bracket that closes nothing is passed over, else no step would be made.
    return text.length === 0 ? to + 1 : to;
  }

  #refuse(row: RefusedRow): void {
    this.#built.refuse({ ...row, text: row.text === '' ? this.#elementText() : row.text });
  }

  #elementText(): string {
    return Buffer.concat(this.#element ?? [])
      .subarray(0, 10_240)
      .toString('utf8');
  }
}

const stray: Omit<RefusedRow, 'place'> = {
  code: 'invalid-json',
  reason: 'There is a bracket here that closes nothing.',
  text: ']',
};
