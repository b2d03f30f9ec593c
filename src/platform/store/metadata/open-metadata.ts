import Database from 'libsql';
import { Kysely, Migrator, SqliteDialect } from 'kysely';
import { StoreUnavailable } from '../../../errors/platform-error';
import { refuseLostWrites } from './lost-writes';
import { migrations } from './migrations';
import type { MetadataTables } from './tables';
import { withToldFaults } from './told-faults';
import type { SqliteFile } from './told-faults';

export type Metadata = Kysely<MetadataTables>;

/**
 * Opens `platform.sqlite`, made if it is missing, and brings its tables up to date.
 *
 * A committed write is on disk: WAL with `synchronous=FULL`.
 * @throws StoreUnavailable when the file is not a database, has lost acknowledged writes, or its migration fails.
 */
export async function openMetadata(path: string): Promise<Metadata> {
  refuseLostWrites(path);
  const db = new Kysely<MetadataTables>({ dialect: new SqliteDialect({ database: openFile(path) }) });
  const { error } = await new Migrator({ db, provider: migrations }).migrateToLatest();
  if (error !== undefined) {
    await db.destroy();
    throw damaged(path, error);
  }
  return db;
}

function openFile(path: string): SqliteFile {
  try {
    const file = new Database(path);
    file.exec(
      'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=5000; PRAGMA foreign_keys=ON',
    );
    return withToldFaults(file);
  } catch (cause) {
    throw damaged(path, cause);
  }
}

function damaged(path: string, cause: unknown): StoreUnavailable {
  return new StoreUnavailable(
    'damaged',
    `The platform's database ${path} cannot be opened. Keep a copy of it, then restore a backup or choose another data folder.`,
    { cause },
  );
}
