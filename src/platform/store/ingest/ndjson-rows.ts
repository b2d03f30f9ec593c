import { isUtf8 } from 'node:buffer';
import { maxRowBytes, notUtf8, tooLarge, truncated, type RefusedRow, type RowBlock } from './row-block';
import { endOfString, skipBlanks } from './shape-hash';

const newline = 0x0a;
const quote = 0x22;
const openObject = 0x7b;
const closeObject = 0x7d;
const openList = 0x5b;
const closeList = 0x5d;

/** Takes NDJSON apart: one row a line. Blank lines are skipped, but counted. */
export async function* ndjsonRows(chunks: AsyncIterable<Buffer>): AsyncGenerator<RowBlock> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let line = 1;
  /** True inside a line whose beginning was refused already. */
  let skipping = false;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(newline);
    if (end === -1) {
      if (!skipping) {
        rest.push(chunk);
        restBytes += chunk.length;
      }
      if (restBytes > maxRowBytes) {
        yield onlyRefused(tooLarge(line, Buffer.concat(rest)));
        [rest, restBytes, skipping] = [[], 0, true];
      }
      continue;
    }
    let bytes = Buffer.concat([...rest, chunk.subarray(0, end)]);
    if (skipping) {
      const next = bytes.indexOf(newline);
      bytes = next === -1 ? Buffer.alloc(0) : bytes.subarray(next + 1);
      line += 1;
      skipping = false;
      if (next === -1) {
        [rest, restBytes] = remainder(chunk, end);
        continue;
      }
    }
    const block = linesOf(bytes, line);
    line = block.nextLine;
    yield block.rows;
    [rest, restBytes] = remainder(chunk, end);
  }
  if (restBytes > 0) yield lastLine(Buffer.concat(rest), line);
}

/** The line that no newline ends: the file may have been cut off in it. */
function lastLine(bytes: Buffer, line: number): RowBlock {
  if (!endsInside(bytes)) return linesOf(bytes, line).rows;
  const row = truncated(line, 'The file ends inside this line: it may have been cut off.');
  return onlyRefused({ ...row, text: bytes.toString('utf8') });
}

/** True for the beginning of an object whose end is missing. */
function endsInside(bytes: Buffer): boolean {
  const start = skipBlanks(bytes, 0, bytes.length);
  if (bytes[start] !== openObject || bytes.length - start > maxRowBytes) return false;
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === quote) {
      at = endOfString(bytes, at + 1, bytes.length);
      if (at >= bytes.length) return true;
    } else if (byte === openObject || byte === openList) depth += 1;
    else if (byte === closeObject || byte === closeList) {
      depth -= 1;
      if (depth <= 0) return false;
    }
  }
  return true;
}

function remainder(chunk: Buffer, end: number): [Buffer[], number] {
  const left = Buffer.from(chunk.subarray(end + 1));
  return left.length === 0 ? [[], 0] : [[left], left.length];
}

function onlyRefused(row: RefusedRow): RowBlock {
  return { bytes: Buffer.alloc(0), starts: [], ends: [], places: [], refused: [row] };
}

function linesOf(bytes: Buffer, firstLine: number): { readonly rows: RowBlock; readonly nextLine: number } {
  const isText = isUtf8(bytes);
  const starts: number[] = [];
  const ends: number[] = [];
  const places: number[] = [];
  const refused: RefusedRow[] = [];
  let line = firstLine;
  for (let start = 0; start <= bytes.length; line += 1) {
    const found = bytes.indexOf(newline, start);
    const end = found === -1 ? bytes.length : found;
    const fault = faultOf(bytes, start, end, isText, line);
    if (fault !== undefined) refused.push(fault);
    else if (!isBlank(bytes, start, end)) {
      starts.push(start);
      ends.push(end);
      places.push(line);
    }
    start = end + 1;
  }
  return { rows: { bytes, starts, ends, places, refused }, nextLine: line };
}

function faultOf(
  bytes: Buffer,
  start: number,
  end: number,
  isText: boolean,
  line: number,
): RefusedRow | undefined {
  if (end - start > maxRowBytes) return tooLarge(line, bytes.subarray(start, end));
  if (isText) return undefined;
  const row = bytes.subarray(start, end);
  return isUtf8(row) ? undefined : notUtf8(line, row, 'invalid-json');
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
