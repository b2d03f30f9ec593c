import type { Aggregation, Collection, Exists, First, Generator, Top, Typed } from '../typed-tree';
import { familyOf } from '../value-types';
import type { Emitter, EventCondition } from './emitter';
import { eventOrder, filter } from './event-lists';
import { combinationCountSql, combinationsSql, someCombinationSql } from './generators';
import { quoteIdentifier } from '../../xdm/columns';
import { fitsScan } from '../reach';

/** `exists`: over events something that the one scan finds; over a list a filter that leaves something. */
export function emitExists(node: Exists, emitter: Emitter): string {
  if (fitsScan(node)) return `COALESCE(${emitSomeEvent(node, emitter)}, FALSE)`;
  return someCombinationSql(node.generators, () => emitter.sql(node.condition), emitter);
}

/** `exists` over events that the one scan can find; NULL where there is no event. */
export function emitSomeEvent({ generators, condition }: Exists, emitter: Emitter): string {
  const rest = generators.slice(1);
  const inner: EventCondition =
    rest.length === 0 ? condition : () => someCombinationSql(rest, () => emitter.sql(condition), emitter);
  return emitter.someEvent([...firstWhere(generators), inner]);
}

/**
 * A list as one value: SQL of a list of its values, in the order of the items. An event in it is a struct of what is
 * read of it; see `Emitter.eventList`.
 *
 * To go on with such a list, make a generator over it: `{ item: checker.newItem(…), source: { kind: 'list', list } }`,
 * and name its items by an owner `{ kind: 'event', item }` where they are whole events, else `{ kind: 'item', item }`;
 * `carried` in check/collections.ts does this. The SQL of what is said of an item then stands in a lambda whose
 * parameter is `itemName(item)`.
 */
export function emitCollection(node: Collection, emitter: Emitter): string {
  const values = collectionSql(node, emitter);
  return node.distinct ? `list_distinct(${values})` : values;
}

function collectionSql(node: Collection, emitter: Emitter): string {
  const { generators, value } = node;
  const makeValue = (): string => emitter.sql(value);
  if (!fitsScan(node) || familyOf(value.type) === 'object') {
    return combinationsSql({ generators, isOrdered: true }, makeValue, emitter);
  }
  return emitter.aggregate(() => {
    const rest = generators.slice(1);
    const values =
      rest.length === 0
        ? makeValue()
        : combinationsSql({ generators: rest, isOrdered: true }, makeValue, emitter);
    const list = `LIST(${values})${filter(emitter.matching(firstWhere(generators)))}`;
    return rest.length === 0 ? list : `flatten(${list})`;
  });
}

/** The value for the first item: of events the one that an aggregate finds, if one scan can. */
export function emitFirst(node: First, emitter: Emitter): string {
  const { generators, value } = node;
  const makeValue = (): string => emitter.sql(value);
  if (fitsScan(node) && generators.length === 1 && familyOf(value.type) !== 'object') {
    const key = eventOrder.map(quoteIdentifier).map((name) => `${name} := e.${name}`);
    return emitter.aggregate(
      () =>
        `arg_min_null(${makeValue()}, struct_pack(${key.join(', ')}))${filter(emitter.matching(firstWhere(generators)))}`,
    );
  }
  return `(${combinationsSql({ generators, isOrdered: true }, makeValue, emitter)})[1]`;
}

/** The values with the greatest or least keys: sorted as structs of key, place in the list, value. */
export function emitTop(node: Top, emitter: Emitter): string {
  const { generators, key, value, count, order } = node;
  const pairs = combinationsSql(
    { generators, isOrdered: true },
    () => `struct_pack(k := ${emitter.sql(key)}, v := ${emitter.sql(value)})`,
    emitter,
  );
  const place = order === 'least' ? 'n' : '-n';
  const placed = `list_transform(${pairs}, lambda t, n: struct_pack(k := t.k, n := ${place}, v := t.v))`;
  const sorted = `list_sort(${placed}${order === 'least' ? '' : `, 'DESC'`})`;
  return `list_transform((${sorted})[1:${sliceEnd(emitter.sql(count))}], lambda t: t.v)`;
}

/**
 * How many items a slice takes, as the engine can read it: it counts negative ends from the back, and refuses numbers
 * beyond its integers. Null stays null.
 */
