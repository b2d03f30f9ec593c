import { mkdirSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openEngine, type Engine, type EngineLimits } from './engine/engine';
import { quoteText } from './engine/sql-text';
import { createDataViews, type PresentPaths } from './generation/data-views';
import type { FileLeases } from './files/leases';
import { restoreNames } from './files/parquet-names';
import { publish, syncPath } from './files/publish';
import { exportedFilePath, remove, type TenantFiles } from './files/tenant-files';
import { createMembershipView } from './membership/membership-file';
import { commitExport } from './metadata/commit-export';
import type { Metadata } from './metadata/open-metadata';
import type { Tenant } from '../records';
import type { ExportSession, SqlParameters } from './platform-store';
import type { Snapshot } from './snapshot';
import type { UnionSchema } from '../../xdm/union-schema';

export interface ExportSessionParts {
  readonly db: Metadata;
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
  const { snapshot, files, limits, signal } = parts;
  const work = join(files.temp, parts.newId());
  mkdirSync(work);
  let engine: Engine | undefined;
  try {
    engine = await openEngine({
      limits,
      signal,
      attach: [
        { path: snapshot.generation.path, as: 'gen', readOnly: true },
        ...snapshot.sources.map(({ file }) => file),
      ],
      folders: [work],
    });
    await prepare(engine, parts);
    const { present } = await createDataViews(engine, parts.schema);
    return sessionOn(engine, work, parts, present);
  } catch (error) {
    engine?.close();
    remove(work);
    snapshot.release();
    throw error;
  }
}

async function prepare(engine: Engine, { snapshot }: ExportSessionParts): Promise<void> {
  await createMembershipView(engine, snapshot.sources);
  await engine.run('CREATE SCHEMA scratch');
}

function sessionOn(
  engine: Engine,
  work: string,
  parts: ExportSessionParts,
  presentPaths: PresentPaths,
): ExportSession {
  const { files, tenant } = parts;
  const exportedFrom = parts.now();
  const written = new Set<string>();
  let committed = false;
  const discard = (): void => {
    if (!committed) for (const batchId of written) remove(join(files.exports, batchId));
  };
  return {
    schema: parts.schema,
    presentPaths,
    run: (sql, parameters?: SqlParameters) => engine.run(sql, parameters),
    rows: (sql, parameters?: SqlParameters) => engine.rows(sql, parameters),
    writeParquet: async ({ batchId, name, select }) => {
      const temp = join(work, `${batchId}-${name}`);
      const rowCount = await copyTo(engine, temp, select);
      await restoreNames(temp);
      written.add(batchId);
      const path = exportedFilePath(files.root, batchId, name);
      await mkdir(dirname(path), { recursive: true });
      await publish(temp, path);
      return { name, rowCount, sizeBytes: (await stat(path)).size };
    },
    commit: async (outcome) => {
      // The folders' own names must be on disk before a row names them.
      await syncPath(files.exports);
      const exportedTo = parts.now();
      const done = await commitExport(parts.db, { tenant, ...outcome, exportedFrom, exportedTo });
      if (done === undefined) return undefined;
      committed = true;
      for (const batchId of done.replacedBatchIds) remove(join(files.exports, batchId));
      return done.job;
    },
    close: () => {
      engine.close();
      remove(work);
      discard();
      parts.snapshot.release();
      return Promise.resolve();
    },
  };
}

async function copyTo(engine: Engine, path: string, select: string): Promise<number> {
  const [row] = await engine.rows(
    `COPY (${select}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION snappy)`,
  );
  return Number(row?.['Count']);
}
