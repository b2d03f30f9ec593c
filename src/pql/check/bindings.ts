import type { Application, Lambda, Let } from '../ast';
import type { Typed } from '../typed-tree';
import type { Checker, CheckRule, Scope } from './checker';
import { applyLambda, withVariable } from './checker';

/** `let v = (e) in (body)`: the name stands for the expression, with the meaning it has where it is written. */
export const checkLet: CheckRule<Let> = (node, scope, checker) => {
  // Checked once for its own sake: it may be used nowhere.
  checker.value(node.value, scope);
  const inner = withVariable(scope, node.variable, { kind: 'expression', expression: node.value, scope });
  return checker.value(node.body, inner);
};

/** A lambda in brackets is called with the profile. */
export const checkApplication: CheckRule<Application> = (node, scope, checker) =>
  callWithProfile(node.lambda, scope, checker);

/** The value of a lambda whose parameter is the profile. */
export function callWithProfile(lambda: Lambda, scope: Scope, checker: Checker): Typed {
  const { expression, scope: inner } = applyLambda(lambda, checker.profile, scope, checker);
  return checker.value(expression, inner);
}
