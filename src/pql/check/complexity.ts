import type { Typed } from '../typed-tree';
import { childrenOf } from '../typed-tree';

/** What the engine is asked to take at most for one rule; both are far above what people write. */
const mostNodes = 60_000;
const deepestNesting = 300;

/**
 * Why a checked rule is too much for the engine, or undefined. A node counts as often as its SQL is repeated: the time
 * of `occurs` stands in several comparisons.
 */
export function complexityProblem(rule: Typed): string | undefined {
  const { weight, depth } = measure(rule);
  if (weight > mostNodes) return 'it says the same large thing too often.';
  return depth > deepestNesting ? 'its conditions and functions go too deep.' : undefined;
}

function measure(node: Typed): { readonly weight: number; readonly depth: number } {
  const repeats = node.kind === 'occurs' ? 6 : node.kind === 'oneOf' || node.kind === 'inList' ? 2 : 1;
  let weight = 1;
  let depth = 0;
  for (const child of childrenOf(node)) {
    const inner = measure(child);
    weight += inner.weight * (child.kind === 'constant' ? 1 : repeats);
    depth = Math.max(depth, inner.depth);
  }
  const levels = node.kind === 'calculation' ? node.rest.length : node.kind === 'constant' ? 0 : 1;
  return { weight: Math.min(weight, Number.MAX_SAFE_INTEGER), depth: depth + levels };
}
