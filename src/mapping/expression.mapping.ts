import { isRecord } from '../lib/is-record';
import { isPqlJson, parsePqlJson } from '../pql';
import type { ExpressionInput } from '../schema/expression.input';
import type { Expression } from '../schema/expression.type';
import type { ExpressionWire } from '../wire/segment-definition.wire';
import { inPlaceOf, isMisread } from './misread';
import type { Fields, JsonRecord } from './reading';

/**
 * A rule as it is kept. What it is, its value says better than its `format`: Adobe's own examples call text pql/json
 * (quirk S-11). A tree is put in words, where it can be read.
 *
 * @param definition what it stands in: the oldest answers are flat, the rule a text beside its `type` (quirk N5).
 */
export function toExpression(read: Fields, definition: JsonRecord): Expression {
  const { expression, type: flatType } = definition;
  const rule =
    typeof expression === 'string'
      ? { type: flatType, value: expression }
      : read.entry(expression, 'expression');
  if (isMisread(rule)) return inPlaceOf(rule);
  const type = read.text(rule['type'], 'expression.type') ?? 'PQL';
  // A tree that was not put in a text first is the same tree.
  const value = isRecord(rule['value'])
    ? JSON.stringify(rule['value'])
    : read.requiredText(rule['value'], 'expression.value');
  if (isMisread(value)) return { type, format: 'TEXT', value, text: null };
  return isPqlJson(value)
    ? { type, format: 'JSON', value, text: parsePqlJson(value).text }
    : { type, format: 'TEXT', value, text: value };
}

/** @param input with one of its two members set, as @oneOf has it. */
export function toExpressionWire(input: ExpressionInput): ExpressionWire {
  if (typeof input.text === 'string') return { type: 'PQL', format: 'pql/text', value: input.text };
  return {
    type: 'PQL',
    format: 'pql/json',
    value: typeof input.json === 'string' ? input.json : JSON.stringify(input.json ?? null),
  };
}
