import { join } from 'node:path';
import { openEngine, type EngineLimits } from './engine/engine';
import type { TenantFiles } from './files/tenant-files';
import { createSourceViews } from './generation/source-views';
import type { Fragment } from './metadata/profile-catalog';
import { nestedEntity } from './nested-entity';
import type { UnionSchema } from '../../xdm/union-schema';

interface DatasetRowsParts {
  /** Of all datasets, oldest first. */
  readonly fragments: readonly Fragment[];
  readonly datasetId: string;
  readonly schema: UnionSchema;
  readonly files: TenantFiles;
  readonly limits: EngineLimits;
  readonly limit: number;
}

/** The first rows that imports brought to a dataset, as nested XDM; those that were deleted since are left out. */
export async function readDatasetRows(
  parts: DatasetRowsParts,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { datasetId, schema, files, limits, limit } = parts;
  const fragments = parts.fragments.flatMap((fragment) => {
    const isMeant = fragment.datasetId === datasetId || fragment.entity === 'deletion';
    if (!isMeant || fragment.file === undefined) return [];
    return [{ ...fragment, path: join(files.fragments, fragment.file) }];
  });
  const rows = fragments.find(({ entity }) => entity !== 'deletion');
  if (rows === undefined) return [];
  const engine = await openEngine({ limits, folders: [files.fragments] });
  try {
    const mergeRule = { identityGraph: 'none', attributeMerge: { type: 'timestampOrdered' } } as const;
    const present = await createSourceViews(engine, { fragments, mergeRule, schema });
    const isEvents = rows.entity === 'event';
    const columns = (isEvents ? present.event : present.profile).map((column) => ({
      ...column,
      name: column.short,
    }));
    const names = columns.map(({ short }) => short).join(', ');
    const found = await engine.rows(
      `SELECT ${names} FROM ${isEvents ? 'source_event' : 'source_record'} LIMIT ${Math.trunc(limit)}`,
    );
    return found.map((row) => nestedEntity(row, columns));
  } finally {
    engine.close();
  }
}
