import { isPqlJson, parsePqlJson } from '../pql';
import type { ExpressionInput } from '../schema/expression.input';
import type { Expression } from '../schema/expression.type';
import type { ExpressionWire } from '../wire/segment-definition.wire';

/**
 * A rule as it is kept. What it is, its value says better than its `format`: Adobe's own examples call text pql/json
 * (quirk S-11). A tree is put in words, where it can be read.
 */
export function toExpression(wire: ExpressionWire): Expression {
  const { type, value } = wire;
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
