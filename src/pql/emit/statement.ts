import { quoteIdentifier, systemColumn } from '../../xdm/columns';
import { itemName } from './emitter';
import type { PassTables } from './compiled-pass';
import type { EventTest } from './event-tests';
import { amongPassing, anyOfFilter, wordName, wordSql } from './event-tests';
import type { OfPeople } from './of-people';
import type { PassEmitter, ScanStage, SegmentLayer } from './pass-emitter';
import { layerAlias, scanAlias } from './pass-emitter';
import type { Reads } from './reads';

const pid = quoteIdentifier(systemColumn.pid);
const set = quoteIdentifier(systemColumn.set);

/** What is selected of each profile, and what its SQL reads. */
interface Selection {
  readonly columns: readonly string[];
  readonly reads: Reads;
}

export interface PassSelection extends Selection {
  /** What must be TRUE of a profile to have a row at all. */
  readonly where?: string;
  /** True where no rule holds of a profile that has no row in the scan. */
  readonly isOfEvents: boolean;
  /** True: with `#set`, unless no profile is read. */
  readonly withSet: boolean;
  readonly tables: PassTables;
}

/** Whom a statement reads, and where they stand. */
interface People {
  readonly ofPeople: OfPeople;
  readonly tables: PassTables;
}

/** The SELECT of a pass: `#pid` and the given columns. */
export function passStatement(pass: PassSelection, { scans, layers, ofPeople }: PassEmitter): string {
  const people = { ofPeople, tables: pass.tables };
  const parts: string[] = [];
  // Read by several layers, each is worked out once; the one scan of a pass without layers need not be kept.
  const kept = layers.length > 0 ? 'MATERIALIZED ' : 'NOT MATERIALIZED ';
  // Each stage of the scan leans on the layers before it, each layer on the stages up to its own.
  for (let level = 0; level < Math.max(scans.length, layers.length); level += 1) {
    const [scan, layer] = [scans[level], layers[level]];
    if (scan !== undefined) parts.push(`${scanAlias(level)} AS ${kept}(\n${scanSql(scan, people)}\n)`);
    if (layer !== undefined) parts.push(`${layerAlias(level)} AS ${kept}(\n${layerSql(layer, people)}\n)`);
  }
  const key = pass.withSet ? `p.${pid}, p.${set}` : `p.${pid}`;
  const select = isOfScanAlone(pass) ? scannedSql(pass, people) : profilesSql(key, pass, people);
  return parts.length === 0 ? select : `WITH ${parts.join(',\n')}\n${select}`;
}

function isOfScanAlone({ isOfEvents, reads: { scans, layers } }: PassSelection): boolean {
  return isOfEvents && layers.size === 0 && scans.size === 1 && scans.has(0);
}

/** Those who have a row in the first scan, with their own row where that is read. */
function scannedSql({ columns, reads, where }: PassSelection, { ofPeople, tables }: People): string {
  const scan = scanAlias(0);
  const met = allOf([`p.${pid} = ${scan}.of_pid`, ofPeople('p')]);
  const join = reads.profile ? ` JOIN ${tables.profile} AS p ON ${met}` : '';
  return [
    `SELECT\n  ${[`${scan}.of_pid AS ${pid}`, ...columns].join(',\n  ')}`,
    `FROM ${scan}${join}`,
    ...whereLine([where]),
  ].join('\n');
}

export interface JoinSelection extends People {
  readonly columns: readonly string[];
  /** Each with the conditions on it alone; at least one. */
  readonly events: readonly { readonly item: number; readonly where: readonly string[] }[];
  /** Conditions on several of them. */
  readonly between: readonly string[];
}

