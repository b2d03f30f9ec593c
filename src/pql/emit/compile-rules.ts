import { quoteIdentifier, systemColumn } from '../../xdm/columns';
import type { UnionSchema } from '../../xdm/union-schema';
import type { CheckedRule } from '../check/check-pql';
import type { CompiledPass } from './compiled-pass';
import type { EventTest } from './event-tests';
import { amongPassing, anyOfFilter, wordName, wordSql } from './event-tests';
import { createFields } from './fields';
import type { ScanStage, SegmentLayer } from './pass-emitter';
import { layerAlias, PassEmitter, scanAlias } from './pass-emitter';
import type { Reads } from './reads';
import { noReads } from './reads';
import { segmentLayers } from './segment-layers';

export interface CompileOptions {
  /** The one clock of the run: `now`, `today`, `currentYear()` … */
  readonly now: Date;
  /** The schema that the rules were checked with. */
  readonly schema: UnionSchema;
  /**
   * The rules of the segments that `inSegment` names, and of those that these name, by id. None may be missing, and
   * none may lean on itself (`dependencyOrder`): that would be a bug of the caller's.
   */
  readonly segments?: ReadonlyMap<string, CheckedRule>;
}

/**
 * Compiles rules into one statement: attributes are read from the profile's row, everything about events is an
 * aggregate of one grouped scan; equal aggregates are computed once, and without any there is no scan.
 *
 * Segments that rules name are evaluated before, each once, in layers; an aggregate that asks about them needs a scan
 * after their layer.
 */
export function compileRules(rules: readonly CheckedRule[], options: CompileOptions): CompiledPass {
  const emitter = new PassEmitter(options.now, createFields(options.schema));
  const layers = segmentLayers(rules, options.segments ?? new Map<string, CheckedRule>());
  const idsByText = new Map<string, string>();
  for (const [layer, segments] of layers.entries()) {
    for (const { id, rule } of segments) {
      emitter.defineSegment(id, rule.condition, layer);
      idsByText.set(rule.text, id);
    }
  }
  const reads = noReads();
  const columns = rules.map(({ text, condition }, index) => {
    const id = idsByText.get(text);
    const test =
      id === undefined ? condition : ({ kind: 'inSegment', type: { kind: 'boolean' }, id } as const);
    return `${emitter.rule(test, { reads, isAlone: rules.length === 1 })} AS r${index}`;
  });
  const sql = statement({ columns, reads }, emitter);
  return { sql, parameters: emitter.parameters.usedIn(sql) };
}

const pid = quoteIdentifier(systemColumn.pid);
const inRange = (alias: string): string => `${alias}.${pid} >= $pid_from AND ${alias}.${pid} < $pid_to`;

interface Selection {
  readonly columns: readonly string[];
  readonly reads: Reads;
}

function statement(rules: Selection, { scans, layers }: PassEmitter): string {
  const parts: string[] = [];
  // Read by several layers, each is worked out once; the one scan of a pass without layers need not be kept.
  const kept = layers.length > 0 ? 'MATERIALIZED ' : '';
  // Each stage of the scan leans on the layers before it, each layer on the stages up to its own.
  for (let level = 0; level < Math.max(scans.length, layers.length); level += 1) {
    const [scan, layer] = [scans[level], layers[level]];
    if (scan !== undefined) parts.push(`${scanAlias(level)} AS ${kept}(\n${scanSql(scan)}\n)`);
    if (layer !== undefined) parts.push(`${layerAlias(level)} AS ${kept}(\n${layerSql(layer)}\n)`);
  }
  const select = profilesSql(`p.${pid}`, rules);
  return parts.length === 0 ? select : `WITH ${parts.join(',\n')}\n${select}`;
}

function scanSql(stage: ScanStage): string {
  const { columns, reads } = stage;
  const only = onlyTest(stage);
  const computed = [...columns.values()].map(
    ({ name, sql }) => `${only === undefined ? sql() : amongPassing(only, sql())} AS ${name}`,
  );
  const profile = reads.profile ? [` JOIN profile AS p ON p.${pid} = e.${pid}`] : [];
  const layers = [...reads.layers]
    .map(layerAlias)
    .map((alias) => ` JOIN ${alias} ON ${alias}.of_pid = e.${pid}`);
  return [
    `  SELECT\n    ${[`e.${pid} AS of_pid`, ...computed].join(',\n    ')}`,
    `  FROM (${eventsSql(stage)}) AS e${[...profile, ...layers].join('')}`,
    `  GROUP BY e.${pid}`,
  ].join('\n');
}

/** The test that all events pass which are read at all. */
function onlyTest({ tests, readsAll }: ScanStage): EventTest | undefined {
  return readsAll || tests.size > 1 ? undefined : [...tests][0];
}

/** The events of the range with the numbers that say which tests they pass. */
function eventsSql(stage: ScanStage): string {
  const { tests, readsAll } = stage;
  const byWord = new Map<number, EventTest[]>();
  for (const test of tests) byWord.set(test.word, [...(byWord.get(test.word) ?? []), test]);
  const words =
    onlyTest(stage) === undefined
      ? [...byWord].map(([word, ofWord]) => `, ${wordSql(ofWord)} AS ${wordName(word)}`)
      : [];
  const filter = readsAll ? null : anyOfFilter([...tests]);
  const where = filter === null ? inRange('e') : `${inRange('e')} AND ${filter}`;
  return `SELECT e.*${words.join('')} FROM event AS e WHERE ${where}`;
}

function layerSql({ columns, reads }: SegmentLayer): string {
  const selected = columns.map(({ name, sql }) => `${sql} AS ${name}`);
  return profilesSql(`p.${pid} AS of_pid`, { columns: selected, reads });
}

/** One row for each profile of the range, with columns that are found in its row, the scans and the layers. */
function profilesSql(key: string, { columns, reads }: Selection): string {
  const scans = [...reads.scans]
    .map(scanAlias)
    .map((alias) => ` LEFT JOIN ${alias} ON ${alias}.of_pid = p.${pid}`);
  const layers = [...reads.layers]
    .map(layerAlias)
    .map((alias) => ` JOIN ${alias} ON ${alias}.of_pid = p.${pid}`);
  return [
    `SELECT\n  ${[key, ...columns].join(',\n  ')}`,
    `FROM profile AS p${[...scans, ...layers].join('')}`,
    `WHERE ${inRange('p')}`,
  ].join('\n');
}
