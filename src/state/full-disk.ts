import type Database from 'libsql';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { GatewayDiskFull } from '../errors/gateway-state-error';
import { systemCodeOf } from '../lib/system-code';

/** What SQLite calls a disk without space, as the file and as its shared memory meet it. */
const fullCodes: ReadonlySet<string> = new Set(['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE']);

/**
 * A database file whose statements throw GatewayDiskFull where there is no space to write. Nothing of a write that failed
 * is kept, what was written before stays, and the next write tries anew.
 */
export function tellFullDisk(file: Database.Database): SqliteDatabase {
  return {
    close: () => void file.close(),
    prepare: (sql) => {
      const statement = telling(() => file.prepare(sql)) as unknown as SqliteStatement;
      return {
        reader: statement.reader,
        all: (parameters) => telling(() => statement.all(parameters)),
        run: (parameters) =>
          // SQLite may have ended the transaction by itself; to end it once more is no error then.
          sql === 'rollback' && !file.inTransaction
            ? { changes: 0, lastInsertRowid: 0 }
            : telling(() => statement.run(parameters)),
        iterate: (parameters) => statement.iterate(parameters),
      };
    },
  };
}

function telling<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw fullCodes.has(systemCodeOf(error)) ? new GatewayDiskFull({ cause: error }) : error;
  }
}
