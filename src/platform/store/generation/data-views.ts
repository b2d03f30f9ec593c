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

/** Makes the same views, and `namespace`, where there is no generation: they have all columns, and no row. */
export async function createEmptyViews(engine: Engine, schema: UnionSchema): Promise<void> {
  const view = (name: string, columns: readonly string[]): Promise<void> =>
    engine.run(`CREATE VIEW memory.main.${name} AS SELECT ${columns.join(', ')} WHERE false`);
  for (const entity of ['profile', 'event'] as const) {
    const own = columnsOf(schema[entity]).map(
      ({ name, type }) => `CAST(NULL AS ${columnType(type)}) AS ${quoteIdentifier(name)}`,
    );
    const system: readonly string[] =
      entity === 'event' ? [...systemColumns.event, systemColumn.row] : systemColumns.profile;
    await view(entity, [...system.map(typedNull), ...own]);
  }
  await view('namespace', [typedNull(systemColumn.pid), 'NULL::VARCHAR AS code']);
}

const systemTypes: Readonly<Record<string, string>> = {
  [systemColumn.pid]: 'BIGINT',
  [systemColumn.row]: 'BIGINT',
  [systemColumn.xid]: 'VARCHAR',
  [systemColumn.ingestedAt]: 'TIMESTAMP',
  [systemColumn.hasRecord]: 'BOOLEAN',
};

function typedNull(name: string): string {
  return `CAST(NULL AS ${systemTypes[name] ?? 'VARCHAR'}) AS ${quoteIdentifier(name)}`;
}
