import { isRecord } from '../lib/is-record';
import type { ExpressionInput } from '../schema/expression.input';
import type { Expression } from '../schema/expression.type';
import type { ExpressionWire } from '../wire/segment-definition.wire';

/**
 * A rule as it is kept. What it is, its value says better than its `format`: Adobe's own examples call text pql/json
 * (quirk S-11). A tree is not put in words: `text` is null then.
 */
export function toExpression(wire: ExpressionWire): Expression {
  const { type, value } = wire;
  return isTree(value)
    ? { type, format: 'JSON', value, text: null }
    : { type, format: 'TEXT', value, text: value };
}

/** @param input with one of its two members set, as @oneOf has it. */
export function toExpressionWire(input: ExpressionInput): ExpressionWire {
  if (typeof input.text === 'string') return { type: 'PQL', format: 'pql/text', value: input.text };
  return { type: 'PQL', format: 'pql/json', value: JSON.stringify(input.json ?? null) };
}

function isTree(value: string): boolean {
  if (!value.trimStart().startsWith('{')) return false;
  try {
    const tree: unknown = JSON.parse(value);
    return isRecord(tree) && 'nodeType' in tree;
  } catch {
    return false;
  }
}
