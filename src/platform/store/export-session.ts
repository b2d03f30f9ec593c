import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EngineLimits } from './engine/engine';
import { quoteText } from './engine/sql-text';
import type { BorrowedExportEngine, ExportEngines } from './export-engines';
import type { FileLeases } from './files/leases';
import { restoreNames } from './files/parquet-names';
import { publish, syncPath } from './files/publish';
import { exportedFilePath, remove, type TenantFiles } from './files/tenant-files';
import { commitExport } from './metadata/commit-export';
import type { Metadata } from './metadata/open-metadata';
import type { Tenant } from '../records';
import type { ExportSession } from './api/export-session';
import type { SqlParameters } from './api/sample-session';
import type { Snapshot } from './snapshot';
import type { UnionSchema } from '../../xdm/union-schema';

export interface ExportSessionParts {
  readonly db: Metadata;
  readonly engines: ExportEngines;
  readonly tenant: Tenant;
  readonly schema: UnionSchema;
  readonly snapshot: Snapshot & { readonly generation: NonNullable<Snapshot['generation']> };
  readonly files: TenantFiles;
  readonly leases: FileLeases;
  readonly limits: EngineLimits;
  readonly now: () => number;
  readonly newId: () => string;
  readonly signal: AbortSignal;
}

/** Opens the data of a snapshot for an export, and takes the snapshot over. */
export async function openExportSession(parts: ExportSessionParts): Promise<ExportSession> {
  const { engines, schema, snapshot, files, leases, limits, signal } = parts;
  try {
    const engine = await engines.borrow({
      version: snapshot.version,
      schema,
      generation: snapshot.generation.path,
      memberships: snapshot.sources,
      isOnce: snapshot.sources.some(({ file }) => dirname(file.path) !== files.memberships),
      limits,
      work: join(files.temp, parts.newId()),
      hold: (paths) => leases.hold(paths),
      signal,
    });
    return sessionOn(engine, parts);
  } catch (error) {
    snapshot.release();
    throw error;
  }
}

function sessionOn(engine: BorrowedExportEngine, parts: ExportSessionParts): ExportSession {
  const { files, tenant } = parts;
  const exportedFrom = parts.now();
  const written = new Set<string>();
  // Of the file before: it reaches the disk while the engine makes the next one.
  let publishing: Promise<void> = Promise.resolve();
  let committed = false;
  const discard = (): void => {
    if (!committed) for (const batchId of written) remove(join(files.exports, batchId));
  };
  return {
    schema: parts.schema,
    presentPaths: engine.presentPaths,
    run: (sql, parameters?: SqlParameters) => engine.run(sql, parameters),
    rows: (sql, parameters?: SqlParameters) => engine.rows(sql, parameters),
    writeParquet: async ({ batchId, name, select }) => {
      const temp = join(engine.work, `${batchId}-${name}`);
      try {
        const rowCount = await copyTo(engine, temp, select);
        await restoreNames(temp);
        await publishing;
        written.add(batchId);
        const path = exportedFilePath(files.root, batchId, name);
        await mkdir(dirname(path), { recursive: true });
        const { size: sizeBytes } = await stat(temp);
        publishing = publishOrRemove(temp, path);
        // Whoever waits for it hears of its failure: the next file, or the commit.
        publishing.catch(() => undefined);
        return { name, rowCount, sizeBytes };
      } catch (error) {
        remove(temp);
        throw error;
      }
    },
    commit: async (outcome) => {
      await publishing;
      // The folders' own names must be on disk before a row names them.
      await syncPath(files.exports);
      const exportedTo = parts.now();
      const done = await commitExport(parts.db, { tenant, ...outcome, exportedFrom, exportedTo });
      if (done === undefined) return undefined;
      committed = true;
      for (const batchId of done.replacedBatchIds) remove(join(files.exports, batchId));
      return done.job;
    },
    close: async () => {
      await publishing.catch(() => undefined);
      await engine.giveBack();
      discard();
      parts.snapshot.release();
    },
  };
}

/** The folder outlives the session, and what could not be published is of no use to the next one. */
async function publishOrRemove(temp: string, path: string): Promise<void> {
  try {
    await publish(temp, path);
  } finally {
    remove(temp);
  }
}

/**
 * Of a column of more values than this in a group of rows no dictionary is made: the engine builds those of up to a fifth
 * of the rows, which for names and addresses takes a quarter of the processor time of a file and saves a fiftieth of it.
 */
const mostDictionaryValues = 5_000;

async function copyTo(engine: BorrowedExportEngine, path: string, select: string): Promise<number> {
  const [row] = await engine.rows(
    `COPY (${select}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT ${mostDictionaryValues})`,
  );
  return Number(row?.['Count']);
}
