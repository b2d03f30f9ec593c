import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from '../gateway-process';
import type { RunningProcess } from '../gateway-process';

/** A gateway whose data folder stands on a disk that can be filled. */
export interface OnSmallDisk {
  readonly gateway: RunningProcess;
  /** False where files are limited one by one: then no record can be written either, however much is left. */
  readonly hasRoomForRecords: boolean;
  /** Leaves so many bytes free. */
  fill(leftBytes: number): void;
  free(): void;
  /** Names in a folder below the data folder. */
  list(folder: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** Of util-linux. */
const tools = { isolate: 'unshare', limit: 'prlimit' } as const;
const script = 'dist/main.js';
const args = ['--no-demo', '--admin'];

/**
 * Starts a gateway on a tmpfs of its own, in a mount namespace that ends with it. Where neither root nor a user namespace
 * may mount one, the size of each of its files is limited instead, which the system answers by EFBIG in the place of ENOSPC.
 */
export async function startOnSmallDisk(sizeMegabytes: number): Promise<OnSmallDisk> {
  const folder = await mkdtemp(join(tmpdir(), 'audience-small-disk-'));
  const env = {
    DATA_DIR: folder,
    PORT: '0',
    PLATFORM_PORT: '0',
    PLATFORM_JOB_PACE_MS: '0',
    LOG_LEVEL: 'silent',
  };
  const isolation = ['-m', '-Urm'].find((flag) => mayMount(flag, folder));
  const mount = `mount -t tmpfs -o size=${sizeMegabytes}m tmpfs "$DATA_DIR" && exec "${process.execPath}" ${script} ${args.join(' ')}`;
  const gateway =
    isolation === undefined
      ? startProcess({ script, args, env })
      : startProcess({ script: tools.isolate, args: [isolation, 'sh', '-c', mount], env });
  // The folder as the gateway sees it.
  const seen = isolation === undefined ? folder : join('/proc', String(gateway.pid), 'root', folder);
  const filler = join(seen, 'filler');
  const limit = (bytes: number | 'unlimited'): void =>
    void execFileSync(tools.limit, ['--pid', String(gateway.pid), `--fsize=${bytes}:unlimited`]);
  return {
    gateway,
    hasRoomForRecords: isolation !== undefined,
    fill: (leftBytes) => (isolation === undefined ? limit(leftBytes) : fillUp(filler, seen, leftBytes)),
    free: () => (isolation === undefined ? limit('unlimited') : rmSync(filler, { force: true })),
    list: (name) => readdir(join(seen, name)),
    stop: async () => {
      gateway.signal('SIGKILL');
      await gateway.exit;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function mayMount(flag: string, folder: string): boolean {
  if (process.env['SMALL_DISK'] === 'limit') return false;
  return spawnSync(tools.isolate, [flag, 'mount', '-t', 'tmpfs', 'tmpfs', folder]).status === 0;
}

function fillUp(path: string, folder: string, leftBytes: number): void {
  const file = openSync(path, 'a');
  const { bavail, bsize } = statfsSync(folder);
  const block = Buffer.alloc(bsize);
  for (let left = bavail * bsize - leftBytes; left >= bsize; left -= bsize) writeSync(file, block);
  closeSync(file);
}
