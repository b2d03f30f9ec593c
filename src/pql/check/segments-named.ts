import type { Typed } from '../typed-tree';
import { childrenOf } from '../typed-tree';

/** Ids of the segments that a rule names through `inSegment`: sorted by code unit, each once. */
export function segmentsNamed(rule: Typed): readonly string[] {
  const found = new Set<string>();
  const visit = (node: Typed): void => {
    if (node.kind === 'inSegment') found.add(node.id);
    childrenOf(node).forEach(visit);
  };
  visit(rule);
  return [...found].sort();
}
