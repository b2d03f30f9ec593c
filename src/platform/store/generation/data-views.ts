import { columnsOf, quoteIdentifier, systemColumn } from '../../../xdm/columns';
import type { UnionSchema } from '../../../xdm/union-schema';
import { columnType } from '../engine/column-type';
import type { Engine } from '../engine/engine';

/** Paths of the columns that hold anything. */
export interface PresentPaths {
  readonly profile: ReadonlySet<string>;
  readonly event: ReadonlySet<string>;
}

const systemColumns = {
  profile: [systemColumn.pid, systemColumn.xid, systemColumn.ingestedAt, systemColumn.hasRecord],
  event: [systemColumn.pid, systemColumn.ingestedAt],
} as const;

/**
 * Makes the views `profile` and `event` over an attached generation `gen`, with all columns that the schema has now. A
 * generation holds only those that are filled, so a field that was added since is there, and empty.
 */
export async function createDataViews(engine: Engine, schema: UnionSchema): Promise<PresentPaths> {
  const rows = await engine.rows('SELECT entity, path, "column" FROM gen.main.present');
  const present = async (entity: 'profile' | 'event'): Promise<ReadonlySet<string>> => {
    const stored = new Map(
      rows
        .filter((row) => row['entity'] === entity)
        .map((row) => [String(row['path']), String(row['column'])]),
    );
    const columns = columnsOf(schema[entity]).map(({ path, name, type }) => {
      const value = stored.get(path) ?? 'NULL';
      return `CAST(${value} AS ${columnType(type)}) AS ${quoteIdentifier(name)}`;
    });
    const system = systemColumns[entity].map(quoteIdentifier);
    if (entity === 'event') system.push(`rowid AS ${quoteIdentifier(systemColumn.row)}`);
    await engine.run(
      `CREATE VIEW memory.main.${entity} AS SELECT ${[...system, ...columns].join(', ')} FROM gen.main.${entity}_row`,
    );
    return new Set(stored.keys());
  };
  return { profile: await present('profile'), event: await present('event') };
}
