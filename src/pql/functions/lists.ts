import { aggregateOf } from '../check/aggregation';
import type { Checker } from '../check/checker';
import type { Elements } from '../check/collections';
import {
  allOf,
  anyOf,
  carried,
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
import { compareValues } from '../check/comparison';
import { dataType, entriesOf, entriesType } from '../check/maps';
import { isTakenApart } from '../check/parts';
import { listIsThere, ofBranches } from '../check/presence';
import type { AggregationName, Typed } from '../typed-tree';
import { booleanType, no, reported, yes } from '../typed-tree';
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
  setTest('intersects', 'True when the lists share a value', (left, right, call, checker) =>
    compareValues({ operator: '=', operands: [left, right], span: call.span }, checker),
  ),
  setTest(
    'subsetOf',
    'True when every item of the list is in the other',
    (left, right, { span }, checker) => {
      const isIn = (item: Typed): Typed =>
        compareValues({ operator: '=', operands: [item, right], span }, checker);
      return everyIn(left, right, isIn, checker);
    },
  ),
  setTest(
    'supersetOf',
    'True when every item of the other list is in this one',
    (left, right, { span }, checker) => {
      const isIn = (item: Typed): Typed =>
        compareValues({ operator: '=', operands: [left, item], span }, checker);
      return everyIn(right, left, isIn, checker);
    },
  ),
  {
    name: 'intersection',
    form: 'method',
    signature: 'list.intersection(otherList)',
    documentation: 'The items of the list that are in the other, too; of a null list the empty one',
    arity: [1, 1],
    check: (call, checker) => intersectionOf(call, checker),
  },
  onElements('groupBy', {
    signature: 'list.groupBy(value)',
    documentation:
      'A map from each value to the list of the items that have it; items without one are in none',
    arity: [1, 1],
    check: groupedBy,
  }),
  {
    name: 'includes',
    form: 'method',
    signature: 'list.includes(value)',
    documentation: 'True when the value is an item of the list',
    arity: [1, 1],
    check: (call: FunctionCall, checker: Checker): Typed => {
      const operands = [listReceiver(call, checker), argumentOf(call, checker)];
      return compareValues({ operator: '=', operands, span: call.span }, checker);
    },
  },
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
function listReceiver(call: FunctionCall, checker: Checker): Typed {
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
function elementValue(elements: Elements, call: FunctionCall, checker: Checker): Typed {
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

function groupedBy(elements: Elements, call: FunctionCall, checker: Checker): Typed {
  const key = elementValue(elements, call, checker);
  if (key.type.kind === 'unknown') return reported;
  if (['list', 'object', 'map'].includes(familyOf(key.type))) {
    const problem = `"groupBy" needs one value of each item, not ${nameType(key.type)}.`;
    return checker.error('type-mismatch', call.args[0]?.span ?? call.span, { problem });
  }
  if (isTakenApart(elements.value) || elements.tuples) {
    return checker.error('unsupported', call.span, { what: 'Grouping what the rule makes itself' });
  }
  const { elements: whole, valueOf } = carried(filtered(elements, defined(key)), checker);
  const type = entriesType(dataType(key), { kind: 'array', items: dataType(whole.value) });
  const groups = entriesOf(
    { kind: 'groups', type, generators: whole.generators, key, value: whole.value },
    checker,
  );
  // Of an object that is part of an item, the groups hold the items.
  const part = valueOf(whole.value) === whole.value ? groups.value : partsOf(groups.value, valueOf, checker);
  const values = { kind: 'array', items: dataType(elements.value) } as const;
  return {
    kind: 'mapping',
    type: { kind: 'map', keys: dataType(key), values },
    ...groups,
    value: part,
    base: elements.base,
  };
}

function partsOf(group: Typed, valueOf: (item: Typed) => Typed, checker: Checker): Typed {
  const items = elementsOf(group, checker);
  return listFrom({ ...items, value: valueOf(items.value) });
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

function argumentOf(call: FunctionCall, checker: Checker): Typed {
  const [argument] = call.args;
  if (argument === undefined) throw new Error('Invariant broken: arity was checked');
  if (argument.kind !== 'lambda') return checker.value(argument, call.scope);
  return checker.error('type-mismatch', argument.span, {
    problem: `"${call.name}" takes a value, not a lambda.`,
  });
}

function intersectionOf(call: FunctionCall, checker: Checker): Typed {
  const { span } = call;
  const left = listReceiver(call, checker);
  const right = argumentOf(call, checker);
  if ([left, right].some(({ type }) => familyOf(type) === 'unknown')) return reported;
  if (!isList(right) && familyOf(right.type) !== 'null') {
    const problem = `"${call.name}" takes a list, not ${nameType(right.type)}.`;
    return checker.error('type-mismatch', span, { problem });
  }
  const elements = present(elementsOf(left, checker));
  const isIn = compareValues({ operator: '=', operands: [elements.value, right], span }, checker);
  // Never null: without anything in common, and without the list itself, it is empty.
  return listFrom({ ...filtered(elements, isIn), base: null });
}

type SetCheck = (left: Typed, right: Typed, call: FunctionCall, checker: Checker) => Typed;

function setTest(name: string, documentation: string, check: SetCheck): PqlFunction {
  return {
    name,
    form: 'method',
    signature: `list.${name}(otherList)`,
    documentation: `${documentation}; false when either is null`,
    arity: [1, 1],
    check: (call, checker) => {
      const left = listReceiver(call, checker);
      const right = argumentOf(call, checker);
      if ([left, right].some(({ type }) => familyOf(type) === 'unknown')) return reported;
      if (familyOf(right.type) === 'null') return no;
      if (right.kind === 'if' && isList(right)) {
        return ofBranches(right, (branch) => check(left, branch, call, checker));
      }
      if (isList(right)) return check(left, right, call, checker);
      const problem = `"${name}" takes a list, not ${nameType(right.type)}.`;
      return checker.error('type-mismatch', call.span, { problem });
    },
  };
}

/** Every item of one list equals one of the other: there is none that does not. */
function everyIn(items: Typed, list: Typed, isIn: (item: Typed) => Typed, checker: Checker): Typed {
  const bothAreThere = [listIsThere(items), listIsThere(list)].filter((test) => test !== yes);
  if (items.kind === 'list') {
    const written = items.items.filter((item) => item.kind !== 'constant' || item.value !== null);
    // An attribute in a list that is written down is passed over where it is null, as a null is.
    const isAbsent = (item: Typed): readonly Typed[] =>
      item.kind === 'constant' ? [] : [{ kind: 'not', type: booleanType, operand: defined(item) }];
    return allOf([...bothAreThere, ...written.map((item) => anyOf([isIn(item), ...isAbsent(item)]))]);
  }
  const elements = present(elementsOf(items, checker));
  const missing = someElement(elements, { kind: 'not', type: booleanType, operand: isIn(elements.value) });
  return allOf([...bothAreThere, { kind: 'not', type: booleanType, operand: missing }]);
}
