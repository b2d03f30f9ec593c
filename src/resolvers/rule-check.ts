import { invalidPql } from './user-errors';
import { checkPql } from '../pql';
import type { ExpressionInput } from '../schema/expression.input';
import type { PqlCheck, PqlDiagnostic } from '../schema/pql-check.type';
import type { UpstreamMode } from '../schema/session.type';
import type { UserError } from '../schema/user-error.type';
import { builtinSchema } from '../xdm/builtin-schema';

/** What the gateway's compiler cannot do, though Adobe's may. */
const ownLimits: readonly string[] = ['unsupported', 'too-complex'];

/**
 * What the gateway itself thinks of a rule; no upstream call. Attributes that the built-in schema does not have are
 * warned of, since the upstream's schema may have them; in front of Adobe the compiler's own limits are too.
 */
export function checkRule(expression: ExpressionInput, mode: UpstreamMode): PqlCheck {
  if (typeof expression.text !== 'string') return uncheckedTree(expression.json);
  const { rule, diagnostics } = checkPql(expression.text, {
    schema: builtinSchema,
    unknownAttributes: 'allow',
  });
  const shown = diagnostics.map((diagnostic): PqlDiagnostic =>
    mode === 'ADOBE' && ownLimits.includes(diagnostic.code)
      ? { ...diagnostic, severity: 'WARNING' }
      : diagnostic,
  );
  return {
    valid: shown.every(({ severity }) => severity !== 'ERROR'),
    text: expression.text,
    json: null,
    diagnostics: shown,
    attributes: rule?.attributes ?? [],
    segmentIds: rule?.segmentIds ?? [],
  };
}

/**
 * The faults of a rule that is to be saved, as one user error.
 *
 * A pql/json tree is not checked here: the upstream says whether it takes it.
 *
 * @param field where in the input the rule stands.
 */
export function findRuleErrors(
  expression: ExpressionInput,
  mode: UpstreamMode,
  field: readonly string[],
): UserError[] {
  if (typeof expression.text !== 'string') return [];
  const { valid, diagnostics } = checkRule(expression, mode);
  return valid ? [] : [invalidPql([...field, 'text'], diagnostics)];
}

function uncheckedTree(tree: unknown): PqlCheck {
  const diagnostic: PqlDiagnostic = {
    severity: 'ERROR',
    code: 'tree-not-read',
    message: 'The gateway reads rules as text only. Send the rule as text to have it checked.',
    from: 0,
    to: 0,
    line: 1,
    column: 1,
    suggestion: null,
  };
  return { valid: false, text: null, json: tree, diagnostics: [diagnostic], attributes: [], segmentIds: [] };
}
