import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { CommandError } from '../errors/command-error';

/** A file, or standard input, from which rows are imported. */
export interface ImportSource {
  /** A plain file name. */
  readonly name: string;
  /** Null where it is not known before the end. */
  readonly sizeBytes: number | null;
  /** The first bytes. */
  readonly head: Buffer;
  /** All bytes, the first ones too; to be asked for once. */
  content(): Readable;
  /** SHA-256 of all bytes as hex; null where they can be read only once. */
  hash(signal: AbortSignal): Promise<string | null>;
}

const headBytes = 64 * 1024;

/** @throws CommandError with exit code 2 for what cannot be read or is empty. */
export async function openSource(file: string, stdin: Readable): Promise<ImportSource> {
  return file === '-' ? openStdin(stdin) : openFile(file);
}

async function openStdin(stdin: Readable): Promise<ImportSource> {
  const chunks = stdin[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first: Buffer[] = [];
  let size = 0;
  while (size < headBytes) {
    const next = await chunks.next();
    if (next.done === true) break;
    first.push(Buffer.from(next.value));
    size += next.value.length;
  }
  if (size === 0) throw new CommandError('Standard input is empty: nothing to import.', 2);
  const all = async function* (): AsyncGenerator<Buffer> {
    yield* first;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  };
  return {
    name: 'stdin',
    sizeBytes: null,
    head: Buffer.concat(first),
    content: () => Readable.from(all(), { objectMode: false }),
    hash: () => Promise.resolve(null),
  };
}

async function openFile(file: string): Promise<ImportSource> {
  const advice = 'Give the path of a file of XDM rows: NDJSON, JSON, CSV or Parquet.';
  const handle = await open(file).catch((cause: unknown) => {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new CommandError(
      `${isMissing ? `There is no file "${file}"` : `"${file}" cannot be read`}. ${advice}`,
      2,
      { cause },
    );
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new CommandError(`"${file}" is not a file. ${advice}`, 2);
    if (found.size === 0) throw new CommandError(`"${file}" is empty: nothing to import.`, 2);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    const plainName = basename(file)
      .replaceAll(/[^A-Za-z0-9._-]/g, '_')
      .replace(/^[.-]/, '_');
    return {
      name: plainName.slice(-120),
      sizeBytes: found.size,
      head: buffer.subarray(0, bytesRead),
      content: () => createReadStream(file, { highWaterMark: 1024 * 1024 }),
      hash: (signal) => hashOf(file, signal),
    };
  } finally {
    await handle.close();
  }
}

async function hashOf(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal }))
    hash.update(chunk as Buffer);
  return hash.digest('hex');
}
