import { isUtf8 } from 'node:buffer';
import { columnsOfHeader, type CsvHeader } from './csv-header';
import { maxRowBytes, notUtf8, RowBlockBuilder, tooLarge, type RowBlock } from './row-block';
import type { Sketch } from './sketch';

const quote = 0x22;
const newline = 0x0a;
const carriageReturn = 0x0d;

/** What the first line of a CSV file says: the shape of all its rows, or why the file cannot be read. */
export type CsvStart = { readonly isGood: true; readonly sketch: Sketch } | { readonly isGood: false };

/**
 * Takes CSV apart (RFC 4180: quoted cells may hold delimiters and line breaks, a quote in them is doubled). The first row
 * names the columns by XDM paths; the delimiter is the one of `,`, `;`, tab and `|` that it has most of. An empty cell is
 * absent. The place of a row is the line that it starts at.
 *
 * @param onStart is told of the header before any row is handed on.
 */
export async function* csvRows(
  chunks: AsyncIterable<Buffer>,
  onStart: (start: CsvStart) => void,
): AsyncGenerator<RowBlock> {
  const reader = new CsvReader(onStart);
  for await (const chunk of chunks) {
    reader.take(chunk, false);
    if (!reader.isEmpty) yield reader.block();
    if (reader.hasStopped) return;
  }
  reader.take(Buffer.alloc(0), true);
  if (!reader.isEmpty) yield reader.block();
}

/** One row as it was found in the buffer: its cells, or what is wrong with it. */
type FoundRow =
  | { readonly end: number; readonly lines: number; readonly cells: readonly (string | undefined)[] }
  | { readonly end: number; readonly lines: number; readonly code: string; readonly reason: string };

class CsvReader {
  readonly #onStart: (start: CsvStart) => void;
  #built = new RowBlockBuilder();
  #rest = Buffer.alloc(0);
  #header: CsvHeader | undefined;
  #delimiter = 0x2c;
  #line = 1;
  hasStopped = false;

  constructor(onStart: (start: CsvStart) => void) {
    this.#onStart = onStart;
  }

  get isEmpty(): boolean {
    return this.#built.isEmpty;
  }

  block(): RowBlock {
    const block = this.#built.build();
    this.#built = new RowBlockBuilder();
    return block;
  }

  take(chunk: Buffer, isLast: boolean): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (at < bytes.length && !this.hasStopped) {
      if (this.#header === undefined) this.#delimiter = delimiterOf(bytes, at);
      const row = findRow(bytes, at, { delimiter: this.#delimiter, isLast });
      if (row === undefined) break;
      this.#row(bytes.subarray(at, row.end), row);
      this.#line += row.lines;
      at = row.end;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
  }

  #row(bytes: Buffer, row: FoundRow): void {
    const place = this.#line;
    const text = withoutLineBreak(bytes);
    if (text.length === 0) return;
    if (this.#header === undefined) {
      this.#start(text, row);
    } else if (text.length > maxRowBytes) this.#built.refuse(tooLarge(place, text));
    else if (!isUtf8(text)) this.#built.refuse(notUtf8(place, text, 'invalid-csv'));
    else if ('code' in row) {
      this.#built.refuse({ place, code: row.code, reason: row.reason, text: text.toString('utf8') });
    } else this.#cells(text, row.cells);
  }

  #start(text: Buffer, row: FoundRow): void {
    const header =
      'code' in row || !isUtf8(text)
        ? { fault: 'the first line, which names the columns, is no CSV in UTF-8' }
        : columnsOfHeader(row.cells);
    if ('fault' in header) {
      this.hasStopped = true;
      const reason = `Nothing of this file could be read: ${header.fault}.`;
      this.#built.refuse({
        place: this.#line,
        code: 'bad-header',
        reason,
        text: text.subarray(0, 10_240).toString('utf8'),
      });
      this.#onStart({ isGood: false });
      return;
    }
    this.#header = header;
    this.#onStart({ isGood: true, sketch: header.sketch });
  }

  #cells(text: Buffer, cells: readonly (string | undefined)[]): void {
    const header = this.#header;
    if (header === undefined) return;
    const place = this.#line;
    if (cells.length !== header.columnCount) {
      const reason = `The row has ${cells.length} cells, the first line ${header.columnCount}.`;
      this.#built.refuse({ place, code: 'wrong-columns', reason, text: text.toString('utf8') });
    } else if (text.includes(0)) {
      const reason = 'There is a zero byte in the row: the file is damaged, or no text.';
      this.#built.refuse({ place, code: 'invalid-csv', reason, text: text.toString('utf8') });
    } else this.#built.add(place, Buffer.from(header.toJson(cells)));
  }
}