function sliceEnd(count: string): string {
  return `CAST(trunc(CASE WHEN ${count} < 0 THEN 0 WHEN ${count} > 1e15 THEN 1e15 ELSE ${count} END) AS BIGINT)`;
}

/**
 * An aggregate: over events a column of the one scan, over lists a function of the row. Of nothing:
 * docs/pql.md, "Functions".
 */
export function emitAggregation(node: Aggregation, emitter: Emitter): string {
  const isScanned = fitsScan(node);
  const sql = isScanned ? overEvents(node, emitter) : overLists(node, node.generators, emitter);
  const isTotal = node.aggregate === 'count' || node.aggregate === 'sum';
  return numberOrNull(node, { sql: isTotal ? `COALESCE(${sql}, 0)` : sql, isScanned });
}

/**
 * Infinity and its opposite add up to what is no number, and is null as in calculations. Attributes are finite and added
 * one by one in lists, so that only computed values can come to it there; large ones are looked at as an item of a list,
 * since the engine writes NULLIF out as a CASE that repeats its operand.
 */
function numberOrNull(
  { aggregate, value }: Aggregation,
  { sql, isScanned }: { readonly sql: string; readonly isScanned: boolean },
): string {
  if (aggregate !== 'sum' && aggregate !== 'average') return sql;
  if (isScanned) return `NULLIF(${sql}, CAST('nan' AS DOUBLE))`;
  return value.kind === 'field' ? sql : `list_filter([${sql}], lambda total: NOT isnan(total))[1]`;
}

const sqlAggregates = { count: 'COUNT', sum: 'SUM', average: 'AVG', min: 'MIN', max: 'MAX' } as const;
const listAggregates = {
  count: 'len',
  sum: 'list_sum',
  average: 'list_avg',
  min: 'list_min',
  max: 'list_max',
};

function overEvents(node: Aggregation, emitter: Emitter): string {
  if (node.generators.length > 1) return overNested(node, emitter);
  const conditions = firstWhere(node.generators);
  if (node.aggregate === 'count' && !node.distinct && isItself(node.value)) {
    return emitter.countEvents(conditions);
  }
  return emitter.aggregate(() => {
    const where = emitter.matching(conditions);
    const words = node.distinct ? 'DISTINCT ' : '';
    return `${sqlAggregates[node.aggregate]}(${words}CASE WHEN ${where} THEN ${valueSql(node, emitter)} END)`;
  });
}

/** Items of lists within events: each event's part is found in its row, the parts are put together by the scan. */
function overNested(node: Aggregation, emitter: Emitter): string {
  const { aggregate, distinct } = node;
  const rest = node.generators.slice(1);
  const conditions = firstWhere(node.generators);
  const perEvent = (name: keyof typeof listAggregates): string => {
    const part = overLists({ ...node, aggregate: name, distinct: false }, rest, emitter);
    return `CASE WHEN ${emitter.matching(conditions)} THEN ${part} END`;
  };
  if (distinct) {
    const all = emitter.aggregate(() => {
      const values = valuesSql(node, rest, emitter);
      const where = emitter.matching(conditions);
      return `list_distinct(flatten(LIST(CASE WHEN ${where} THEN ${values} END)))`;
    });
    return `${listAggregates[aggregate]}(${all})`;
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

function overLists(node: Aggregation, generators: readonly Generator[], emitter: Emitter): string {
  const { aggregate, distinct } = node;
  if (aggregate === 'count' && !distinct) {
    const isThere = (): string => (isItself(node.value) ? 'TRUE' : definedSql(node.value, emitter));
    return combinationCountSql({ generators, isOrdered: false }, isThere, emitter);
  }
  const values = valuesSql(node, generators, emitter);
  // list_distinct leaves nulls out; so must counting.
  return `${listAggregates[aggregate]}(${distinct ? `list_distinct(${values})` : values})`;
}

function valuesSql(node: Aggregation, generators: readonly Generator[], emitter: Emitter): string {
  return combinationsSql({ generators, isOrdered: false }, () => valueSql(node, emitter), emitter);
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

function firstWhere([first]: readonly Generator[]): readonly Typed[] {
  return first === undefined || first.where === null ? [] : [first.where];
}
