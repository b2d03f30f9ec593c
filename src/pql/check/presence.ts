import type { Conditional, First, Typed } from '../typed-tree';
import { booleanType, no, yes } from '../typed-tree';
import { familyOf } from '../value-types';

/** `and` of any number of tests; true of none. */
export function allOf(operands: readonly Typed[]): Typed {
  const [first, ...others] = operands;
  if (first === undefined) return yes;
  return others.length === 0 ? first : { kind: 'logical', type: booleanType, operator: 'and', operands };
}

/** `or` of any number of tests; false of none. */
export function anyOf(operands: readonly Typed[]): Typed {
  const [first, ...others] = operands;
  if (first === undefined) return no;
  return others.length === 0 ? first : { kind: 'logical', type: booleanType, operator: 'or', operands };
}

/**
 * True where the value is there: an event always is, an item of a list unless it is null, and an object that is written
 * down where one of its attributes is.
 */
export function defined(operand: Typed): Typed {
  switch (operand.kind) {
    case 'field':
      if (operand.path === '' && operand.owner.kind === 'event') return yes;
      break;
    case 'first':
      if (familyOf(operand.type) === 'object') return firstIsThere(operand);
      break;
    case 'object':
      return anyOf(operand.entries.map(({ value }) => defined(value)));
    case 'list':
      return yes;
    case 'mapping':
      return baseIsThere(operand);
    case 'collection':
      return listIsThere(operand);
    case 'if':
      if (['object', 'list', 'map'].includes(familyOf(operand.type))) return ofBranches(operand, defined);
      break;
    default:
  }
  return { kind: 'defined', type: booleanType, negated: false, operand };
}

function firstIsThere(operand: First): Typed {
  const value = defined(operand.value);
  if (value === yes) {
    return { kind: 'exists', type: booleanType, generators: operand.generators, condition: yes };
  }
  return { kind: 'isTrue', type: booleanType, operand: { ...operand, type: booleanType, value } };
}

/** True where a list is there, be it empty. The list of events always is, and so is what `select` finds. */
export function listIsThere(list: Typed): Typed {
  if (list.kind === 'list') return yes;
  return list.kind === 'collection' || list.kind === 'top' ? baseIsThere(list) : defined(list);
}

function baseIsThere({ base }: { readonly base: Typed | null }): Typed {
  return base === null ? yes : listIsThere(base);
}

/** A test of the branch that an `if` takes. */
export function ofBranches(
  { test: chosen, whenTrue, whenFalse }: Conditional,
  test: (branch: Typed) => Typed,
): Typed {
  return {
    kind: 'if',
    type: booleanType,
    test: chosen,
    whenTrue: test(whenTrue),
    whenFalse: test(whenFalse),
  };
}
