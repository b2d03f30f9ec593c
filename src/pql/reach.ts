import type { Generator, SequenceElement, Typed } from './typed-tree';
import { childrenOf } from './typed-tree';

/** What the value of a node depends on beside the profile. */
export interface Reach {
  /** Items that are bound further out. */
  readonly items: ReadonlySet<number>;
  /** Whether it takes a look at all events. */
  readonly events: boolean;
}

const known = new WeakMap<Typed, Reach>();

/** Finds out, once for each node, what it depends on. */
export function reachOf(node: Typed): Reach {
  const found = known.get(node) ?? findReach(node);
  known.set(node, found);
  return found;
}

function findReach(node: Typed): Reach {
  const items = new Set<number>();
  const generators = generatorsOf(node);
  let events = generators.some(({ source }) => source.kind === 'events');
  if ('owner' in node && node.owner.kind !== 'profile') items.add(node.owner.item);
  for (const child of childrenOf(node)) {
    const inner = reachOf(child);
    events ||= inner.events;
    for (const item of inner.items) items.add(item);
  }
  for (const item of boundBy(node)) items.delete(item);
  return { items, events };
}

function generatorsOf(node: Typed): readonly Generator[] {
  return 'generators' in node ? node.generators : [];
}

function boundBy(node: Typed): readonly number[] {
  if (node.kind !== 'chain') return generatorsOf(node).map(({ item }) => item);
  // A condition on earlier elements speaks of their ends, and of the event at hand.
  return node.elements.flatMap(({ end, times }) => [end, ...times.generators.map(({ item }) => item)]);
}

type Comprehension = Extract<Typed, { readonly generators: readonly Generator[] }>;

/**
 * True of what the one grouped scan of events can find out: it goes over events, depends on the profile alone, and
 * nothing in it looks at events once more.
 */
export function fitsScan(node: Comprehension): boolean {
  return (
    node.generators[0]?.source.kind === 'events' &&
    reachOf(node).items.size === 0 &&
    !childrenOf(node).some((child) => reachOf(child).events) &&
    node.generators.slice(1).every(({ source }) => source.kind === 'list')
  );
}

/** True of a condition that can be told from one item and the profile. */
export function leansOnlyOn(condition: Typed, item: number): boolean {
  const { items, events } = reachOf(condition);
  return !events && [...items].every((one) => one === item);
}

/** True of what the scan finds out as an aggregate; else events, or values of theirs, are collected in a list. */
export function isAggregate(node: Comprehension): boolean {
  if (!fitsScan(node)) return false;
  if (node.kind === 'first') return node.generators.length === 1;
  return node.kind === 'exists' || node.kind === 'aggregation';
}

/** The ends of elements up to one that elements after it lean on. */
export function leanedOn(elements: readonly SequenceElement[], index: number): readonly number[] {
  const later = elements.slice(index + 1);
  const needed = new Set(
    later.flatMap(({ relative }) => (relative === null ? [] : [...reachOf(relative).items])),
  );
  return elements.slice(0, index + 1).flatMap(({ end }) => (needed.has(end) ? [end] : []));
}
