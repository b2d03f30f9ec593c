import type { Comparison, ComparisonOperator } from '../ast';
import { inWords, methodCall } from '../method-call';
import type { Span } from '../source';
import type { Typed } from '../typed-tree';
import { booleanType } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { Checker, CheckRule } from './checker';
import { absent } from './absent';
import { capitalised, coerce } from './coercion';
import { overElements } from './collections';
import { compareObjects } from './identity';

/**
 * `=` and `!=` need both sides, the others values that have an order; a list means any of its elements. See
 * docs/pql.md, "Values".
 */
export const checkComparison: CheckRule<Comparison> = (node, scope, checker) => {
  const operands = [checker.value(node.left, scope), checker.value(node.right, scope)];
  warnOfNull(node, operands, checker);
  return compareValues({ ...node, operands }, checker);
};

/** Nothing equals null, nor differs from it; whoever writes so means `isNull`. */
function warnOfNull(node: Comparison, operands: readonly Typed[], checker: Checker): void {
  const at = operands.findIndex(({ type }) => familyOf(type) === 'null');
  if (at < 0) return;
  const other = at === 0 ? node.right : node.left;
  const test = node.operator === '=' ? 'isNull' : node.operator === '!=' ? 'isNotNull' : undefined;
  const isName = ['name', 'up', 'access', 'parameter'].includes(other.kind);
  const suggestion = test !== undefined && isName ? inWords(methodCall(other, test, [])) : undefined;
  checker.warn('null-comparison', node.span, { operator: node.operator, suggestion });
}

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
  const { operator, left, right, ignoreCase } = compared;
  const span = checker.placeOf(right) ?? checker.placeOf(left) ?? compared.span;
  const families = [familyOf(left.type), familyOf(right.type)];
  if (families.includes('unknown')) return { kind: 'compare', type: booleanType, operator, left, right };
  if (families.includes('null')) return absent([left, right], checker);
  if (families.includes('object')) {
    if (families[0] === families[1]) return compareObjects({ operator, left, right, span }, checker);
    return checker.error('type-mismatch', span, { problem: 'An object cannot be compared with a value.' });
  }
  if (families.includes('map')) return checker.error('unsupported', span, { what: 'Comparing maps' });
  if (operator !== '=' && operator !== '!=' && families[0] === 'boolean') {
    const problem = `${capitalised(nameType(left.type))} has no order: "${operator}" needs numbers, times or texts.`;
    return checker.error('type-mismatch', compared.span, { problem });
  }
  const coerced = coerce({ value: right, target: left.type, span }, checker);
  const fold = (value: Typed): Typed =>
    ignoreCase && families[0] === 'text'
      ? { kind: 'apply', type: { kind: 'string' }, form: 'operator', name: 'lowerCase', args: [value] }
      : value;
  return { kind: 'compare', type: booleanType, operator, left: fold(left), right: fold(coerced) };
}