/** The SELECT of those who have events that go together: `#pid` and the given columns. */
export function joinStatement({ columns, events, between, ofPeople, tables }: JoinSelection): string {
  const [first, ...others] = events.map(({ item, where }) => {
    const select = ['SELECT e.*', `FROM ${tables.event} AS e`, ...whereLine([ofPeople('e'), ...where])];
    return { name: itemName(item), sql: `(${select.join(' ')}) AS ${itemName(item)}` };
  });
  const key = `${first?.name ?? ''}.${pid}`;
  return [
    `SELECT DISTINCT\n  ${[key, ...columns].join(',\n  ')}`,
    `FROM ${first?.sql ?? ''}`,
    ...others.map(({ name, sql }) => `JOIN ${sql} ON ${name}.${pid} = ${key}`),
    ...whereLine(between),
  ].join('\n');
}

function scanSql(stage: ScanStage, people: People): string {
  const { columns, reads } = stage;
  const only = onlyTest(stage);
  const computed = [...columns.values()].map(
    ({ name, sql }) => `${only === undefined ? sql() : amongPassing(only, sql())} AS ${name}`,
  );
  const profile = reads.profile ? [` JOIN ${people.tables.profile} AS p ON p.${pid} = e.${pid}`] : [];
  const layers = [...reads.layers]
    .map(layerAlias)
    .map((alias) => ` JOIN ${alias} ON ${alias}.of_pid = e.${pid}`);
  return [
    `  SELECT\n    ${[`e.${pid} AS of_pid`, ...computed].join(',\n    ')}`,
    `  FROM (${eventsSql(stage, people)}) AS e${[...profile, ...layers].join('')}`,
    `  GROUP BY e.${pid}`,
  ].join('\n');
}

/** The test that all events pass which are read at all. */
function onlyTest({ tests, readsAll }: ScanStage): EventTest | undefined {
  return readsAll || tests.size > 1 ? undefined : [...tests][0];
}

/** The events of the people with the numbers that say which tests they pass. */
function eventsSql(stage: ScanStage, { ofPeople, tables }: People): string {
  const { tests, readsAll } = stage;
  const byWord = new Map<number, EventTest[]>();
  for (const test of tests) byWord.set(test.word, [...(byWord.get(test.word) ?? []), test]);
  const words =
    onlyTest(stage) === undefined
      ? [...byWord].map(([word, ofWord]) => `, ${wordSql(ofWord)} AS ${wordName(word)}`)
      : [];
  const filter = readsAll ? undefined : (anyOfFilter([...tests]) ?? undefined);
  const where = whereLine([ofPeople('e'), filter]);
  return [`SELECT e.*${words.join('')}`, `FROM ${tables.event} AS e`, ...where].join(' ');
}

function layerSql({ columns, reads }: SegmentLayer, people: People): string {
  const selected = columns.map(({ name, sql }) => `${sql} AS ${name}`);
  return profilesSql(`p.${pid} AS of_pid`, { columns: selected, reads }, people);
}

/** One row for each profile, with columns that are found in its row, the scans and the layers. */
function profilesSql(
  key: string,
  { columns, reads, where }: Selection & { readonly where?: string },
  { ofPeople, tables }: People,
): string {
  const scans = [...reads.scans]
    .map(scanAlias)
    .map((alias) => ` LEFT JOIN ${alias} ON ${alias}.of_pid = p.${pid}`);
  const layers = [...reads.layers]
    .map(layerAlias)
    .map((alias) => ` JOIN ${alias} ON ${alias}.of_pid = p.${pid}`);
  return [
    `SELECT\n  ${[key, ...columns].join(',\n  ')}`,
    `FROM ${tables.profile} AS p${[...scans, ...layers].join('')}`,
    ...whereLine([ofPeople('p'), where === undefined ? undefined : `(${where})`]),
  ].join('\n');
}

/** Nothing where there is no condition: the engine would have to plan it, too. */
function whereLine(conditions: readonly (string | undefined)[]): readonly string[] {
  const all = allOf(conditions);
  return all === '' ? [] : [`WHERE ${all}`];
}

function allOf(conditions: readonly (string | undefined)[]): string {
  return conditions.filter((condition) => condition !== undefined).join(' AND ');
}
