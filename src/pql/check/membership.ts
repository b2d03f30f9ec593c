import type { Membership } from '../ast';
import type { Span } from '../source';
import type { Typed } from '../typed-tree';
import { booleanType } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import { absent } from './absent';
import type { Checker, CheckRule } from './checker';
import { coerce } from './coercion';
import { compareValues } from './comparison';
import { allOf, defined, isList, overElements } from './collections';
import { listIsThere, ofBranches } from './presence';

/** `in`, `notIn`: both sides must be there, so one is not the negation of the other. See docs/pql.md, "Values". */
export const checkMembership: CheckRule<Membership> = (node, scope, checker) => {
  const left = checker.value(node.left, scope);
  const list = checker.value(node.right, scope);
  const negated = node.operator === 'notIn';
  return memberOf({ left, list, negated, span: node.span, listSpan: node.right.span }, checker);
};

export interface MembershipTest {
  readonly left: Typed;
  readonly list: Typed;
  readonly negated: boolean;
  readonly span: Span;
  readonly listSpan: Span;
}

/** The same for values that are checked already, e.g. by `includes`. */
export function memberOf(test: MembershipTest, checker: Checker): Typed {
  const { left, list, negated, span, listSpan } = test;
  if (familyOf(list.type) === 'null') return absent([left], checker);
  if (familyOf(list.type) === 'unknown') {
    return { kind: 'inList', type: booleanType, negated, left, list };
  }
  if (!isList(list)) {
    const problem = `"${negated ? 'notIn' : 'in'}" needs a list such as ["a", "b"], not ${nameType(list.type)}.`;
    return checker.error('type-mismatch', listSpan, { problem });
  }
  if (list.kind === 'if') return ofBranches(list, (branch) => memberOf({ ...test, list: branch }, checker));
  return overElements({
    operands: [left],
    span,
    checker,
    build: ([element = left]) => memberScalar({ ...test, left: element }, checker),
  });
}

function memberScalar(test: MembershipTest, checker: Checker): Typed {
  const { left, list, negated, span, listSpan } = test;
  if (['object', 'map'].includes(familyOf(left.type))) {
    return checker.error('unsupported', span, { what: 'Membership of objects' });
  }
  if (familyOf(left.type) === 'null') return absent([list], checker);
  const type = list.type.kind === 'array' ? list.type.items : left.type;
  if (list.kind === 'field' && familyOf(type) === familyOf(left.type)) {
    return { kind: 'inList', type: booleanType, negated, left, list };
  }
  if (list.kind !== 'list' || type.kind === 'array') return memberOfItems(test, checker);
  const items = list.items
    .filter((item) => item.kind !== 'constant' || item.value !== null)
    .map((value) => coerce({ value, target: left.type, span: listSpan }, checker));
  return { kind: 'oneOf', type: booleanType, negated, left, items };
}

/** Membership in a list whose items are made, or take the type of the left side one by one. */
function memberOfItems({ left, list, negated, span }: MembershipTest, checker: Checker): Typed {
  const isIn = compareValues({ operator: '=', operands: [left, list], span }, checker);
  if (!negated) return isIn;
  const isNotIn: Typed = { kind: 'not', type: booleanType, operand: isIn };
  return allOf([defined(left), listIsThere(list), isNotIn]);
}
