import type { Span } from '../source';
import type { Conditional, Typed, ValueType } from '../typed-tree';
import { no, reported } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { Checker } from './checker';
import { capitalised, coerce } from './coercion';
import { elementsOf, filtered, listFrom } from './collections';

/** One of two values, and where they stand. */
export interface Choice {
  readonly test: Typed;
  readonly whenTrue: Typed;
  readonly whenFalse: Typed;
  /** For errors about the second value, which takes the type of the first. */
  readonly span: Span;
}

/** `if(test, a, b)` of values that are checked. Lists, maps and objects keep what each of them is. */
export function conditional({ test, whenTrue, whenFalse, span }: Choice, checker: Checker): Typed {
  const families = [familyOf(whenTrue.type), familyOf(whenFalse.type)] as const;
  if (families.includes('unknown')) return reported;
  if (families.some(isComposite)) {
    if (families[0] === families[1]) return choiceOfParts({ test, whenTrue, whenFalse }, checker);
    const problem = `${capitalised(nameType(whenFalse.type))} cannot stand for ${nameType(whenTrue.type)}.`;
    return checker.error('type-mismatch', span, { problem });
  }
  const first =
    families[0] === 'null' ? coerce({ value: whenTrue, target: whenFalse.type, span }, checker) : whenTrue;
  const second = coerce({ value: whenFalse, target: first.type, span }, checker);
  return { kind: 'if', type: joined(first.type, second.type), test, whenTrue: first, whenFalse: second };
}

function choiceOfParts({ test, whenTrue, whenFalse }: Omit<Choice, 'span'>, checker: Checker): Typed {
  const first = likeOther(whenTrue, whenFalse, checker);
  const second = likeOther(whenFalse, whenTrue, checker);
  return { kind: 'if', type: first.type, test, whenTrue: first, whenFalse: second };
}

/** `[]` is a list of what the other one holds: none of its items. */
function likeOther(list: Typed, other: Typed, checker: Checker): Typed {
  if (list.kind !== 'list' || list.items.length > 0 || other.type.kind !== 'array') return list;
  if (!isComposite(familyOf(other.type.items))) return { ...list, type: other.type };
  if (other.kind === 'if') return likeOther(list, other.whenTrue, checker);
  return listFrom({ ...filtered(elementsOf(other, checker), no), base: null });
}

/**
 * What is done with an `if` between lists, maps or objects is done with each of them: they are never one value in SQL,
 * since each may be made in its own way.
 */
export function ofEachBranch(
  { test, whenTrue, whenFalse }: Conditional,
  use: (branch: Typed) => Typed,
  span: Span,
  checker: Checker,
): Typed {
  return conditional({ test, whenTrue: use(whenTrue), whenFalse: use(whenFalse), span }, checker);
}

/** True of an `if` that `ofEachBranch` is for. */
export function isChoiceOfParts(value: Typed): value is Conditional {
  return value.kind === 'if' && isComposite(familyOf(value.type));
}

function isComposite(family: string): boolean {
  return ['list', 'map', 'object'].includes(family);
}

/** The type of either branch: numbers widen, null gives way. */
function joined(first: ValueType, second: ValueType): ValueType {
  if (first.kind === 'null') return second;
  if (first.kind === 'integer' && second.kind === 'number') return second;
  if (first.kind === 'date' && second.kind === 'datetime') return second;
  return first;
}
