import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { openStore } from '../src/platform/store/open-store';
import type { ProfileData } from '../src/platform/store/api/profile-data';
import type { SampleSession } from '../src/platform/store/api/sample-session';
import type { PlatformStore } from '../src/platform/store/platform-store';
import { checkPql, compileRules, type CheckedRule, type CompiledPass } from '../src/pql';
import type { UnionSchema } from '../src/xdm/union-schema';
import { tenant, type DataSet } from './data-set';
import type { HandTables, PidRange } from './hand-written';
import { eventPaths, profilePaths } from './people';

/** The product and a plain DuckDB over the same file, side by side. */
export interface BenchSession {
  readonly dataSet: DataSet;
  readonly store: PlatformStore;
  readonly data: ProfileData;
  readonly sample: SampleSession;
  readonly schema: UnionSchema;
  readonly raw: DuckDBConnection;
  /** The generation's own tables: flat columns, texts as they are. */
  readonly plain: HandTables;
  /** A copy with texts of few values as ENUM. */
  readonly enums: HandTables;
  close(): Promise<void>;
}

/** Opens both on as many threads as the machine has; the session has the data folder to itself. */
export async function openSession(dataSet: DataSet): Promise<BenchSession> {
  const store = await openStore({ dataDir: dataSet.folder });
  const data = await store.profileData(tenant);
  const sample = await data.openSample({ signal: new AbortController().signal });
  const { raw, close } = await openPlainEngine(dataSet);
  const enums = await attachEnums(raw, dataSet.folder);
  return {
    dataSet,
    store,
    data,
    sample,
    schema: await data.schema(),
    raw,
    plain: { profile: 'plain_profile', event: 'plain_event', text: (_path, value) => quote(value) },
    enums,
    close: async () => {
      close();
      await sample.close();
      await store.close();
    },
  };
}

/** A DuckDB that has read nothing yet, with the data set's people as `plain_profile` and `plain_event`. */
export async function openPlainEngine({
  folder,
}: DataSet): Promise<{ readonly raw: DuckDBConnection; readonly close: () => void }> {
  const instance = await DuckDBInstance.create(':memory:');
  const raw = await instance.connect();
  await raw.run(`SET TimeZone = 'UTC'`);
  await raw.run(`ATTACH ${quote(generationFile(folder))} AS gen (READ_ONLY)`);
  await createNamedViews(raw);
  return {
    raw,
    close: () => {
      raw.closeSync();
      instance.closeSync();
    },
  };
}

/** @throws Error where the text is no rule. */
export function checked(pql: string, schema: UnionSchema): CheckedRule {
  const { rule, diagnostics } = checkPql(pql, { schema, unknownAttributes: 'error' });
  if (rule === null) throw new Error(`${pql}: ${diagnostics[0]?.message ?? 'no rule'}`);
  return rule;
}

export function compiled(
  rules: readonly { readonly pql: string }[],
  { schema, dataSet }: Pick<BenchSession, 'schema' | 'dataSet'>,
  people: 'range' | 'all' = 'range',
): CompiledPass {
  return compileRules(
    rules.map(({ pql }) => checked(pql, schema)),
    { now: new Date(dataSet.now), schema, people },
  );
}

const profilesPerRange = 250_000;

/** The ranges that a job of the product goes through, so that memory is bounded. */
export function rangesOf(profiles: number): readonly PidRange[] {
  const ranges: PidRange[] = [];
  for (let from = 0; from < profiles; from += profilesPerRange) {
    ranges.push({ from, to: Math.min(profiles, from + profilesPerRange) });
  }
  return ranges;
}

/** How many match each rule of a pass, read through the product's own door range by range. */
export async function countsOfPass(
  pass: CompiledPass,
  { ruleCount, session }: { readonly ruleCount: number; readonly session: Pick<BenchSession, 'sample'> },
): Promise<readonly number[]> {
  const sql = countVerdicts(session.sample.passSql(pass), ruleCount);
  return sumOverRanges(session.sample.profiles, async ({ from, to }) => {
    const [row] = await session.sample.rows(sql, { ...pass.parameters, pid_from: from, pid_to: to });
    return Object.values(row ?? {}).map(Number);
  });
}

/** The same of a pass that was written by hand. */
export async function countsOfSql(
  sqlOf: (range: PidRange) => string,
  { ruleCount, session }: { readonly ruleCount: number; readonly session: BenchSession },
): Promise<readonly number[]> {
  return sumOverRanges(session.sample.profiles, async (range) => {
    const [row] = (await session.raw.runAndReadAll(countVerdicts(sqlOf(range), ruleCount))).getRows();
    return (row ?? []).map(Number);
  });
}

