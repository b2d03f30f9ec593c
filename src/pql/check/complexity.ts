import type { Typed } from '../typed-tree';
import { childrenOf } from '../typed-tree';

/**
 * What the engine is asked to take at most for one rule; both are far above what people write. DuckDB refuses
 * expressions that nest deeper than 1000, and plans deep ones slowly.
 */
const mostNodes = 60_000;
const deepestNesting = 500;

/** Lists whose items are looked at within each other: the engine's time to plan doubles with each. */
const mostNestedLists = 6;

/**
 * Why a checked rule is too much for the engine, or undefined. A node counts as often as its SQL is repeated: the time
 * of `occurs` stands in several comparisons.
 */
export function complexityProblem(rule: Typed): string | undefined {
  const { weight, depth, lists } = measure(rule);
  if (weight > mostNodes) return 'it says the same large thing too often.';
  if (lists > mostNestedLists) return `more than ${mostNestedLists} lists are looked at within each other.`;
  return depth > deepestNesting ? 'its conditions and functions go too deep.' : undefined;
}

interface Measures {
  readonly weight: number;
  readonly depth: number;
  readonly lists: number;
}

function measure(node: Typed): Measures {
  const repeats = node.kind === 'occurs' ? 6 : node.kind === 'oneOf' || node.kind === 'inList' ? 2 : 1;
  const children = childrenOf(node).map((child) => ({
    constant: child.kind === 'constant',
    ...measure(child),
  }));
  const weight = children.reduce((sum, child) => sum + child.weight * (child.constant ? 1 : repeats), 1);
  const greatest = (part: 'depth' | 'lists'): number =>
    children.reduce((most, child) => Math.max(most, child[part]), 0);
  return {
    weight: Math.min(weight, Number.MAX_SAFE_INTEGER),
    depth: greatest('depth') + levelsOf(node),
    lists: greatest('lists') + listsOf(node),
  };
}

function listsOf(node: Typed): number {
  const generators = 'generators' in node ? node.generators : [];
  return generators.filter(({ source }) => source.kind === 'list').length;
}

/** How many levels of SQL a node is, measured by nesting each until the engine refused. */
const levels: Partial<Record<Typed['kind'], number>> = {
  constant: 0,
  if: 2,
  compare: 2,
  oneOf: 3,
  inList: 5,
  defined: 2,
  convert: 7,
  apply: 3,
  exists: 8,
  aggregation: 8,
  occurs: 6,
  day: 12,
};

function levelsOf(node: Typed): number {
  if (node.kind !== 'calculation') return levels[node.kind] ?? 1;
  const divides = node.rest.some(({ operator }) => operator === '/' || operator === '%');
  return 1 + node.rest.length + (divides ? 3 : 0);
}
