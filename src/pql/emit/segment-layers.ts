import { invariant } from '../../lib/assert';
import type { CheckedRule } from '../check/check-pql';
import { dependencyOrder } from '../dependency-order';

/** A segment whose rule is evaluated before the rules that name it. */
export interface LayeredSegment {
  readonly id: string;
  readonly rule: CheckedRule;
}

/**
 * The segments that rules name, directly or through others, in layers: the rules of a layer name segments of earlier
 * layers only.
 *
 * Whoever compiles has seen to it that all of them are there and that there is no circle; anything else is our own bug.
 */
export function segmentLayers(
  rules: readonly CheckedRule[],
  segments: ReadonlyMap<string, CheckedRule>,
): readonly (readonly LayeredSegment[])[] {
  const named = namedSegments(rules, segments);
  const sorted = dependencyOrder(new Map([...named].map(([id, { segmentIds }]) => [id, segmentIds])));
  invariant(sorted.kind === 'order', 'no segment leans on itself');
  const layers: LayeredSegment[][] = [];
  const levels = new Map<string, number>();
  for (const id of sorted.order) {
    const rule = named.get(id);
    invariant(rule !== undefined, 'the order holds what was named');
    const level = rule.segmentIds.reduce((most, other) => Math.max(most, (levels.get(other) ?? 0) + 1), 0);
    levels.set(id, level);
    (layers[level] ??= []).push({ id, rule });
  }
  return layers;
}

function namedSegments(
  rules: readonly CheckedRule[],
  segments: ReadonlyMap<string, CheckedRule>,
): ReadonlyMap<string, CheckedRule> {
  const found = new Map<string, CheckedRule>();
  const waiting = rules.flatMap(({ segmentIds }) => segmentIds);
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    const rule = segments.get(id);
    invariant(rule !== undefined, 'every segment that a rule names is given');
    found.set(id, rule);
    waiting.push(...rule.segmentIds);
  }
  return found;
}
