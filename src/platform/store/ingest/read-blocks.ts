import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';

const blockBytes = 2 * 1024 * 1024;

/** A line may have this many bytes; a longer one is rejected. */
export const maxLineBytes = 1024 * 1024;

const newline = 0x0a;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Reads a file in blocks of whole lines, in order: UTF-8 text, lines parted by `\n`, none at the end.
 *
 * No line is lost, so that the n-th line read is the n-th of the file. Of a line that is too long just so much is kept
 * that it can be told; a line that is not UTF-8 is made into one that cannot be JSON.
 */
export async function* readBlocks(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(blockBytes);
    let kept = 0;
    let skipping = false;
    let first = true;
    for (;;) {
      const { bytesRead } = await file.read(buffer, kept, buffer.length - kept);
      const filled = kept + bytesRead;
      if (bytesRead === 0) {
        if (kept > 0 && !skipping) yield asText(withoutMark(buffer.subarray(0, kept), first));
        return;
      }
      let start = 0;
      if (skipping) {
        const end = buffer.indexOf(newline);
        skipping = end === -1 || end >= filled;
        kept = 0;
        if (skipping) continue;
        start = end + 1;
      }
      const end = start < filled ? buffer.lastIndexOf(newline, filled - 1) : -1;
      if (end >= start) {
        yield asText(withoutMark(buffer.subarray(start, end), first));
        first = false;
        start = end + 1;
      } else if (filled - start > maxLineBytes) {
        yield asText(withoutMark(buffer.subarray(start, start + maxLineBytes + 1), first));
        first = false;
        skipping = true;
        start = filled;
      }
      buffer.copy(buffer, 0, start, filled);
      kept = filled - start;
    }
  } finally {
    await file.close();
  }
}

function withoutMark(block: Buffer, isFirst: boolean): Buffer {
  const marked = isFirst && block.subarray(0, byteOrderMark.length).equals(byteOrderMark);
  return marked ? block.subarray(byteOrderMark.length) : block;
}

function asText(block: Buffer): Buffer {
  if (isUtf8(block)) return block;
  const lines: Buffer[] = [];
  for (let start = 0; start <= block.length;) {
    const end = block.indexOf(newline, start);
    const line = block.subarray(start, end === -1 ? block.length : end);
    // No JSON text starts with a replacement character.
    lines.push(isUtf8(line) ? line : Buffer.from(`\uFFFD${line.toString('utf8')}`));
    lines.push(Buffer.of(newline));
    start += line.length + 1;
  }
  lines.pop();
  return Buffer.concat(lines);
}
