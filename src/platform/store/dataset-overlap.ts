import { join } from 'node:path';
import { openEngine, type EngineLimits } from './engine/engine';
import { quoteText } from './engine/sql-text';
import type { TenantFiles } from './files/tenant-files';
import type { Fragment } from './metadata/profile-catalog';
import type { DatasetOverlap } from './api/people';
import type { Snapshot } from './snapshot';

interface OverlapParts {
  readonly snapshot: Snapshot;
  readonly fragments: readonly Fragment[];
  readonly files: TenantFiles;
  readonly limits: EngineLimits;
  /** So many of the people, from the first on, count as sampled. */
  readonly sampleSize: number;
}

/** How many people have rows in which datasets together; each person is in one group. Takes no snapshot over. */
export async function readDatasetOverlap(parts: OverlapParts): Promise<readonly DatasetOverlap[]> {
  const { snapshot, fragments, files, limits, sampleSize } = parts;
  const { generation } = snapshot;
  const rows = fragments.flatMap(({ entity, file, datasetId }) =>
    entity === 'deletion' || file === undefined
      ? []
      : [
          `SELECT ${quoteText(datasetId)} AS dataset, "#key" AS key FROM read_parquet(${quoteText(join(files.fragments, file))})`,
        ],
  );
  if (generation === undefined || rows.length === 0) return [];
  const attach = [{ path: generation.path, as: 'gen', readOnly: true }];
  const engine = await openEngine({ limits, attach, folders: [files.fragments] });
  try {
    const found = await engine.rows(
      `SELECT datasets, count(*) AS people, count(*) FILTER (pid < ${Math.trunc(sampleSize)}) AS sampled FROM (
        SELECT pid, string_agg(dataset, ',' ORDER BY dataset) AS datasets FROM (
          SELECT DISTINCT i."#pid" AS pid, r.dataset FROM (${rows.join(' UNION ALL ')}) r
          JOIN gen.main.identity i ON i.namespace || ':' || i.id = r.key)
        GROUP BY pid)
      GROUP BY datasets ORDER BY datasets`,
    );
    return found.map((row) => ({
      datasetIds: String(row['datasets']).split(','),
      people: Number(row['people']),
      sampled: Number(row['sampled']),
    }));
  } finally {
    engine.close();
  }
}
