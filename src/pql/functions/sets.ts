import { absent } from '../check/absent';
import type { Checker } from '../check/checker';
import {
  allOf,
  anyOf,
  defined,
  elementsOf,
  filtered,
  isList,
  listFrom,
  present,
  someElement,
} from '../check/collections';
import { compareValues } from '../check/comparison';
import { listIsThere, ofBranches } from '../check/presence';
import type { Typed } from '../typed-tree';
import { booleanType, reported, yes } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import { listReceiver } from './lists';
import type { FunctionCall, PqlFunction } from './pql-function';

/** What lists have in common; items that are null are none. See docs/pql.md, "Functions". */
export const setFunctions: readonly PqlFunction[] = [
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
      if (familyOf(right.type) === 'null') return absent([left], checker);
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
