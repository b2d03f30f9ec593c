import type { ExpressionInput } from '../schema/expression.input';
import type { UserError } from '../schema/user-error.type';
export function findRuleErrors(_e: ExpressionInput, _p: readonly string[]): UserError[] {
  return [];
}
