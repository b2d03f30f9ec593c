import { isNativeError } from 'node:util/types';
import {
  DuckDBInstance,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBPreparedStatement,
  type DuckDBValue,
} from '@duckdb/node-api';
import { DiskFull, OutOfMemory } from '../../../errors/platform-error';
import { throwIfAborted } from './abort';
import { EngineFault } from './engine-fault';
import { appendNumbers, pagesOfNumbers, type NumberPage } from './number-pages';
import { quoteText } from './sql-text';

export interface EngineLimits {
  readonly threads: number;
  /** In the engine's own words, e.g. `2GB`. */
  readonly memoryLimit: string;
  /** Where it puts aside what does not fit into memory. */
  readonly tempFolder: string;
}

export type EngineParameters = Readonly<Record<string, DuckDBValue>>;

export type EngineRow = Readonly<Record<string, unknown>>;

/** A file that stands beside the engine's memory as a catalogue of its own. */
export interface AttachedFile {
  readonly path: string;
  readonly as: string;
  readonly readOnly: boolean;
}

export interface EngineOptions {
  readonly limits: EngineLimits;
  readonly attach?: readonly AttachedFile[];
  /** Folders that statements may read and write; without it they reach no file at all but the attached ones. */
  readonly folders?: readonly string[];
  /** Interrupts the running statement; later ones are refused. */
  readonly signal?: AbortSignal | undefined;
}

/** One DuckDB of its own: an engine that fails takes no other work down with it. To be closed by who opened it. */
export interface Engine {
  run(sql: string, parameters?: EngineParameters): Promise<void>;
  /** The rows; BIGINT columns as numbers, which must be safe ones. */
  rows(sql: string, parameters?: EngineParameters): Promise<readonly EngineRow[]>;
  /** The rows in pages, as the engine finds them: no more than a page or two is in memory. */
  pages(sql: string, parameters?: EngineParameters): AsyncIterable<readonly EngineRow[]>;
  /** Rows of UINTEGERs in pages, but all of them are found before the first is given. */
  numbers(sql: string, parameters?: EngineParameters): AsyncIterable<NumberPage>;
  /** Adds rows of UINTEGERs, given column by column, to a table in memory. */
  append(table: string, columns: readonly Uint32Array[]): Promise<void>;
  /** The names and types that the rows of a query would have. */
  columns(sql: string): Promise<readonly EngineColumn[]>;
  prepare(sql: string): Promise<PreparedStatement>;
  /** The same connection for another caller, when the former one has ended: his signal interrupts what he runs. */
  heeding(signal: AbortSignal): Engine;
  close(): void;
}

export interface EngineColumn {
  readonly name: string;
  readonly type: DuckDBType;
}

/** Planned once, for values that change; to be used by one caller at a time, since it holds the bound values. */
export interface PreparedStatement {
  run(parameters: EngineParameters): Promise<void>;
  rows(parameters: EngineParameters): Promise<readonly EngineRow[]>;
  dispose(): void;
}

/** A file that is made is read by this engine alone; its newer forms of texts are a third smaller. */
const newFile = "STORAGE_VERSION 'v1.5.0'";

/** One DuckDB, shut in, on which callers read one after the other, each with a connection and a signal of his own. */
export interface EngineHost {
  /** To be closed by who asked for it, before the host. @throws AbortError */
  connect(signal?: AbortSignal): Promise<Engine>;
  close(): void;
}

/**
 * Opens an engine in memory and shuts it in: no extension is loaded, no file beside those named is reached, and no
 * statement can change that any more.
 * @throws AbortError when the signal has fired, here and in each later call.
 */
export async function openEngine({ signal, ...options }: EngineOptions): Promise<Engine> {
  throwIfAborted(signal);
  const host = await openEngineHost(options);
  try {
    const engine = await host.connect(signal);
    return {
      ...engine,
      close: () => {
        engine.close();
        host.close();
      },
    };
  } catch (error) {
    host.close();
    throw error;
  }
}

/** The same, for several connections. */
export async function openEngineHost(options: Omit<EngineOptions, 'signal'>): Promise<EngineHost> {
  const { limits } = options;
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(limits.threads),
    memory_limit: limits.memoryLimit,
    temp_directory: limits.tempFolder,
    // An index is for finding one person. Beyond a few rows a scan is faster, whatever share of the table they are.
    index_scan_max_count: '16',
    index_scan_percentage: '0',
    autoload_known_extensions: 'false',
    autoinstall_known_extensions: 'false',
  });
  try {
    await shutIn(instance, options);
  } catch (error) {
    instance.closeSync();
    throw toEngineError(error);
  }
  return {
    connect: async (signal) => {
      throwIfAborted(signal);
      return engineOn(await instance.connect(), signal);
    },
    close: () => instance.closeSync(),
  };
}

