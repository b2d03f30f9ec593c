import { chunksOf } from '../../lib/chunks-of';
import type { UnionSchema } from '../../xdm/union-schema';
import type { CheckedRule } from '../check/check-pql';
import type { Typed } from '../typed-tree';
import { columnsRead } from './columns-read';
import type { CompiledPass, PassTables } from './compiled-pass';
import { createFields } from './fields';
import { joinedEvents } from './joined-events';
import { needsEvents } from './needs-events';
import { ofAll, ofRange } from './of-people';
import { neverNull, PassEmitter } from './pass-emitter';
import { noReads } from './reads';
import { segmentLayers } from './segment-layers';
import { joinStatement, passStatement } from './statement';
import { rulesPerWord, verdictWordSql } from './verdict-words';

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
  /** Whom the pass reads: the range that the caller binds, or everybody, which is cheaper. */
  readonly people?: 'range' | 'all';
  /** True: `#set` is a column of the result where the rows of profiles are read anyway; `columns.set` says whether it is. */
  readonly withSet?: boolean;
}

/**
 * Compiles rules into one statement: attributes are read from the profile's row, everything about events is an
 * aggregate of one grouped scan; equal aggregates are computed once, and without any there is no scan.
 *
 * Segments that rules name are evaluated before, each once, in layers; an aggregate that asks about them needs a scan
 * after their layer.
 *
 * A rule that is alone is a filter, so that the engine takes it down to the columns; and where no rule holds of somebody
 * without events, those are not looked at who have none that matter.
 */
export function compileRules(rules: readonly CheckedRule[], options: CompileOptions): CompiledPass {
  const ofPeople = options.people === 'all' ? ofAll : ofRange;
  const emitter = new PassEmitter(options.now, createFields(options.schema), ofPeople);
  const joined = joinedPass(rules, emitter);
  const statements = joined ?? wholePass(rules, options, emitter);
  const sql = statements(valuesOf, views);
  return {
    sql,
    sqlOver: (tables) => statements(valuesOf, tables),
    wordsSql: statements(wordsOf, views),
    parameters: emitter.parameters.usedIn(sql),
    columns: columnsRead(sql, options.schema),
    readsEvents: joined !== undefined || emitter.scans.length > 0,
  };
}

/** Makes the statement over some tables, given what becomes of the conditions of its rules: what it selects. */
type Statement = (select: (conditions: readonly string[]) => readonly string[], tables: PassTables) => string;

const views: PassTables = { profile: 'profile', event: 'event' };

const valuesOf = (conditions: readonly string[]): readonly string[] =>
  conditions.map(
    (condition, index) => `${condition === 'TRUE' ? 'TRUE' : neverNull(condition)} AS r${index}`,
  );

const wordsOf = (conditions: readonly string[]): readonly string[] =>
  chunksOf(conditions, rulesPerWord).map((word, index) => `${verdictWordSql(word)} AS w${index}`);

function joinedPass(rules: readonly CheckedRule[], emitter: PassEmitter): Statement | undefined {
  const [only, ...others] = rules;
  const joined = only === undefined || others.length > 0 ? undefined : joinedEvents(only.condition);
  if (joined === undefined) return undefined;
  const conditionsOf = (conditions: readonly Typed[]): readonly string[] =>
    conditions.map((condition) => emitter.condition(condition));
  const events = joined.events.map(({ item, conditions }) => ({
    item,
    where: emitter.ofEvent(() => conditionsOf(conditions)),
  }));
  const times = new Map([...joined.times].map(([item, time]) => [item, emitter.sql(time)]));
  const between = emitter.withNames(times, () => conditionsOf(joined.between));
  return (select, tables) =>
    joinStatement({ columns: select(['TRUE']), events, between, ofPeople: emitter.ofPeople, tables });
}

function wholePass(rules: readonly CheckedRule[], options: CompileOptions, emitter: PassEmitter): Statement {
  const layers = segmentLayers(rules, options.segments ?? new Map<string, CheckedRule>());
  const idsByText = new Map<string, string>();
  for (const [layer, segments] of layers.entries()) {
    for (const { id, rule } of segments) {
      emitter.defineSegment(id, rule.condition, layer);
      idsByText.set(rule.text, id);
    }
  }
  const reads = noReads();
  const conditions = rules.map(({ text, condition }) => {
    const id = idsByText.get(text);
    const test =
      id === undefined ? condition : ({ kind: 'inSegment', type: { kind: 'boolean' }, id } as const);
    return emitter.rule(test, reads);
  });
  const isOfEvents = rules.length > 0 && rules.every(({ condition }) => needsEvents(condition));
  const [only, ...others] = conditions;
  const pass = { reads, isOfEvents, withSet: options.withSet ?? false };
  return (select, tables) =>
    only !== undefined && others.length === 0
      ? passStatement({ ...pass, tables, columns: select(['TRUE']), where: only }, emitter)
      : passStatement({ ...pass, tables, columns: select(conditions) }, emitter);
}
