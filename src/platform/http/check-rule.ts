import { InvalidRequest } from '../../errors/platform-error';
import { checkPql } from '../../pql';
import type { UpsProblemItemWire } from '../../wire/problem.wire';
import type { UnionSchema } from '../../xdm/union-schema';
import { Refusal } from './refusal';

/**
 * Refuses a rule that could not be evaluated.
 * @throws Refusal 400 whose items are the rule's diagnostics, each with its place in the text.
 */
export function checkRule(
  schema: UnionSchema,
  expression: { readonly format: string; readonly value: string },
): void {
  if (expression.format !== 'pql/text') {
    const faults = [{ path: 'expression.format', message: 'must be pql/text; pql/json cannot be read here' }];
    throw new InvalidRequest('The body of the request is wrong.', faults);
  }
  const { rule, diagnostics } = checkPql(expression.value, { schema, unknownAttributes: 'error' });
  if (rule !== null) return;
  const items = diagnostics
    .filter(({ severity }) => severity === 'ERROR')
    .map(({ code, message, from, to, line, column, suggestion }): UpsProblemItemWire => {
      return { code, message, from, to, line, column, ...(suggestion === null ? {} : { suggestion }) };
    });
  throw new Refusal({
    status: 400,
    code: 'INVALID_EXPRESSION',
    message: 'The expression is not valid PQL.',
    items,
  });
}