async function sumOverRanges(
  profiles: number,
  countsOf: (range: PidRange) => Promise<readonly number[]>,
): Promise<readonly number[]> {
  let sums: readonly number[] = [];
  for (const range of rangesOf(profiles)) {
    const counts = await countsOf(range);
    sums = counts.map((count, n) => count + (sums[n] ?? 0));
  }
  return sums;
}

function countVerdicts(sql: string, ruleCount: number): string {
  const counts = Array.from({ length: ruleCount }, (_, n) => `count_if(r${n}) AS r${n}`);
  return `SELECT ${counts.join(', ')} FROM (${sql})`;
}

export async function countRows(raw: DuckDBConnection, sql: string): Promise<number> {
  const [row] = (await raw.runAndReadAll(`SELECT count(*) FROM (${sql})`)).getRows();
  return Number(row?.[0]);
}

/** @throws Error where two contenders do not say the same. */
export function expectEqual(what: string, found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return;
  throw new Error(`${what}: the answers differ: ${JSON.stringify(found)} and ${JSON.stringify(wanted)}`);
}

function generationFile(folder: string): string {
  for (const owner of readdirSync(join(folder, 'tenants'))) {
    const generations = join(folder, 'tenants', owner, 'generations');
    const file = readdirSync(generations).find((name) => name.endsWith('.duckdb'));
    if (file !== undefined) return join(generations, file);
  }
  throw new Error(`There is no generation below ${folder}`);
}

/** Views that only name the columns of the generation by the paths of the fields. */
async function createNamedViews(raw: DuckDBConnection): Promise<void> {
  const rows = (
    await raw.runAndReadAll('SELECT entity, path, "column" FROM gen.main.present')
  ).getRowObjects();
  for (const [entity, paths] of [
    ['profile', profilePaths],
    ['event', eventPaths],
  ] as const) {
    const stored = new Map(
      rows
        .filter((row) => row['entity'] === entity)
        .map((row) => [String(row['path']), String(row['column'])]),
    );
    const columns = paths.map((path) => `${stored.get(path) ?? 'NULL'} AS "${path}"`);
    await raw.run(
      `CREATE VIEW plain_${entity} AS SELECT "#pid", ${columns.join(', ')} FROM gen.main.${entity}_row`,
    );
  }
}

const mostEnumValues = 256;

/** Makes the copy at the first session of a data set, beside the data, and attaches it. */
async function attachEnums(raw: DuckDBConnection, folder: string): Promise<HandTables> {
  const file = join(folder, 'enums.duckdb');
  if (!existsSync(file)) {
    rmSync(`${file}.new`, { force: true });
    await raw.run(`ATTACH ${quote(`${file}.new`)} AS enums`);
    await copyWithEnums(raw);
    await raw.run('CHECKPOINT enums');
    await raw.run('DETACH enums');
    renameSync(`${file}.new`, file);
  }
  await raw.run(`ATTACH ${quote(file)} AS enums (READ_ONLY)`);
  const types = new Map<string, string>();
  const rows = (
    await raw.runAndReadAll(
      `SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'enums' AND data_type LIKE 'ENUM%'`,
    )
  ).getRows();
  for (const [name, type] of rows) types.set(String(name), String(type));
  return {
    profile: 'enums.main.profile',
    event: 'enums.main.event',
    text: (path, value) => {
      const type = types.get(path);
      return type === undefined ? quote(value) : `CAST(${quote(value)} AS ${type})`;
    },
  };
}

async function copyWithEnums(raw: DuckDBConnection): Promise<void> {
  for (const entity of ['profile', 'event'] as const) {
    const view = `plain_${entity}`;
    const texts = (
      await raw.runAndReadAll(
        `SELECT column_name FROM duckdb_columns() WHERE table_name = '${view}' AND data_type = 'VARCHAR'`,
      )
    ).getRows();
    const replaced: string[] = [];
    for (const [name] of texts) {
      const column = `"${String(name)}"`;
      const values = await countRows(
        raw,
        `SELECT DISTINCT ${column} FROM ${view} WHERE ${column} IS NOT NULL LIMIT ${mostEnumValues + 1}`,
      );
      if (values === 0 || values > mostEnumValues) continue;
      const type = `enums.main."${entity}_${replaced.length}"`;
      await raw.run(
        `CREATE TYPE ${type} AS ENUM (SELECT DISTINCT ${column} FROM ${view} WHERE ${column} IS NOT NULL ORDER BY 1)`,
      );
      replaced.push(`CAST(${column} AS ${type}) AS ${column}`);
    }
    const star = replaced.length === 0 ? '*' : `* REPLACE (${replaced.join(', ')})`;
    await raw.run(`CREATE TABLE enums.main.${entity} AS SELECT ${star} FROM ${view}`);
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