async function shutIn(
  instance: DuckDBInstance,
  { attach = [], folders }: Omit<EngineOptions, 'signal'>,
): Promise<void> {
  const connection = await instance.connect();
  try {
    for (const { path, as, readOnly } of attach) {
      await connection.run(`ATTACH ${quoteText(path)} AS ${as} (${readOnly ? 'READ_ONLY' : newFile})`);
    }
    // Of all connections that are to come.
    await connection.run(`SET GLOBAL TimeZone = 'UTC'`);
    if (folders !== undefined) {
      await connection.run(`SET allowed_directories = [${folders.map(quoteText).join(', ')}]`);
    }
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
  } finally {
    connection.closeSync();
  }
}

function engineOn(connection: DuckDBConnection, signal?: AbortSignal): Engine {
  const guarded = <T>(work: () => Promise<T>): Promise<T> => interruptible(connection, signal, work);
  return {
    run: (sql, parameters) =>
      guarded(async () => {
        await connection.run(sql, parameters);
      }),
    rows: (sql, parameters) =>
      guarded(async () => {
        const reader = await connection.runAndReadAll(sql, parameters);
        return reader.getRowObjectsJS().map(withPlainNumbers);
      }),
    pages: (sql, parameters) => pagesOf(connection, guarded, { sql, parameters }),
    numbers: (sql, parameters) => numbersOf(connection, guarded, { sql, parameters }),
    append: (table, columns) => guarded(() => appendNumbers(connection, table, columns)),
    columns: (sql) =>
      guarded(async () => {
        const statement = await connection.prepare(sql);
        try {
          return Array.from({ length: statement.columnCount }, (_, index) => ({
            name: statement.columnName(index),
            type: statement.columnType(index),
          }));
        } finally {
          statement.destroySync();
        }
      }),
    prepare: async (sql) => preparedOn(await guarded(() => connection.prepare(sql)), guarded),
    heeding: (other) => engineOn(connection, other),
    close: () => connection.closeSync(),
  };
}

interface PagedQuery {
  readonly sql: string;
  readonly parameters: EngineParameters | undefined;
}

async function* pagesOf(
  connection: DuckDBConnection,
  guarded: <T>(work: () => Promise<T>) => Promise<T>,
  { sql, parameters }: PagedQuery,
): AsyncGenerator<readonly EngineRow[]> {
  const result = await guarded(() => connection.stream(sql, parameters));
  const pages = result.yieldRowObjectJs();
  for (;;) {
    const page = await guarded(() => pages.next());
    if (page.done === true) return;
    yield page.value.map(withPlainNumbers);
  }
}

async function* numbersOf(
  connection: DuckDBConnection,
  guarded: <T>(work: () => Promise<T>) => Promise<T>,
  { sql, parameters }: PagedQuery,
): AsyncGenerator<NumberPage> {
  // All at once: to stream them takes half as much processor time again.
  yield* pagesOfNumbers(await guarded(() => connection.run(sql, parameters)));
}

function preparedOn(
  statement: DuckDBPreparedStatement,
  guarded: <T>(work: () => Promise<T>) => Promise<T>,
): PreparedStatement {
  return {
    run: (parameters) =>
      guarded(async () => {
        statement.bind({ ...parameters });
        await statement.run();
      }),
    rows: (parameters) =>
      guarded(async () => {
        statement.bind({ ...parameters });
        return (await statement.runAndReadAll()).getRowObjectsJS().map(withPlainNumbers);
      }),
    dispose: () => statement.destroySync(),
  };
}

const interruptEveryMs = 20;

async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  throwIfAborted(signal);
  // An interrupt that arrives between two statements is lost, so it is repeated until this one has ended.
  let repeating: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    repeating = setInterval(() => connection.interrupt(), interruptEveryMs);
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    return await work();
  } catch (error) {
    throw toEngineError(error);
  } finally {
    signal?.removeEventListener('abort', interrupt);
    clearInterval(repeating);
    throwIfAborted(signal);
  }
}

function withPlainNumbers(row: Readonly<Record<string, unknown>>): EngineRow {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    typeof value === 'bigint' ? Number(value) : value,
  ]);
  return Object.fromEntries(entries) as EngineRow;
}

/** What leaves this file of the engine's own errors: a full disk and too little memory as such, all else without what it quotes. */
function toEngineError(error: unknown): unknown {
  const fault = new EngineFault(isNativeError(error) ? error.message : '');
  const typed = toTypedError(error);
  if (typed instanceof DiskFull) return new DiskFull(typed.message, { cause: fault });
  return fault.code === 'Out of Memory Error' ? new OutOfMemory({ cause: fault }) : fault;
}

/** A quota, or a limit on the size of a file, is a full disk to who meets it. */
const fullDiskCodes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const fullDiskWords =
  /no space left on device|disk is full|disk quota exceeded|file too large|max_temp_directory_size/iu;

/** A full disk is the one fault of the engine that callers tell apart. */
export function toTypedError(error: unknown): unknown {
  const text = isNativeError(error) ? error.message : '';
  const code = isNativeError(error) && 'code' in error ? error.code : undefined;
  if (!fullDiskCodes.has(code) && !fullDiskWords.test(text)) return error;
  return new DiskFull('The disk of the data folder is full. Free some space and try again.', {
    cause: error,
  });
}
