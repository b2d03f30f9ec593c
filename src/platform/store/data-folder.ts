import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'libsql';
import { StoreUnavailable } from '../../errors/platform-error';
import type { Tenant } from '../records';

/** The folder that the platform keeps everything in, held by this process alone until `release`. */
export interface DataFolder {
  readonly metadataFile: string;
  tenantFolder(tenant: Tenant): string;
  release(): void;
}

/**
 * Makes the folder if it is missing and takes its lock.
 *
 * The lock is SQLite's own on a file beside the data: the operating system lets go of it when the process dies, however
 * it dies, so no stale lock can stay behind.
 * @throws StoreUnavailable `unwritable` or `locked`.
 */
export function openDataFolder(dataDir: string): DataFolder {
  try {
    makeFolder(resolve(dataDir, 'tenants'));
    accessSync(dataDir, constants.W_OK);
    return { ...pathsIn(dataDir), release: takeLock(dataDir) };
  } catch (cause) {
    if (cause instanceof StoreUnavailable) throw cause;
    const message = `The data folder ${dataDir} cannot be written. Make it writable or choose another one.`;
    throw new StoreUnavailable('unwritable', message, { cause });
  }
}

/**
 * Makes a folder and those above it that are missing. Node's own recursive form never returns where the system says that
 * the parent is missing although it is there, as below /proc.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

function pathsIn(dataDir: string): Pick<DataFolder, 'metadataFile' | 'tenantFolder'> {
  return {
    metadataFile: join(dataDir, 'platform.sqlite'),
    tenantFolder: (tenant) => join(dataDir, 'tenants', tenantFolderName(tenant)),
  };
}

function takeLock(dataDir: string): () => void {
  const path = join(dataDir, 'platform.lock');
  const holder = join(dataDir, 'platform.pid');
  const lock = new Database(path, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    const message = `The data folder ${dataDir} is in use by another process${processId(holder)}. Stop it or choose another folder.`;
    throw new StoreUnavailable('locked', message, { cause });
  }
  writeFileSync(holder, String(process.pid));
  return () => {
    lock.exec('ROLLBACK');
    lock.close();
  };
}

/** Who holds the lock, as a help in the message only: the file may be old. */
function processId(holder: string): string {
  try {
    return ` (pid ${readFileSync(holder, 'utf8').trim()})`;
  } catch {
    return '';
  }
}

/**
 * A folder name that is safe on every file system and differs for every tenant: the readable part may be cut or
 * folded, the digest tells tenants apart that look alike then.
 */
export function tenantFolderName({ orgId, sandbox }: Tenant): string {
  const readable = `${orgId}-${sandbox}`.replace(/[^A-Za-z0-9]+/gu, '-').slice(0, 48);
  const digest = createHash('sha256')
    .update(JSON.stringify([orgId, sandbox]))
    .digest('hex')
    .slice(0, 16);
  return `${readable}-${digest}`;
}
