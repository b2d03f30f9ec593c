import type { Aggregation, Exists, Generator, Typed } from '../typed-tree';
import { familyOf } from '../value-types';
import type { Emitter } from './emitter';

/** What the items of generators are asked for, from the outermost generator on. */
interface Remaining {
  readonly generators: readonly Generator[];
}

/** `exists`: over events the greatest of 0 and 1 in the one scan; over a list a filter that leaves something. */
export function emitExists(node: Exists, emitter: Emitter): string {
  const [first, ...rest] = node.generators;
  if (first === undefined) return emitter.sql(node.condition);
  const inner = (): string =>
    conjunction([whereOf(first, emitter), emitExists({ ...node, generators: rest }, emitter)]);
  if (first.source.kind === 'events') {
    const found = emitter.aggregate(() => `MAX(CASE WHEN ${inner()} THEN 1 ELSE 0 END)`);
    return `COALESCE(${found} = 1, FALSE)`;
  }
  const list = emitter.sql(first.source.list);
  return `COALESCE(len(list_filter(${list}, lambda ${itemName(first.item)}: ${inner()})) > 0, FALSE)`;
}

/** The name of an item in the lambdas of list functions. */
export function itemName(item: number): string {
  return `i${item}`;
}

/**
 * An aggregate: over events a column of the one scan, over lists a function of the row. Of nothing:
 * docs/pql.md, "Functions".
 */
export function emitAggregation(node: Aggregation, emitter: Emitter): string {
  const [first, ...rest] = node.generators;
  const sql =
    first?.source.kind === 'events'
      ? overEvents(node, { first, generators: rest }, emitter)
      : overList(node.aggregate, valuesOf(node, node.generators, emitter), node.distinct);
  return node.aggregate === 'count' || node.aggregate === 'sum' ? `COALESCE(${sql}, 0)` : sql;
}

const sqlAggregates = { count: 'COUNT', sum: 'SUM', average: 'AVG', min: 'MIN', max: 'MAX' } as const;
const listAggregates = {
  count: 'len',
  sum: 'list_sum',
  average: 'list_avg',
  min: 'list_min',
  max: 'list_max',
};

function overEvents(node: Aggregation, parts: Remaining & { first: Generator }, emitter: Emitter): string {
  const { first, generators } = parts;
  const { aggregate, distinct } = node;
  if (generators.length === 0) {
    return emitter.aggregate(() => {
      const where = conjunction([whereOf(first, emitter)]);
      const words = distinct ? 'DISTINCT ' : '';
      return `${sqlAggregates[aggregate]}(${words}CASE WHEN ${where} THEN ${valueSql(node, emitter)} END)`;
    });
  }
  return overNested(node, parts, emitter);
}

/** Items of lists within events: each event's part is found in its row, the parts are put together by the scan. */
function overNested(node: Aggregation, parts: Remaining & { first: Generator }, emitter: Emitter): string {
  const { aggregate, distinct } = node;
  const perEvent = (name: keyof typeof listAggregates): string => {
    const values = valuesOf(node, parts.generators, emitter);
    return `CASE WHEN ${conjunction([whereOf(parts.first, emitter)])} THEN ${overList(name, values, false)} END`;
  };
  if (distinct) {
    const all = emitter.aggregate(() => {
      const values = valuesOf(node, parts.generators, emitter);
      const where = conjunction([whereOf(parts.first, emitter)]);
      return `list_distinct(flatten(LIST(CASE WHEN ${where} THEN ${values} END)))`;
    });
    return overList(aggregate, all, true);
  }
  switch (aggregate) {
    case 'count':
    case 'sum':
      return emitter.aggregate(() => `SUM(CAST(${perEvent(aggregate)} AS DOUBLE))`);
    case 'min':
    case 'max':
      return emitter.aggregate(() => `${sqlAggregates[aggregate]}(${perEvent(aggregate)})`);
    case 'average': {
      const sum = emitter.aggregate(() => `SUM(CAST(${perEvent('sum')} AS DOUBLE))`);
      const count = emitter.aggregate(() => `SUM(CAST(${perEvent('count')} AS DOUBLE))`);
      return `(${sum} / NULLIF(${count}, 0))`;
    }
  }
}

function overList(aggregate: keyof typeof listAggregates, values: string, distinct: boolean): string {
  // list_distinct leaves nulls out; so must counting.
  const list = distinct ? `list_distinct(${values})` : values;
  if (aggregate !== 'count' || distinct) return `${listAggregates[aggregate]}(${list})`;
  return `len(list_filter(${list}, lambda v: v IS NOT NULL))`;
}

/** A list of the value for each combination of items. */
function valuesOf(node: Aggregation, generators: readonly Generator[], emitter: Emitter): string {
  const [first, ...rest] = generators;
  if (first === undefined || first.source.kind === 'events') {
    throw new Error('Invariant broken: events are only scanned outermost');
  }
  const name = itemName(first.item);
  const list = emitter.sql(first.source.list);
  const where = whereOf(first, emitter);
  const kept = where === undefined ? list : `list_filter(${list}, lambda ${name}: ${where})`;
  if (rest.length === 0) return `list_transform(${kept}, lambda ${name}: ${valueSql(node, emitter)})`;
  return `flatten(list_transform(${kept}, lambda ${name}: ${valuesOf(node, rest, emitter)}))`;
}

function valueSql({ aggregate, value, distinct }: Aggregation, emitter: Emitter): string {
  if (aggregate === 'count' && !distinct && isItself(value)) return '1';
  if (familyOf(value.type) === 'object') return `CASE WHEN ${definedSql(value, emitter)} THEN 1 END`;
  const sql = emitter.sql(value);
  return aggregate === 'sum' || aggregate === 'average' ? `CAST(${sql} AS DOUBLE)` : sql;
}

/** An item as a whole: it is there, and to count it nothing of it need be read. */
function isItself(value: Typed): boolean {
  return value.kind === 'field' && value.path === '' && value.type.kind === 'object';
}

function definedSql(operand: Typed, emitter: Emitter): string {
  return emitter.sql({ kind: 'defined', type: { kind: 'boolean' }, negated: false, operand });
}

function whereOf(generator: Generator, emitter: Emitter): string | undefined {
  return generator.where === null ? undefined : emitter.sql(generator.where);
}

function conjunction(conditions: readonly (string | undefined)[]): string {
  const given = conditions.filter((condition) => condition !== undefined && condition !== 'TRUE');
  if (given.length === 0) return 'TRUE';
  return given.length === 1 ? String(given[0]) : `(${given.join(' AND ')})`;
}
