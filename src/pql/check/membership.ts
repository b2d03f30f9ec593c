import type { Membership } from '../ast';
import type { Span } from '../source';
import type { Typed } from '../typed-tree';
import { booleanType, no } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { Checker, CheckRule } from './checker';
import { coerce } from './coercion';
import { compareValues } from './comparison';
import { allOf, defined, isList, listIsThere, overElements } from './collections';

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
  if (familyOf(list.type) === 'null') return no;
  if (familyOf(list.type) === 'unknown') {
    return { kind: 'inList', type: booleanType, negated, left, list };
  }
  if (!isList(list)) {
    const problem = `"${negated ? 'notIn' : 'in'}" needs a list such as ["a", "b"], not ${nameType(list.type)}.`;
    return checker.error('type-mismatch', listSpan, { problem });
  }
  if (list.kind === 'collection') {
    if (!negated) return compareValues({ operator: '=', operands: [left, list], span }, checker);
    return notAmong({ ...test, list }, checker);
  }
  return overElements({
    operands: [left],
    span,
    checker,
    build: ([element = left]) => memberScalar({ ...test, left: element }, checker),
  });
}

/** None of the values found is equal. */
function notAmong({ left, list, span }: MembershipTest, checker: Checker): Typed {
  return overElements({
    operands: [left],
    span,
    checker,
    build: ([element = left]) => {
      const among = compareValues({ operator: '=', operands: [element, list], span }, checker);
      const operands = [defined(element), listIsThere(list)];
      return allOf([...operands, { kind: 'not', type: booleanType, operand: among }]);
    },
  });
}

function memberScalar({ left, list, negated, span, listSpan }: MembershipTest, checker: Checker): Typed {
  if (['object', 'map'].includes(familyOf(left.type))) {
    return checker.error('unsupported', span, { what: 'Membership of objects' });
  }
  if (familyOf(left.type) === 'null') return no;
  if (list.kind !== 'list') {
    const items = list.type.kind === 'array' ? list.type.items : left.type;
    // The member takes the type of the list's elements, which cannot be converted one by one.
    const member = coerce({ value: left, target: items, span }, checker);
    return { kind: 'inList', type: booleanType, negated, left: member, list };
  }
  const items = list.items
    .filter((item) => item.kind !== 'constant' || item.value !== null)
    .map((value) => coerce({ value, target: left.type, span: listSpan }, checker));
  return { kind: 'oneOf', type: booleanType, negated, left, items };
}
