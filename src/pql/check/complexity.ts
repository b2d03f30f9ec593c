import { fitsScan, isAggregate, leanedOn } from '../reach';
import type { Generator, Typed } from '../typed-tree';
import { childrenOf } from '../typed-tree';

/**
 * What the engine is asked to take at most for one rule; all of it is far above what people write. DuckDB refuses
 * expressions that nest deeper than 1000. A unit of weight takes it some 25 µs to plan, so that the heaviest rule is
 * planned in about half a second.
 */
const mostWeight = 25_000;
const deepestNesting = 500;

const tooMuch = 'it says too much, or the same large thing too often.';
const tooDeep = 'its conditions and functions go too deep.';

/** Lists within each other: the time to evaluate is multiplied by the length of each. */
const mostNestedLists = 6;
const mostNestedEvents = 4;
/** The engine's time for collecting lists of events grows with the square of their number. */
const mostEventLists = 64;
/** Elements of a chain that are leaned on over others: all combinations of their events are followed. */
const mostOpenElements = 3;

/**
 * Why a checked rule that `sizeProblem` lets through is too much for the engine, or undefined. A node counts as often as its SQL is repeated: the time
 * of `occurs` stands in several comparisons.
 */
export function complexityProblem(rule: Typed): string | undefined {
  const measures = measure(rule);
  if (measures.weight > mostWeight) return tooMuch;
  if (measures.depth > deepestNesting) return tooDeep;
  if (measures.lists > mostNestedLists) {
    return `more than ${mostNestedLists} lists are looked at within each other.`;
  }
  if (measures.nestedEvents > mostNestedEvents) {
    return `events are looked at more than ${mostNestedEvents} times within each other.`;
  }
  if (measures.eventLists > mostEventLists) return `it needs more than ${mostEventLists} lists of events.`;
  if (measures.openElements <= mostOpenElements) return undefined;
  return `conditions lean on more than ${mostOpenElements} elements of a chain over others.`;
}

/**
 * The same by the bare number of nodes and levels, of which each weighs one at least. Variables used again and again make
 * a tree of millions of nodes out of few lines: this stops at the limit, needs no call stack, and comes before any other
 * look at the whole tree.
 */
export function sizeProblem(rule: Typed): string | undefined {
  const waiting: { readonly node: Typed; readonly depth: number }[] = [{ node: rule, depth: 0 }];
  let seen = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, depth } = next;
    seen += 1;
    if (seen > mostWeight) return tooMuch;
    // The innermost node may be a constant, which is no level.
    if (depth > deepestNesting) return tooDeep;
    for (const child of childrenOf(node)) waiting.push({ node: child, depth: depth + 1 });
  }
  return undefined;
}

interface Measures {
  readonly weight: number;
  readonly depth: number;
  /** Lists within each other, events among them. */
  readonly lists: number;
  readonly nestedEvents: number;
  readonly eventLists: number;
  readonly openElements: number;
}

/** @param within how many lambdas of SQL the node stands in: the engine looks at it once more for each. */
function measure(node: Typed, within = 0): Measures {
  const repeats = node.kind === 'occurs' ? 6 : node.kind === 'oneOf' || node.kind === 'inList' ? 2 : 1;
  const events = listedEventsOf(node);
  const lists = events + generatorsOf(node).filter(isOverList).length;
  const children = childrenOf(node).map((child) => ({
    constant: child.kind === 'constant',
    ...measure(child, within + lists),
  }));
  const weight = children.reduce(
    (sum, child) => sum + child.weight * (child.constant && node.kind === 'occurs' ? 1 : repeats),
    weightOf(node) * (1 + within),
  );
  const greatest = (part: Exclude<keyof Measures, 'weight' | 'eventLists'>): number =>
    children.reduce((most, child) => Math.max(most, child[part]), 0);
  return {
    weight: Math.min(weight, Number.MAX_SAFE_INTEGER),
    depth: greatest('depth') + levelsOf(node),
    lists: greatest('lists') + lists,
    nestedEvents: greatest('nestedEvents') + events,
    eventLists: children.reduce((sum, child) => sum + child.eventLists, events) - extremesOf(node),
    openElements: Math.max(greatest('openElements'), openElementsOf(node)),
  };
}

const generatorsOf = (node: Typed): readonly Generator[] => ('generators' in node ? node.generators : []);
const isOverList = ({ source }: Generator): boolean => source.kind === 'list';

/** Generators that go over a list of events which the scan collected. */
function listedEventsOf(node: Typed): number {
  if (!('generators' in node) || isAggregate(node)) return 0;
  return node.generators.filter((generator) => !isOverList(generator)).length;
}

/** Elements of a chain whose first or last time is an aggregate: these need no list. */
function extremesOf(node: Typed): number {
  if (node.kind !== 'chain') return 0;
  const [first, last] = [node.elements[0], node.elements.at(-1)];
  const ends = first === last ? [first] : [first, last];
  const isLeanedOn = leanedOn(node.elements, 0).length > 0;
  return ends.filter((element) => {
    const isExtreme =
      element?.relative === null && element.count.operator === '>=' && element.count.value === 1;
    return isExtreme && fitsScan(element.times) && !(element === first && isLeanedOn);
  }).length;
}

function openElementsOf(node: Typed): number {
  if (node.kind !== 'chain') return 0;
  return Math.max(0, ...node.elements.map((_, index) => leanedOn(node.elements, index).length));
}

/** Beside one for the node itself: measured, by planning many of a kind. */
const weights: Partial<Record<Typed['kind'], number>> = {
  top: 60,
  first: 15,
  collection: 10,
  groups: 60,
  mapping: 40,
  occurs: 20,
};

function weightOf(node: Typed): number {
  const own = 1 + (weights[node.kind] ?? 0) + 10 * generatorsOf(node).length;
  if (node.kind === 'defined') return own + leavesOf(node.operand.type) * 4;
  if (node.kind !== 'chain') return own;
  return node.elements.reduce((sum, { relative }) => sum + (relative === null ? 15 : 60), own);
}

function leavesOf(type: Typed['type']): number {
  if (type.kind !== 'object') return 0;
  return Object.values(type.fields).reduce((sum, field) => sum + 1 + leavesOf(field), 0);
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
  chain: 12,
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
