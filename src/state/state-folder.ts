import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { GatewayStateUnavailable } from '../errors/gateway-state-error';

/** The folder of the gateway's state, held by this process alone until `release`. */
export interface StateFolder {
  readonly databaseFile: string;
  /** To be called once the state has been opened: from then on a missing database is a loss, not a beginning. */
  markUsed(): void;
  release(): void;
}

/**
 * Makes the folder if it is missing and takes its lock.
 *
 * The lock is SQLite's own on a file beside the state: the operating system lets go of it when the process dies, however
 * it dies, so no stale lock can stay behind.
 * @throws GatewayStateUnavailable `unwritable`, `locked`, or `damaged` where the folder was in use and its database is gone.
 */
export function openStateFolder(folder: string): StateFolder {
  const release = lockFolder(folder);
  try {
    const databaseFile = join(folder, 'gateway.sqlite');
    refuseLostDatabase(folder, databaseFile);
    return { databaseFile, markUsed: () => writeFileSync(holderFile(folder), String(process.pid)), release };
  } catch (error) {
    release();
    throw error;
  }
}

function lockFolder(folder: string): () => void {
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
    return takeLock(folder);
  } catch (cause) {
    if (cause instanceof GatewayStateUnavailable) throw cause;
    const message = `The gateway's state folder ${folder} cannot be written. Make it writable or choose another one.`;
    throw new GatewayStateUnavailable('unwritable', message, { cause });
  }
}

/** Node's own recursive form never returns where the system says that a parent is missing although it is there, as below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

function takeLock(folder: string): () => void {
  const lock = new Database(join(folder, 'gateway.lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    const message = `The gateway's state folder ${folder} is in use by another process${processId(folder)}. Stop it or choose another folder.`;
    throw new GatewayStateUnavailable('locked', message, { cause });
  }
  return () => {
    lock.exec('ROLLBACK');
    lock.close();
  };
}

/** SQLite takes a missing or empty file for a new database, and everything would be forgotten without a word. */
function refuseLostDatabase(folder: string, databaseFile: string): void {
  if (!existsSync(holderFile(folder))) return;
  if (existsSync(databaseFile) && statSync(databaseFile).size > 0) return;
  throw new GatewayStateUnavailable(
    'damaged',
    `The gateway's state ${databaseFile} is gone, and ${folder} shows that there was one. Restore a backup; to begin with an empty state, delete the folder.`,
  );
}

function holderFile(folder: string): string {
  return join(folder, 'gateway.pid');
}

/** Who holds the lock, as a help in the message only: the file may be old. */
function processId(folder: string): string {
  return existsSync(holderFile(folder)) ? ` (pid ${readFileSync(holderFile(folder), 'utf8').trim()})` : '';
}
