import type { Generator, Typed } from '../typed-tree';
import { childrenOf } from '../typed-tree';

/**
 * True where a rule would need more than one scan of the events: an event is looked at for each event, or for each item
 * of a list. The rules for names refuse most of it at its place; this sees what lifting lists over tests brought about.
 */
export function needsSecondScan(rule: Typed): boolean {
  return visit(rule, null);
}

/** @param eventItem the event that the node is looked at for, if any. */
function visit(node: Typed, eventItem: number | null): boolean {
  const generators = 'generators' in node ? node.generators : [];
  const events = generators.find(readsAllEvents);
  const isOutermost = events === undefined || (eventItem === null && events === generators[0]);
  if (!isOutermost) return true;
  const inside = events?.item ?? eventItem;
  const isOuterItem =
    node.kind === 'field' && node.owner.kind === 'item' && inside !== null && node.owner.item < inside;
  return isOuterItem || childrenOf(node).some((child) => visit(child, inside));
}

function readsAllEvents(generator: Generator): boolean {
  return generator.source.kind === 'events';
}
