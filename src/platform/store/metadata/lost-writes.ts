import { closeSync, copyFileSync, existsSync, mkdirSync, openSync, readFileSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { StoreUnavailable } from '../../../errors/platform-error';

/**
 * Refuses a database whose write-ahead log has lost writes that were acknowledged. SQLite itself takes a log that ends early,
 * or whose end is damaged, for one whose last writer died, and opens without a word.
 *
 * What was written last stands in the index of the log, the `-shm` file, which outlives a process that is killed. It is
 * written after the log has reached the disk, so it never tells of more than there was; where it is missing, or belongs to an
 * earlier log, there is nothing to compare with. To be called before the database is opened, because closing a file ends
 * SQLite's own locks on it.
 *
 * Source: sqlite.org/walformat.html.
 * @throws StoreUnavailable `damaged`, after the files have been copied aside.
 */
export function refuseLostWrites(path: string): void {
  const index = readIndex(`${path}-shm`);
  if (index === undefined || index.frames === index.copied) return;
  const log = existsSync(`${path}-wal`) ? readFileSync(`${path}-wal`) : Buffer.alloc(0);
  const whole = wholeFrames(log, index.frames);
  // Another log than the index was made for: the system went down before the index reached the disk.
  if (whole !== undefined && !whole.salt.equals(index.salt)) return;
  if (whole !== undefined && whole.count >= index.frames) return;
  const copy = copyAside(path);
  throw new StoreUnavailable(
    'damaged',
    `The log of the platform's database ${path} has lost writes that were acknowledged: ${whole?.count ?? 0} of ${index.frames} parts of it are whole. A copy of the files as they are stands in ${copy}. Put the log back, restore a backup, or choose another data folder; to go on without what is lost, delete ${basename(path)}-shm.`,
  );
}

interface LogIndex {
  /** Parts ("frames") of the log that belong to acknowledged writes. */
  readonly frames: number;
  /** How many of these stand in the database already. */
  readonly copied: number;
  readonly salt: Buffer;
}

const indexBytes = 136;
const indexVersion = 3_007_000;

/** Undefined where there is none that can be read: it is kept twice, and both copies must agree. */
function readIndex(path: string): LogIndex | undefined {
  if (!existsSync(path)) return undefined;
  const header = Buffer.alloc(indexBytes);
  const file = openSync(path, 'r');
  try {
    if (readSync(file, header, 0, indexBytes, 0) < indexBytes) return undefined;
  } finally {
    closeSync(file);
  }
  const number = (at: number): number =>
    endianness() === 'LE' ? header.readUInt32LE(at) : header.readUInt32BE(at);
  const agrees = header.subarray(0, 48).equals(header.subarray(48, 96));
  if (!agrees || number(0) !== indexVersion || header[12] !== 1) return undefined;
  return { frames: number(16), copied: number(96), salt: header.subarray(32, 40) };
}

const logHeaderBytes = 32;
const frameHeaderBytes = 24;

/** Counts the frames from the beginning whose checksums are right, up to `most`; undefined where there is no log. */
function wholeFrames(
  log: Buffer,
  most: number,
): { readonly salt: Buffer; readonly count: number } | undefined {
  if (log.length < logHeaderBytes) return undefined;
  const salt = log.subarray(16, 24);
  const isBigEndian = (log.readUInt32BE(0) & 1) === 1;
  const pageBytes = log.readUInt32BE(8);
  const frameBytes = frameHeaderBytes + pageBytes;
  let sum = checksum(log, { from: 0, to: 24, isBigEndian, sum: [0, 0] });
  let count = 0;
  for (let at = logHeaderBytes; count < most && at + frameBytes <= log.length; at += frameBytes) {
    sum = checksum(log, { from: at, to: at + 8, isBigEndian, sum });
    sum = checksum(log, { from: at + frameHeaderBytes, to: at + frameBytes, isBigEndian, sum });
    const isWhole =
      log.subarray(at + 8, at + 16).equals(salt) &&
      log.readUInt32BE(at + 16) === sum[0] &&
      log.readUInt32BE(at + 20) === sum[1];
    if (!isWhole) break;
    count += 1;
  }
  return { salt, count };
}

interface ChecksumPart {
  readonly from: number;
  readonly to: number;
  readonly isBigEndian: boolean;
  readonly sum: readonly [number, number];
}

function checksum(bytes: Buffer, { from, to, isBigEndian, sum }: ChecksumPart): readonly [number, number] {
  let [first, second] = sum;
  const read = (at: number): number => (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  for (let at = from; at < to; at += 8) {
    first = (first + read(at) + second) >>> 0;
    second = (second + read(at + 4) + first) >>> 0;
  }
  return [first, second];
}

/** The first copy is the one that counts: a second start finds the same damage. */
function copyAside(path: string): string {
  const folder = join(dirname(path), 'damaged');
  if (existsSync(folder)) return folder;
  mkdirSync(folder);
  for (const end of ['', '-wal', '-shm']) {
    if (existsSync(path + end)) copyFileSync(path + end, join(folder, basename(path) + end));
  }
  return folder;
}
