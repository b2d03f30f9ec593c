import type { DuckDBConnection, DuckDBResultReader } from '@duckdb/node-api';
import { DuckDBInstance } from '@duckdb/node-api';
import type { CompiledPass } from '../../src/pql';
import { columnsOf, quoteIdentifier, systemColumn } from '../../src/xdm/columns';
import { builtinSchema } from '../../src/xdm/builtin-schema';
import type { UnionSchema, XdmObject, XdmType } from '../../src/xdm/union-schema';

/** A person as XDM, with her events; her name is what tests call her by. */
export interface Person {
  readonly name: string;
  readonly profile?: unknown;
  readonly events?: readonly unknown[];
}

/** In-memory tables `profile` and `event` with a few people in them, laid out as the store lays them out. */
export class PeopleDatabase {
  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly names: readonly string[],
  ) {}

  static async create(
    people: readonly Person[],
    schema: UnionSchema = builtinSchema,
  ): Promise<PeopleDatabase> {
    const connection = await (await DuckDBInstance.create(':memory:')).connect();
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(createTable('profile', schema.profile));
    await connection.run(createTable('event', schema.event));
    const profiles = people.map(({ profile }, pid) => row(pid, profile, schema.profile));
    await connection.run(insertInto('profile', schema.profile), { json: JSON.stringify(profiles) });
    const events = people
      .flatMap((person, pid) => (person.events ?? []).map((event) => row(pid, event, schema.event)))
      .map((one, index) => ({ ...one, row: index }));
    await connection.run(insertInto('event', schema.event), { json: JSON.stringify(events) });
    return new PeopleDatabase(
      connection,
      people.map(({ name }) => name),
    );
  }

  /** For each rule of the pass, the names of the people who match, in the order given. */
  async matches(pass: CompiledPass): Promise<readonly (readonly string[])[]> {
    const reader = await this.run(pass);
    const rows = reader.getRowObjects();
    const ruleCount = reader.columnCount - 1;
    return Array.from({ length: ruleCount }, (_, rule) =>
      this.names.filter((_name, pid) =>
        rows.some((one) => Number(one['#pid']) === pid && one[`r${rule}`] === true),
      ),
    );
  }

  /** The answer of the pass as it comes; a range of pids may be given. */
  async rows(
    pass: CompiledPass,
    range?: readonly [number, number],
  ): Promise<readonly Record<string, unknown>[]> {
    return (await this.run(pass, range)).getRowObjects();
  }

  private run(
    pass: CompiledPass,
    [from, to]: readonly [number, number] = [0, this.names.length],
  ): Promise<DuckDBResultReader> {
    const bounds = pass.sql.includes('$pid_from') ? { pid_from: from, pid_to: to } : {};
    return this.connection.runAndReadAll(pass.sql, { ...pass.parameters, ...bounds });
  }

  close(): void {
    this.connection.closeSync();
  }
}

interface Row {
  readonly pid: number;
  readonly entity: unknown;
}

function row(pid: number, entity: unknown, type: XdmObject): Row {
  return { pid, entity: completed(entity ?? {}, type) };
}

/** The value with every key that its type has: the engine casts JSON to structs only when all are there. */
function completed(value: unknown, type: XdmType): unknown {
  if (value === null || value === undefined) return null;
  if (type.kind === 'array')
    return Array.isArray(value) ? value.map((item) => completed(item, type.items)) : null;
  if (type.kind === 'map')
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, completed(item, type.values)]),
    );
  if (type.kind !== 'object' || typeof value !== 'object') return value;
  const given = new Map<string, unknown>(Object.entries(value));
  const unknownKey = [...given.keys()].find((key) => !Object.hasOwn(type.fields, key));
  if (unknownKey !== undefined) throw new Error(`The schema has no "${unknownKey}"`);
  return Object.fromEntries(
    Object.entries(type.fields).map(([key, field]) => [key, completed(given.get(key), field)]),
  );
}

function createTable(table: string, entity: XdmObject): string {
  const columns = columnsOf(entity).map(({ name, type }) => `${quoteIdentifier(name)} ${sqlType(type)}`);
  const system = [systemColumn.pid, ...(table === 'event' ? [systemColumn.row] : [])];
  return `CREATE TABLE ${table} (${[...system.map((name) => `"${name}" BIGINT`), ...columns].join(', ')})`;
}

function insertInto(table: string, entity: XdmObject): string {
  const values = columnsOf(entity).map(({ path, type }) => {
    const pointer = `/entity/${path.replaceAll('.', '/')}`;
    const isText = ['string', 'datetime', 'date'].includes(type.kind);
    return `CAST(json_extract${isText ? '_string' : ''}(line, '${pointer}') AS ${sqlType(type)})`;
  });
  const system = (table === 'event' ? ['pid', 'row'] : ['pid']).map(
    (name) => `CAST(json_extract(line, '/${name}') AS BIGINT)`,
  );
  return `INSERT INTO ${table} SELECT ${[...system, ...values].join(', ')}
    FROM (SELECT unnest(CAST($json AS JSON[])) AS line)`;
}

/** The SQL types that src/xdm/columns.ts promises. */
function sqlType(type: XdmType): string {
  switch (type.kind) {
    case 'string':
      return 'VARCHAR';
    case 'integer':
      return 'BIGINT';
    case 'number':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'datetime':
      return 'TIMESTAMP';
    case 'date':
      return 'DATE';
    case 'array':
      return `${sqlType(type.items)}[]`;
    case 'map':
      return `MAP(VARCHAR, ${sqlType(type.values)})`;
    case 'object': {
      const fields = Object.entries(type.fields).map(
        ([name, field]) => `${quoteIdentifier(name)} ${sqlType(field)}`,
      );
      return `STRUCT(${fields.join(', ')})`;
    }
  }
}
