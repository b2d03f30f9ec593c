import { invalidPql } from './user-errors';
import { canStream, checkPql, parsePql, parsePqlJson, toPqlJson } from '../pql';
import type { TreeResult } from '../pql';
import type { ExpressionInput } from '../schema/expression.input';
import type { PqlCheck, PqlDiagnostic } from '../schema/pql-check.type';
import type { UpstreamMode } from '../schema/session.type';
import type { UserError } from '../schema/user-error.type';
import { builtinSchema } from '../xdm/builtin-schema';

/**
 * What the gateway's compiler cannot do, though Adobe's may: not all of its pql/json is published, and its regular
 * expressions are Java's.
 */
const ownLimits: readonly string[] = ['unsupported', 'too-complex', 'unknown-node', 'invalid-pattern'];

/**
 * What the gateway itself thinks of a rule; no upstream call. Attributes that the built-in schema does not have are
 * warned of, since the upstream's schema may have them; in front of Adobe the compiler's own limits are too.
 *
 * The rule comes back in both forms: text as it was sent, a tree in our own spelling. Places of diagnostics are in the
 * text.
 */
export function checkRule(expression: ExpressionInput, mode: UpstreamMode): PqlCheck {
  const { text, query, diagnostics } = readInput(expression);
  const checked =
    text === null || query === null
      ? { rule: null, diagnostics }
      : checkPql(text, { schema: builtinSchema, unknownAttributes: 'allow' });
  const shown = checked.diagnostics.map((diagnostic): PqlDiagnostic =>
    mode === 'ADOBE' && ownLimits.includes(diagnostic.code)
      ? { ...diagnostic, severity: 'WARNING' }
      : diagnostic,
  );
  return {
    valid: shown.every(({ severity }) => severity !== 'ERROR'),
    text,
    json: query && toPqlJson(query),
    diagnostics: shown,
    attributes: checked.rule?.attributes ?? [],
    segmentIds: checked.rule?.segmentIds ?? [],
  };
}

/** False where the embedded platform could evaluate the rule by jobs alone; true of one with faults, which are told as such. */
export function isStreamable(expression: ExpressionInput): boolean {
  const { text, query } = readInput(expression);
  if (text === null || query === null) return true;
  const { rule } = checkPql(text, { schema: builtinSchema, unknownAttributes: 'allow' });
  return rule === null || canStream(rule);
}

function readInput(expression: ExpressionInput): TreeResult {
  const { text, json } = expression;
  return typeof text === 'string' ? { text, ...parsePql(text) } : parsePqlJson(json);
}

/**
 * The faults of a rule that is to be saved, as one user error.
 *
 * @param field where in the input the rule stands.
 */
export function findRuleErrors(
  expression: ExpressionInput,
  mode: UpstreamMode,
  field: readonly string[],
): UserError[] {
  const { valid, diagnostics } = checkRule(expression, mode);
  return valid ? [] : [invalidPql(formPlace(expression, field), diagnostics)];
}

/** Where the form of the rule that was sent stands. */
export function formPlace(expression: ExpressionInput, field: readonly string[]): readonly string[] {
  return [...field, typeof expression.text === 'string' ? 'text' : 'json'];
}
