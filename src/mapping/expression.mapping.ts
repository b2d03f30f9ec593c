import { isRecord } from '../lib/is-record';
import type { ExpressionInput } from '../schema/expression.input';
import type { Expression, PqlFormat } from '../schema/expression.type';
import { treeToText } from './pql-tree';
import type { ExpressionWire } from '../wire/segment-definition.wire';

/**
 * A rule as it is kept. What it is, its value says better than its `format`: Adobe's own examples call text pql/json
 * (quirk S-11).
 */
export function toExpression(wire: ExpressionWire): Expression {
  const tree = readTree(wire.value);
  const format: PqlFormat = tree === null ? 'TEXT' : 'JSON';
  return { type: wire.type, format, value: wire.value, text: tree === null ? wire.value : treeToText(tree) };
}

/** @param input with one of its two members set, as @oneOf has it. */
export function toExpressionWire(input: ExpressionInput): ExpressionWire {
  if (typeof input.text === 'string') return { type: 'PQL', format: 'pql/text', value: input.text };
  return { type: 'PQL', format: 'pql/json', value: JSON.stringify(input.json ?? null) };
}

function readTree(value: string): Readonly<Record<string, unknown>> | null {
  if (!value.trimStart().startsWith('{')) return null;
  try {
    const tree: unknown = JSON.parse(value);
    return isRecord(tree) && 'nodeType' in tree ? tree : null;
  } catch {
    return null;
  }
}
