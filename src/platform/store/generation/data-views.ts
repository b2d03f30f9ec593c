import type { ColumnsRead } from '../../../pql';
import { columnsOf, quoteIdentifier, systemColumn, type Column } from '../../../xdm/columns';
import type { UnionSchema } from '../../../xdm/union-schema';
import { columnType } from '../engine/column-type';
import type { Engine } from '../engine/engine';

/** Paths of the columns that hold anything. */
export interface PresentPaths {
  readonly profile: ReadonlySet<string>;
  readonly event: ReadonlySet<string>;
}

export interface DataViews {
  readonly present: PresentPaths;
  /**
   * The same SELECT over no more than these columns of the views. The engine takes milliseconds to bind a view of all
   * columns, whatever a rule reads of it.
   */
  readonly narrowed: (sql: string, columns: ColumnsRead) => string;
  /** SELECT of these columns of a table, and of system columns by their names. */
  readonly select: (entity: Entity, columns: readonly Column[], system: readonly string[]) => string;
}

type Entity = 'profile' | 'event';

const systemColumns = {
  profile: [
    systemColumn.pid,
    systemColumn.xid,
    systemColumn.ingestedAt,
    systemColumn.hasRecord,
    systemColumn.set,
  ],
  event: [systemColumn.pid, systemColumn.ingestedAt],
} as const;

const setColumn = quoteIdentifier(systemColumn.set);

const rowsWithSets = `(SELECT r.*, o."set" AS ${setColumn} FROM gen.main.profile_row r JOIN gen.main.owner o USING ("#pid"))`;

const rowSql = `rowid AS ${quoteIdentifier(systemColumn.row)}`;

/**
 * Makes the views `profile`, `event`, `owner("#pid", "set")` and `namespace_set("set", code)` over an attached generation `gen`, the first two with
 * all columns that the schema has now. A generation holds only those that are filled, so a field that was added since is
 * there, and empty.
 */
export async function createDataViews(engine: Engine, schema: UnionSchema): Promise<DataViews> {
  const views = await createOwnerViews(engine);
  for (const entity of ['profile', 'event'] as const) {
    const row = entity === 'event' ? [systemColumn.row] : [];
    const sql = views.select(entity, columnsOf(schema[entity]), [...systemColumns[entity], ...row]);
    await engine.run(`CREATE VIEW memory.main.${entity} AS ${sql}`);
  }
  return views;
}

/** Makes `owner` and `namespace_set` of them, for who narrows every statement: the engine takes milliseconds to bind the others. */
export async function createOwnerViews(engine: Engine): Promise<DataViews> {
  const rows = await engine.rows('SELECT entity, path, "column" FROM gen.main.present');
  const storedOf = (entity: Entity): ReadonlyMap<string, string> =>
    new Map(
      rows
        .filter((row) => row['entity'] === entity)
        .map((row) => [String(row['path']), String(row['column'])]),
    );
  // Generations of earlier releases have the sets in a table of their own.
  const isSetInRow = rows.some((row) => row['entity'] === 'system' && row['path'] === systemColumn.set);
  const stored = { profile: storedOf('profile'), event: storedOf('event') };
  const select: DataViews['select'] = (entity, columns, system) => {
    const own = columns.map(
      ({ path, name, type }) =>
        `CAST(${stored[entity].get(path) ?? 'NULL'} AS ${columnType(type)}) AS ${quoteIdentifier(name)}`,
    );
    const isJoined = entity === 'profile' && system.includes(setColumn) && !isSetInRow;
    return `SELECT ${[...system, ...own].join(', ')} FROM ${isJoined ? rowsWithSets : `gen.main.${entity}_row`}`;
  };
  const owners = isSetInRow
    ? `SELECT "#pid", ${setColumn} AS "set" FROM gen.main.profile_row`
    : 'FROM gen.main.owner';
  await engine.run(`CREATE VIEW memory.main.owner AS ${owners}`);
  await engine.run('CREATE VIEW memory.main.namespace_set AS FROM gen.main.namespace_set');
  const pid = quoteIdentifier(systemColumn.pid);
  return {
    present: { profile: new Set(stored.profile.keys()), event: new Set(stored.event.keys()) },
    select: (entity, columns, system) =>
      select(
        entity,
        columns,
        system.map((name) => (name === systemColumn.row ? rowSql : quoteIdentifier(name))),
      ),
    narrowed: (sql, { profile, event, row, set }) => `
      WITH profile AS NOT MATERIALIZED (${select('profile', profile, set ? [pid, setColumn] : [pid])}),
      event AS NOT MATERIALIZED (${select('event', event, row ? [pid, rowSql] : [pid])})
      SELECT * FROM (${sql})`,
  };
}

/** Makes the same views where there is no generation: they have all columns, and no row. */
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
  await view('owner', [typedNull(systemColumn.pid), 'NULL::INTEGER AS "set"']);
  await view('namespace_set', ['NULL::INTEGER AS "set"', 'NULL::VARCHAR AS code']);
}

const systemTypes: Readonly<Record<string, string>> = {
  [systemColumn.pid]: 'BIGINT',
  [systemColumn.row]: 'BIGINT',
  [systemColumn.xid]: 'VARCHAR',
  [systemColumn.ingestedAt]: 'TIMESTAMP',
  [systemColumn.hasRecord]: 'BOOLEAN',
  [systemColumn.set]: 'INTEGER',
};

function typedNull(name: string): string {
  return `CAST(NULL AS ${systemTypes[name] ?? 'VARCHAR'}) AS ${quoteIdentifier(name)}`;
}
