import { Kysely, SqliteDialect } from 'kysely';
import Database from 'libsql';
import { GatewayStateUnavailable } from '../errors/gateway-state-error';
import { tellFullDisk } from './full-disk';
import { bringUpToDate } from './migrations';
import type { StateTables } from './tables';

export type StateDatabase = Kysely<StateTables>;

/**
 * Opens `gateway.sqlite`, made if it is missing, and brings its tables up to date.
 *
 * A committed write is on disk: WAL with `synchronous=FULL`. Each commit is taken over from the log at once: state is
 * written seldom, and a log that gets lost takes nothing along then, which SQLite would not tell.
 * @throws GatewayStateUnavailable `damaged` or `newer`.
 */
export async function openDatabase(path: string): Promise<StateDatabase> {
  const db = new Kysely<StateTables>({
    dialect: new SqliteDialect({ database: tellFullDisk(openFile(path)) }),
  });
  try {
    await migrate(db, path);
    return db;
  } catch (cause) {
    await db.destroy();
    throw cause instanceof GatewayStateUnavailable ? cause : damaged(path, cause);
  }
}

function openFile(path: string): Database.Database {
  try {
    const file = new Database(path);
    file.exec(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1; PRAGMA foreign_keys=ON',
    );
    const [found] = file.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
    if (found?.quick_check !== 'ok') throw new Error(found?.quick_check ?? 'no answer to quick_check');
    return file;
  } catch (cause) {
    throw damaged(path, cause);
  }
}

async function migrate(db: StateDatabase, path: string): Promise<void> {
  const unknown = await bringUpToDate(db, {
    migrationTableName: 'kysely_migration',
    migrationLockTableName: 'kysely_migration_lock',
  });
  if (unknown.length === 0) return;
  throw new GatewayStateUnavailable(
    'newer',
    `The gateway's state ${path} was written by a newer release (${unknown.join(', ')}). Start that release, or choose another folder.`,
  );
}

function damaged(path: string, cause: unknown): GatewayStateUnavailable {
  return new GatewayStateUnavailable(
    'damaged',
    `The gateway's state ${path} is damaged and cannot be opened. Keep a copy of it, then restore a backup or choose another folder.`,
    { cause },
  );
}
