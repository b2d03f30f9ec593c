import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { gunzipped } from './gunzip';
import { utf16Reader } from './utf16';

const chunkBytes = 1024 * 1024;

/**
 * Reads a text file in chunks of UTF-8 without a byte order mark. Gzip is unpacked and UTF-16 is turned into UTF-8 where
 * the first bytes say so; what is broken in UTF-16 is no UTF-8 either.
 * @throws BrokenFile after the chunks that could be read.
 */
export async function* openText(path: string): AsyncGenerator<Buffer> {
  const chunks = unpacked(path);
  let decode: ReturnType<typeof utf16Reader> | undefined;
  let first = true;
  let head = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (!first) {
      yield decode === undefined ? chunk : decode(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < 3) continue;
    first = false;
    ({ decode, head } = startOf(head));
    if (head.length > 0) yield head;
  }
  if (first && head.length > 0) ({ decode, head } = startOf(head));
  if (first && head.length > 0) yield head;
  const end = decode?.();
  if (end !== undefined && end.length > 0) yield end;
}

interface Start {
  readonly decode: ReturnType<typeof utf16Reader> | undefined;
  readonly head: Buffer<ArrayBuffer>;
}

/** Takes the byte order mark off, and says how the rest is to be read. */
function startOf(head: Buffer<ArrayBuffer>): Start {
  const isBigEndian = head[0] === 0xfe && head[1] === 0xff;
  if (isBigEndian || (head[0] === 0xff && head[1] === 0xfe)) {
    const decode = utf16Reader(isBigEndian);
    return { decode, head: decode(head.subarray(2)) };
  }
  const isMarked = head.length >= 3 && head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
  return { decode: undefined, head: isMarked ? head.subarray(3) : head };
}

async function* unpacked(path: string): AsyncGenerator<Buffer<ArrayBuffer>> {
  if (await isGzip(path)) yield* gunzipped(path);
  else yield* createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer<ArrayBuffer>>;
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}
