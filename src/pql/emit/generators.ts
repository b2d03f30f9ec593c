import type { Generator, Typed } from '../typed-tree';
import type { Emitter } from './emitter';
import { itemName } from './emitter';
import { leansOnlyOn } from '../reach';

/** What is made of each combination of items, from the outermost generator on. */
export interface Combinations {
  readonly generators: readonly Generator[];
  /** Whether the order of events matters. */
  readonly isOrdered: boolean;
}

/** One generator over a list of the row: SQL of the list, and of what its items must satisfy. */
interface Opened {
  readonly list: string;
  readonly where: Typed | null;
  /** SQL of whether an item is one at all: nulls among the objects of a list are none. */
  readonly isItem: string;
}

/** What a condition on events says of one event alone, the scan finds out; the rest is left for its list. */
function open(generator: Generator, isOrdered: boolean, emitter: Emitter): Opened {
  const { item, source, where } = generator;
  if (source.kind === 'list') {
    const list = emitter.sql(source.list);
    emitter.handOn(item, wholeEventIn(source.list));
    return { list, where, isItem: mayHoldNulls(source.list) ? `${itemName(item)} IS NOT NULL` : 'TRUE' };
  }
  const conditions = where === null ? [] : conjuncts(where);
  const early = conditions.filter((condition) => leansOnlyOn(condition, item));
  const late = conditions.filter((condition) => !early.includes(condition));
  const list = emitter.eventList({
    item,
    isOrdered,
    conditions: early,
  });
  return { list, where: allOf(late), isItem: 'TRUE' };
}

/** Objects come from imports with nulls among them; a list that was made here has none. Scalars are asked elsewhere. */
function mayHoldNulls(list: Typed): boolean {
  const isMade = list.kind === 'collection' || list.kind === 'top';
  return !isMade && list.type.kind === 'array' && list.type.items.kind === 'object';
}

/** The item whose events a list holds as a whole, if it does. */
function wholeEventIn(list: Typed): number | undefined {
  if (list.kind !== 'collection' && list.kind !== 'top') return undefined;
  const { value } = list;
  return value.kind === 'field' && value.owner.kind === 'event' && value.path === ''
    ? value.owner.item
    : undefined;
}

/** What must hold together for a condition to hold. */
export function conjuncts(condition: Typed): readonly Typed[] {
  return condition.kind === 'logical' && condition.operator === 'and'
    ? condition.operands.flatMap(conjuncts)
    : [condition];
}

function allOf(operands: readonly Typed[]): Typed | null {
  const [first, ...others] = operands;
  if (first === undefined) return null;
  return others.length === 0
    ? first
    : { kind: 'logical', type: { kind: 'boolean' }, operator: 'and', operands };
}

/**
 * SQL of the list of a value, once for each combination of items of lists of the row; a null value stays in it.
 *
 * @param makeValue SQL of the value, made where all items have their names.
 */
export function combinationsSql(
  combinations: Combinations,
  makeValue: () => string,
  emitter: Emitter,
): string {
  const [first, ...rest] = combinations.generators;
  if (first === undefined) return `[${makeValue()}]`;
  const opened = open(first, combinations.isOrdered, emitter);
  const inner = (): string =>
    rest.length === 0
      ? makeValue()
      : combinationsSql({ ...combinations, generators: rest }, makeValue, emitter);
  const each = eachItem({ item: first.item, ...opened, inner }, emitter);
  return rest.length === 0 ? each : `flatten(${each})`;
}

/** How many combinations there are for which a condition holds; null of a null list. */
export function combinationCountSql(
  combinations: Combinations,
  makeCondition: () => string,
  emitter: Emitter,
): string {
  const [first, ...rest] = combinations.generators;
  if (first === undefined) return `CAST(${makeCondition()} AS BIGINT)`;
  const { list, where, isItem } = open(first, combinations.isOrdered, emitter);
  if (rest.length === 0) {
    const condition = conjunction([isItem, where && emitter.sql(where), makeCondition()]);
    return `len(${filtered({ item: first.item, list, condition }, emitter)})`;
  }
  const inner = (): string =>
    combinationCountSql({ ...combinations, generators: rest }, makeCondition, emitter);
  return `list_sum(${eachItem({ item: first.item, list, where, isItem, inner }, emitter)})`;
}

/** True where a combination exists for which a condition holds. */
export function someCombinationSql(
  generators: readonly Generator[],
  makeCondition: () => string,
  emitter: Emitter,
): string {
  const [first, ...rest] = generators;
  if (first === undefined) return makeCondition();
  const { list, where, isItem } = open(first, false, emitter);
  const condition = conjunction([
    isItem,
    where && emitter.sql(where),
    someCombinationSql(rest, makeCondition, emitter),
  ]);
  return `COALESCE(len(${filtered({ item: first.item, list, condition }, emitter)}) > 0, FALSE)`;
}

interface EachItem extends Opened {
  readonly item: number;
  readonly inner: () => string;
}

function eachItem({ item, list, where, isItem, inner }: EachItem, emitter: Emitter): string {
  const value = inner();
  const condition = conjunction([isItem, where && emitter.sql(where)]);
  // Positions are those in the whole list, so that it must not be filtered first.
  if (emitter.isPositionRead(item) && condition !== 'TRUE') {
    const pairs = `list_transform(${list}, lambda ${emitter.parametersOf(item)}: CASE WHEN ${condition} THEN [${value}] END)`;
    return `flatten(${pairs})`;
  }
  const kept = filtered({ item, list, condition }, emitter);
  if (value === itemName(item)) return kept;
  return `list_transform(${kept}, lambda ${emitter.parametersOf(item)}: ${value})`;
}

interface Filtered {
  readonly item: number;
  readonly list: string;
  readonly condition: string;
}

function filtered({ item, list, condition }: Filtered, emitter: Emitter): string {
  return condition === 'TRUE'
    ? list
    : `list_filter(${list}, lambda ${emitter.parametersOf(item)}: ${condition})`;
}

/** `AND` of SQL conditions; what is always true is left out. */
export function conjunction(conditions: readonly (string | null)[]): string {
  const given = conditions.filter((condition) => condition !== null && condition !== 'TRUE');
  if (given.length === 0) return 'TRUE';
  return given.length === 1 ? String(given[0]) : `(${given.join(' AND ')})`;
}
