import { aggregateOf } from '../check/aggregation';
import type { Checker } from '../check/checker';
import type { Elements } from '../check/collections';
import {
  defined,
  elementsOf,
  filtered,
  insideItem,
  isList,
  listFrom,
  present,
  settled,
  someElement,
} from '../check/collections';
import type { AggregationName, Typed } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { FunctionCall, PqlFunction } from './pql-function';

/**
 * Functions of lists; an argument is read in the item: `xEvent.sum(commerce.order.priceTotal)`. See
 * docs/pql.md, "Lists and events".
 */
export const listFunctions: readonly PqlFunction[] = [
  aggregate('count', 'How many items', [0, 0]),
  aggregate('sum', 'Sum of the numbers; of nothing 0', [0, 1]),
  aggregate('average', 'Mean of the numbers; of nothing null', [0, 1]),
  aggregate('min', 'Least value; of nothing null', [0, 1]),
  aggregate('max', 'Greatest value; of nothing null', [0, 1]),
  onElements('exists', {
    signature: 'list.exists([condition])',
    documentation: 'True when an item satisfies the condition, or without one when there is an item',
    arity: [0, 1],
    check: (elements, call, checker) =>
      someElement(withCondition(elements, call, checker), defined(elements.value)),
  }),
  onElements('filter', {
    signature: 'list.filter(condition)',
    documentation: 'The items that satisfy the condition; the same as `list[condition]`',
    arity: [1, 1],
    check: (elements, call, checker) => listFrom(withCondition(elements, call, checker)),
  }),
  onElements('map', {
    signature: 'list.map(value)',
    documentation: 'The value for each item, nulls dropped',
    arity: [1, 1],
    check: mapped,
  }),
  onElements('distinct', {
    signature: 'list.distinct()',
    documentation: 'The values without repeats',
    arity: [0, 0],
    check: (elements, call, checker) => withoutRepeats(elements, call, checker),
  }),
];

function aggregate(
  name: AggregationName,
  documentation: string,
  arity: readonly [number, number],
): PqlFunction {
  return onElements(name, {
    signature: arity[1] === 0 ? `list.${name}()` : `list.${name}([value])`,
    documentation,
    arity,
    check: (elements, call, checker) => {
      const value = elementValue(elements, call, checker);
      return aggregateOf({ aggregate: name, elements: { ...elements, value }, span: call.span }, checker);
    },
  });
}

export interface ElementFunction extends Pick<PqlFunction, 'signature' | 'documentation' | 'arity'> {
  readonly check: (elements: Elements, call: FunctionCall, checker: Checker) => Typed;
}

/** A method that takes a list apart: its elements, without those that are null. */
export function onElements(name: string, { check, ...rest }: ElementFunction): PqlFunction {
  return {
    name,
    form: 'method',
    ...rest,
    check: (call, checker) => {
      const list = listReceiver(call, checker);
      if (!isList(list)) return list;
      const elements = present(elementsOf(list, checker));
      return check(call.args.length > 0 ? settled(elements, checker) : elements, call, checker);
    },
  };
}

/** The receiver, which must be a list; what is not is reported. */
export function listReceiver(call: FunctionCall, checker: Checker): Typed {
  const { receiver, name, span } = call;
  if (receiver === null) throw new Error('Invariant broken: a method has a receiver');
  if (isList(receiver)) return receiver;
  const problem = `"${name}" is a function of lists, not of ${nameType(receiver.type)}.`;
  return checker.error('type-mismatch', span, { problem });
}

function withCondition(elements: Elements, call: FunctionCall, checker: Checker): Elements {
  const [argument] = call.args;
  if (argument === undefined) return elements;
  const inside = insideItem(argument, elements, call.scope, checker);
  return filtered(elements, checker.test(inside.expression, inside.scope));
}

/** What the argument says of an item; without one the item itself. */
export function elementValue(elements: Elements, call: FunctionCall, checker: Checker): Typed {
  const [argument] = call.args;
  if (argument === undefined) return elements.value;
  const inside = insideItem(argument, elements, call.scope, checker);
  return checker.value(inside.expression, inside.scope);
}

/** The value for each item; lists stay lists, whole events and other items stay what they are. */
function mapped(elements: Elements, call: FunctionCall, checker: Checker): Typed {
  const value = elementValue(elements, call, checker);
  if (value.kind === 'mapping') {
    return checker.error('unsupported', call.span, { what: 'A list of maps that the rule makes' });
  }
  return listFrom({ ...elements, value });
}

/** Objects are equal only to themselves, so the items of a list, and of lists within it, are distinct as they are. */
function withoutRepeats(elements: Elements, call: FunctionCall, checker: Checker): Typed {
  const { value, generators } = elements;
  const family = familyOf(value.type);
  if (family === 'list' || family === 'map') {
    return checker.error('unsupported', call.span, {
      what: `The function "distinct" of ${nameType(value.type)}s`,
    });
  }
  if (family !== 'object') return listFrom({ ...elements, distinct: true });
  const passed = itemsTo(value, checker);
  if (generators.every(({ item }) => passed.includes(item))) return listFrom(elements);
  return checker.error('unsupported', call.span, {
    what: 'The function "distinct" of objects in several lists',
  });
}

/** The items that a path to a value passes, from the inner to the outer ones. */
function itemsTo(value: Typed, checker: Checker): readonly number[] {
  if (value.kind !== 'field' || value.owner.kind === 'profile') return [];
  const { item } = value.owner;
  const source = checker.sourceOf(item);
  return source?.kind === 'list' ? [item, ...itemsTo(source.list, checker)] : [item];
}
