import type { Comparison, ComparisonOperator } from '../ast';
import type { Span } from '../source';
import type { Typed } from '../typed-tree';
import { booleanType, no } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { Checker, CheckRule } from './checker';
import { capitalised, coerce } from './coercion';
import { overElements } from './collections';
import { compareObjects } from './identity';

/**
 * `=` and `!=` need both sides, the others values that have an order; a list means any of its elements. See
 * docs/pql.md, "Values".
 */
export const checkComparison: CheckRule<Comparison> = (node, scope, checker) => {
  const operands = [checker.value(node.left, scope), checker.value(node.right, scope)];
  return compareValues({ ...node, operands }, checker);
};

export interface ComparedValues {
  readonly operator: ComparisonOperator;
  readonly operands: readonly Typed[];
  readonly span: Span;
  /** Texts that differ in capitals alone are equal. */
  readonly ignoreCase?: boolean;
}

/** The same for values that are checked already, e.g. by `equals`. */
export function compareValues(compared: ComparedValues, checker: Checker): Typed {
  const { operator, operands, span, ignoreCase = false } = compared;
  return overElements({
    operands,
    span,
    checker,
    build: ([left, right]) => {
      if (left === undefined || right === undefined) throw new Error('Invariant broken: two sides');
      return compareScalars({ operator, left, right, span, ignoreCase }, checker);
    },
  });
}

interface ComparedScalars {
  readonly operator: ComparisonOperator;
  readonly left: Typed;
  readonly right: Typed;
  readonly span: Span;
  readonly ignoreCase: boolean;
}

function compareScalars(compared: ComparedScalars, checker: Checker): Typed {
  const { operator, left, right, span, ignoreCase } = compared;
  const families = [familyOf(left.type), familyOf(right.type)];
  if (families.includes('unknown')) return { kind: 'compare', type: booleanType, operator, left, right };
  if (families.includes('null')) return no;
  if (families.includes('object')) {
    if (families[0] === families[1]) return compareObjects({ operator, left, right, span }, checker);
    return checker.error('type-mismatch', span, { problem: 'An object cannot be compared with a value.' });
  }
  if (families.includes('map')) return checker.error('unsupported', span, { what: 'Comparing maps' });
  if (operator !== '=' && operator !== '!=' && families[0] === 'boolean') {
    const problem = `${capitalised(nameType(left.type))} has no order: "${operator}" needs numbers, times or texts.`;
    return checker.error('type-mismatch', span, { problem });
  }
  const coerced = coerce({ value: right, target: left.type, span }, checker);
  const fold = (value: Typed): Typed =>
    ignoreCase && families[0] === 'text'
      ? { kind: 'apply', type: { kind: 'string' }, form: 'operator', name: 'lowerCase', args: [value] }
      : value;
  return { kind: 'compare', type: booleanType, operator, left: fold(left), right: fold(coerced) };
}
