import type { Query } from './ast';
import type { CheckOptions, CheckResult } from './check/check-pql';
import { checkPql } from './check/check-pql';
import type { PqlDiagnostic } from './diagnostics';
import { isPqlJson, parsePqlJson } from './json/parse-pql-json';
import { parsePql } from './parser';

/** A rule as REST bodies carry it: `pql/text`, or `pql/json` with the tree as a JSON string. */
export interface RuleExpression {
  /** Believed only where the value does not tell. */
  readonly format: string;
  readonly value: string;
}

export interface ReadExpression {
  /** What the value is, whatever its format says (quirk S-11). */
  readonly form: 'text' | 'json';
  /** The rule in words: what diagnostics of a check point into. Null for a tree that cannot be read. */
  readonly text: string | null;
  /** Null where a diagnostic is an error. */
  readonly query: Query | null;
  readonly diagnostics: readonly PqlDiagnostic[];
}

/**
 * Reads a rule in either form. A value that is a JSON object with a nodeType is a tree; so is one that claims to be
 * `pql/json` and is JSON or begins as an object, so that its faults are told as those of a tree. Never throws.
 */
export function readExpression({ format, value }: RuleExpression): ReadExpression {
  const claimsTree = format === 'pql/json' && (value.trimStart().startsWith('{') || isJson(value));
  if (claimsTree || isPqlJson(value)) return { form: 'json', ...parsePqlJson(value) };
  return { form: 'text', text: value, ...parsePql(value) };
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false;
  }
}

/**
 * `checkPql` for a rule in either form: what evaluates a saved rule calls this with its expression, nothing else. The
 * rule's `text` is its form in words, and places of diagnostics are in that; of a tree that cannot be read they are 0.
 */
export function checkExpression(expression: RuleExpression, options: CheckOptions): CheckResult {
  const { text, query, diagnostics } = readExpression(expression);
  return text === null || query === null ? { rule: null, diagnostics } : checkPql(text, options);
}
