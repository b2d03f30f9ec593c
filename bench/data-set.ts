import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Batch, Tenant } from '../src/platform/records';
import { openStore } from '../src/platform/store/open-store';
import type { DataSetSize } from './people';
import { eventsSql, profilesSql } from './people';

export const tenant: Tenant = { orgId: 'BENCH@AdobeOrg', sandbox: 'prod' };

export interface DataSet extends DataSetSize {
  /** A data folder of the store; keep what is written into it out of it, or remove it. */
  readonly folder: string;
  /** Epoch milliseconds: a moment shortly after the last event. */
  readonly now: number;
}

/** All events lie in the year before this moment. */
export const now = Date.UTC(2026, 0, 1);

/**
 * The people of the bench in a data folder that the product's own ingestion filled. Equal sizes and seeds make equal
 * people, so what an earlier run left below `cache` is used again.
 */
export async function prepareDataSet(
  size: DataSetSize,
  { cache = join(tmpdir(), 'audience-bench'), log }: { readonly cache?: string; readonly log: Log },
): Promise<DataSet> {
  const folder = join(cache, nameOf(size));
  if (existsSync(folder)) {
    log(`using the data set of an earlier run: ${folder}`);
    return { ...size, folder, now };
  }
  const unfinished = `${folder}.unfinished`;
  // Rows that a run wrote which was stopped later, perhaps minutes of work, are read again.
  mkdirSync(unfinished, { recursive: true });
  await ingest(size, { folder: unfinished, log });
  renameSync(unfinished, folder);
  log(`kept for later runs, remove it when you are done: ${folder}`);
  return { ...size, folder, now };
}

export type Log = (line: string) => void;

/** What makes the people and lays them out is part of the name: what was made otherwise is not used again. */
function nameOf(size: DataSetSize): string {
  const { profiles, eventsPerProfile, isSkewed, seed } = size;
  const recipe = createHash('sha256').update(profilesSql(size) + eventsSql(size));
  for (const room of ['generation', 'ingest', 'metadata']) {
    const folder = join(__dirname, '..', 'src', 'platform', 'store', room);
    for (const file of readdirSync(folder).sort()) {
      if (/\.[jt]s$/u.test(file)) recipe.update(readFileSync(join(folder, file)));
    }
  }
  const parts = [profiles, `${eventsPerProfile}e`, ...(isSkewed ? ['skewed'] : []), `s${seed}`];
  return `${parts.join('-')}-${recipe.digest('hex').slice(0, 8)}`;
}

async function ingest(
  size: DataSetSize,
  { folder, log }: { readonly folder: string; readonly log: Log },
): Promise<void> {
  const memory = size.profiles > 1_000_000 ? { memoryLimit: '8GB' } : {};
  const store = await openStore({ dataDir: folder, now: () => now, ...memory });
  try {
    const data = await store.profileData(tenant);
    for (const entity of ['profile', 'event'] as const) {
      if (entity === 'event' && size.eventsPerProfile === 0) continue;
      const file = join(folder, `${entity}.ndjson`);
      const batch = openBatch(entity);
      const begun = await store.batches.get(tenant, batch.id);
      if (begun?.status === 'success') continue;
      if (!existsSync(file))
        await writeRows(entity === 'profile' ? profilesSql(size) : eventsSql(size), file);
      const started = performance.now();
      if (begun === undefined) await store.batches.insert(tenant, batch);
      const report = await data.ingest({ batch, entity, files: [file], at: now });
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      const megabytes = Math.round(statSync(file).size / 2 ** 20);
      if (report.rejected > 0) throw new Error(`${report.rejected} rows of the bench were rejected`);
      log(`ingested ${report.accepted} ${entity} rows (${megabytes} MB of NDJSON) in ${seconds} s`);
      rmSync(file);
    }
  } finally {
    await store.close();
  }
}

/** The file has its name when it is whole. */
async function writeRows(select: string, file: string): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`SET TimeZone = 'UTC'`);
  await connection.run(`COPY (${select}) TO '${file.replaceAll("'", "''")}.new' (FORMAT json)`);
  connection.closeSync();
  instance.closeSync();
  renameSync(`${file}.new`, file);
}

function openBatch(entity: 'profile' | 'event'): Batch {
  return {
    id: `bench-${entity}`,
    datasetId: entity,
    status: 'loading',
    direction: 'input',
    recordCount: 0,
    failedRecordCount: 0,
    errors: [],
    files: [],
    createdAt: now,
    updatedAt: now,
  };
}
