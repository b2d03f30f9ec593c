import type { Arithmetic, Expression, Negation } from '../ast';
import type { Typed } from '../typed-tree';
import { numberType } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { Checker, CheckRule, Scope } from './checker';
import { coerce } from './coercion';

/** Operators of one level that may stand in a row: the engine nests them. */
const longestChain = 200;

/** `+ - * / %` on numbers; null stays null, and so is a division by 0. See docs/pql.md, "Values". */
export const checkArithmetic: CheckRule<Arithmetic> = (node, scope, checker) => {
  if (node.rest.length > longestChain) {
    return checker.error('too-complex', node.span, {
      why: `more than ${longestChain} arithmetic operators stand in a row.`,
    });
  }
  const first = numberOf(node.first, scope, checker);
  const rest = node.rest.map(({ operator, operand }) => ({
    operator,
    operand: numberOf(operand, scope, checker),
  }));
  return { kind: 'calculation', type: numberType, first, rest };
};

/** Unary minus. */
export const checkNegation: CheckRule<Negation> = (node, scope, checker) => {
  const operand = numberOf(node.operand, scope, checker);
  if (operand.kind === 'constant' && typeof operand.value === 'number') {
    return { ...operand, value: -operand.value };
  }
  return { kind: 'negated', type: numberType, operand };
};

/** A value that must be a number. Text is none, even where it reads like one: nothing stands on its left to say so. */
export function numberOf(node: Expression, scope: Scope, checker: Checker): Typed {
  const value = checker.value(node, scope);
  const family = familyOf(value.type);
  if (family === 'list') {
    return checker.error('unsupported', node.span, { what: 'Arithmetic with each element of a list' });
  }
  if (!['number', 'null', 'unknown'].includes(family)) {
    return checker.error('type-mismatch', node.span, {
      problem: `A number is needed here, not ${nameType(value.type)}.`,
    });
  }
  return coerce({ value, target: numberType, span: node.span }, checker);
}
