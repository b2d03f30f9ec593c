import type { Aggregation, Compare, Typed } from '../typed-tree';
import type { ComparisonOperator } from '../ast';

/** True of a condition that holds of nobody without events; false where it may hold, or where that is not plain to see. */
export function needsEvents(node: Typed): boolean {
  switch (node.kind) {
    case 'exists':
      return overEvents(node);
    case 'chain':
      return node.elements.some(
        ({ times, count }) => overEvents(times) && count.operator === '>=' && count.value > 0,
      );
    case 'logical':
      return node.operator === 'and' ? node.operands.some(needsEvents) : node.operands.every(needsEvents);
    case 'compare':
      return comparesEvents(node);
    default:
      return false;
  }
}

function overEvents({ generators }: Pick<Aggregation, 'generators'>): boolean {
  return generators.some(({ source }) => source.kind === 'events');
}

/** Of no event the count and the sum are 0, and everything else is null, of which no comparison is true. */
function comparesEvents({ left, operator, right }: Compare): boolean {
  if (left.kind !== 'aggregation' || !overEvents(left)) return false;
  if (right.kind !== 'constant' || typeof right.value !== 'number') return false;
  const ofNothing = left.aggregate === 'count' || left.aggregate === 'sum' ? 0 : null;
  return ofNothing === null || !holds(ofNothing, operator, right.value);
}

function holds(left: number, operator: ComparisonOperator, right: number): boolean {
  return {
    '=': left === right,
    '!=': left !== right,
    '>': left > right,
    '>=': left >= right,
    '<': left < right,
    '<=': left <= right,
  }[operator];
}
