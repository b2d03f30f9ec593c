import type { CheckedRule, PqlDiagnostic, RuleExpression } from '../../pql';
import { checkExpression } from '../../pql';
import type { UpsProblemItemWire } from '../../wire/problem.wire';
import type { UnionSchema } from '../../xdm/union-schema';
import { Refusal } from './refusal';

/**
 * Checks a rule, in either form, that is to be evaluated.
 * @throws Refusal 400 whose items are the rule's diagnostics, each with its place in the text.
 */
export function checkRule(schema: UnionSchema, expression: RuleExpression): CheckedRule {
  const { rule, diagnostics } = checkExpression(expression, { schema, unknownAttributes: 'error' });
  if (rule !== null) return rule;
  throw refusalOf(diagnostics);
}

/** 400 with the errors of a rule, each with its place in the rule's text. */
export function refusalOf(diagnostics: readonly PqlDiagnostic[]): Refusal {
  const items = diagnostics
    .filter(({ severity }) => severity === 'ERROR')
    .map(({ code, message, from, to, line, column, suggestion }): UpsProblemItemWire => {
      return { code, message, from, to, line, column, ...(suggestion === null ? {} : { suggestion }) };
    });
  return refusalWith(items);
}

/** The same for a rule that leans on another one which cannot be evaluated. */
export function refusalOfRule({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): Refusal {
  return refusalWith([{ code, message }]);
}

function refusalWith(items: readonly UpsProblemItemWire[]): Refusal {
  return new Refusal({
    status: 400,
    code: 'INVALID_EXPRESSION',
    message: 'The expression is not valid PQL.',
    items,
  });
}