/** The delimiter that the first line has most of, quotes aside. */
function delimiterOf(bytes: Buffer, from: number): number {
  const counts = new Map([0x2c, 0x3b, 0x09, 0x7c].map((delimiter) => [delimiter, 0]));
  let isQuoted = false;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (byte === newline) break;
    const count = counts.get(byte);
    if (count !== undefined) counts.set(byte, count + 1);
  }
  const [most = [0x2c, 0]] = [...counts].sort(([, a], [, b]) => b - a);
  return most[1] === 0 ? 0x2c : most[0];
}

interface Reading {
  readonly delimiter: number;
  /** True where no more bytes come. */
  readonly isLast: boolean;
}

/** Reads the row that starts at `from`; undefined where more bytes are needed to see its end. */
function findRow(bytes: Buffer, from: number, reading: Reading): FoundRow | undefined {
  const cells: (string | undefined)[] = [];
  let at = from;
  let lines = 1;
  for (;;) {
    if (bytes[at] === quote) {
      const close = endOfQuoted(bytes, at + 1);
      if (close === undefined) {
        const isHopeless = reading.isLast || bytes.length - from > maxRowBytes;
        return isHopeless ? unclosed(bytes, from, reading) : undefined;
      }
      if (close + 1 >= bytes.length && !reading.isLast) return undefined;
      const inner = bytes.subarray(at + 1, close);
      lines += count(inner, newline);
      const text = inner.toString('utf8').replaceAll('""', '"');
      cells.push(text === '' ? undefined : text);
      at = close + 1;
      if (
        bytes[at] === carriageReturn &&
        (bytes[at + 1] === newline || (reading.isLast && at + 1 === bytes.length))
      )
        at += 1;
      if (at < bytes.length && bytes[at] !== newline && bytes[at] !== reading.delimiter)
        return malformed(bytes, from, reading);
    } else {
      const end = endOfPlain(bytes, at, reading.delimiter);
      if (end === bytes.length && !reading.isLast) return longRow(bytes, from);
      const isCr =
        bytes[end - 1] === carriageReturn && end > at && (end === bytes.length || bytes[end] === newline);
      const text = bytes.toString('utf8', at, isCr ? end - 1 : end);
      cells.push(text === '' ? undefined : text);
      at = end;
    }
    if (at >= bytes.length) return { end: bytes.length, lines, cells };
    if (bytes[at] === newline) return { end: at + 1, lines, cells };
    at += 1;
  }
}

/** The place of the quote that closes a cell; undefined where there is none. */
function endOfQuoted(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(quote, from); at !== -1; at = bytes.indexOf(quote, at + 2)) {
    if (bytes[at + 1] !== quote) return at;
  }
  return undefined;
}

function endOfPlain(bytes: Buffer, from: number, delimiter: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== delimiter && bytes[at] !== newline) at += 1;
  return at;
}

/** A row without an end in sight is given up where it is too long anyway: up to here it is one row. */
function longRow(bytes: Buffer, from: number): FoundRow | undefined {
  if (bytes.length - from <= 64 * maxRowBytes) return undefined;
  const reason = 'The row has no end.';
  return { end: bytes.length, lines: 0, code: 'too-large', reason };
}

/** Only the line at which the quote opens is lost: reading goes on with the next. */
function unclosed(bytes: Buffer, from: number, reading: Reading): FoundRow | undefined {
  return lostLine(bytes, from, {
    ...reading,
    reason: 'A quotation mark opens a cell here and is never closed.',
  });
}

function malformed(bytes: Buffer, from: number, reading: Reading): FoundRow | undefined {
  return lostLine(bytes, from, {
    ...reading,
    reason: 'There is text behind the closing quotation mark of a cell.',
  });
}

/** A row that is lost up to the end of its line, which may be far ahead. */
function lostLine(
  bytes: Buffer,
  from: number,
  { isLast, reason }: Reading & { readonly reason: string },
): FoundRow | undefined {
  const end = endOfLine(bytes, from);
  if (bytes[end - 1] !== newline && !isLast) return longRow(bytes, from);
  return { end, lines: 1, code: 'invalid-csv', reason };
}

function endOfLine(bytes: Buffer, from: number): number {
  const found = bytes.indexOf(newline, from);
  return found === -1 ? bytes.length : found + 1;
}

function withoutLineBreak(row: Buffer): Buffer {
  let end = row.length;
  if (row[end - 1] === newline) end -= 1;
  if (row[end - 1] === carriageReturn) end -= 1;
  return row.subarray(0, end);
}

function count(bytes: Buffer, byte: number): number {
  let found = 0;
  for (let at = bytes.indexOf(byte); at !== -1; at = bytes.indexOf(byte, at + 1)) found += 1;
  return found;
}
