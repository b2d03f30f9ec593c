import type { Logical, Not } from '../ast';
import { booleanType } from '../typed-tree';
import type { CheckRule } from './checker';

/** `and`, `or`: each operand stands in boolean position. */
export const checkLogical: CheckRule<Logical> = (node, scope, checker) => ({
  kind: 'logical',
  type: booleanType,
  operator: node.operator,
  operands: node.operands.map((operand) => checker.test(operand, scope)),
});

/** `not`: true of null as well, since null in boolean position is false. */
export const checkNot: CheckRule<Not> = (node, scope, checker) => ({
  kind: 'not',
  type: booleanType,
  operand: checker.test(node.operand, scope),
});
