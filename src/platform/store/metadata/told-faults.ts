import type Database from 'libsql';
import { DiskFull } from '../../../errors/platform-error';

/** The part of libsql's database that Kysely uses. */
export interface SqliteFile {
  prepare(sql: string): SqliteStatement;
  close(): void;
}

interface SqliteStatement {
  readonly reader: boolean;
  all(parameters: readonly unknown[]): unknown[];
  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  iterate(parameters: readonly unknown[]): IterableIterator<unknown>;
}

/**
 * A database whose full disk is told as such.
 *
 * SQLite itself ends a transaction that meets a full disk. Kysely's own `rollback` after it would be the error that callers
 * see, so it is left out where there is no transaction any more.
 */
export function withToldFaults(file: Database.Database): SqliteFile {
  return {
    prepare: (sql) => {
      const statement = tell(() => file.prepare(sql)) as unknown as SqliteStatement;
      const isRollback = /^\s*rollback\s*$/iu.test(sql);
      return {
        reader: statement.reader,
        all: (parameters) => tell(() => statement.all(parameters)),
        iterate: (parameters) => tell(() => statement.iterate(parameters)),
        run: (parameters) =>
          isRollback && !file.inTransaction
            ? { changes: 0, lastInsertRowid: 0 }
            : tell(() => statement.run(parameters)),
      };
    },
    close: () => void file.close(),
  };
}

/** `SQLITE_FULL`, and the index of the WAL that could not grow, which is a file on the same disk. */
const fullDisk: ReadonlySet<unknown> = new Set(['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'SQLITE_IOERR_WRITE']);

function tell<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (typeof cause !== 'object' || cause === null || !('code' in cause) || !fullDisk.has(cause.code))
      throw cause;
    throw new DiskFull('The disk of the data folder is full. Free some space and try again.', { cause });
  }
}
