import { createReadStream } from 'node:fs';
import { isNativeError } from 'node:util/types';
import { createGunzip } from 'node:zlib';

/** The file ends or breaks in the middle of its compression: what came before is whole. */
export class BrokenFile extends Error {}

const pieceBytes = 64 * 1024;
const chunkBytes = 1024 * 1024;

/**
 * Unpacks a gzip file in chunks.
 * @throws BrokenFile after all that stands before the place of the damage.
 */
export async function* gunzipped(path: string): AsyncGenerator<Buffer<ArrayBuffer>> {
  const progress = { packed: 0, unpacked: 0 };
  try {
    for await (const chunk of inflated(path, progress)) {
      progress.unpacked += chunk.length;
      yield chunk;
    }
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    if (cause.code !== endIsMissing) yield* beforeDamage(path, progress);
    const message = 'The gzip file is damaged or was cut off: nothing after this place could be read.';
    throw new BrokenFile(message, { cause });
  }
}

/** All pieces of a file that was cut off were unpacked by then. */
const endIsMissing = 'Z_BUF_ERROR';

function isDamage(error: unknown): error is Error & { readonly code: string } {
  return isNativeError(error) && 'code' in error && String(error.code).startsWith('Z_');
}

interface Progress {
  /** Bytes of the file that were unpacked and handed on. */
  packed: number;
  unpacked: number;
}

/**
 * What the damaged piece holds before its damage. The library drops what it makes of a piece that it fails at: so the
 * file is unpacked anew, that piece in smaller ones, until the piece is a single byte.
 */
async function* beforeDamage(
  path: string,
  damaged: Progress,
  [bytes, ...smaller] = finerPieces,
): AsyncGenerator<Buffer<ArrayBuffer>> {
  if (bytes === undefined) return;
  const progress = { packed: 0, unpacked: 0 };
  let known = damaged.unpacked;
  try {
    for await (const chunk of inflated(path, progress, { from: damaged.packed, bytes })) {
      progress.unpacked += chunk.length;
      if (chunk.length > known) yield chunk.subarray(known);
      known = Math.max(0, known - chunk.length);
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    yield* beforeDamage(path, progress, smaller);
  }
}

/** Byte by byte at once would be a call of the library for each of 65,536. */
const finerPieces = [256, 1];

interface Finer {
  /** The place in the file from which on pieces are so small. */
  readonly from: number;
  readonly bytes: number;
}

/** Unpacks piece by piece, so that what the pieces before a damage hold is handed on before the error is. */
async function* inflated(
  path: string,
  progress: Progress,
  finer?: Finer,
): AsyncGenerator<Buffer<ArrayBuffer>> {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  const ready: Buffer<ArrayBuffer>[] = [];
  gunzip.on('data', (chunk: Buffer<ArrayBuffer>) => ready.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    gunzip.once('end', resolve).once('error', reject);
  });
  ended.catch(() => undefined); // awaited below, where it may be too late to be the first to look
  try {
    for await (const piece of piecesOf(path, finer)) {
      const written = new Promise<void>((resolve) => gunzip.write(piece, () => resolve()));
      await Promise.race([written, ended]);
      progress.packed += piece.length;
      yield* ready.splice(0);
    }
    gunzip.end();
    await ended;
    yield* ready;
  } finally {
    gunzip.destroy();
  }
}

async function* piecesOf(path: string, finer: Finer | undefined): AsyncGenerator<Buffer> {
  const { from, bytes } = finer ?? { from: Infinity, bytes: pieceBytes };
  let at = 0;
  for await (const piece of createReadStream(path, { highWaterMark: pieceBytes }) as AsyncIterable<Buffer>) {
    const coarse = Math.min(Math.max(0, from - at), piece.length);
    if (coarse > 0) yield piece.subarray(0, coarse);
    for (let start = coarse; start < piece.length; start += bytes) yield piece.subarray(start, start + bytes);
    at += piece.length;
  }
}
