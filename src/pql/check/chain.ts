import type { Chain, ChainClause, ChainElement, ComparisonOperator } from '../ast';
import type { SequenceElement, Typed } from '../typed-tree';
import { booleanType, childrenOf, datetimeType, reported } from '../typed-tree';
import { nameType } from '../value-types';
import type { Checker, CheckRule, Scope } from './checker';
import { withVariables } from './checker';

import { allOf, elementsOf, filtered, isList, present } from './collections';
import { occursTest, timeOperand } from './occurs';

/** What is known of the elements before one: their names stand for the time of their last event. */
interface Earlier {
  readonly name: string;
  readonly end: Typed;
}

/**
 * `chain(A, time, [X: WHAT(…) …, …])`: events of A, one group after the other in strict order of time. See docs/pql.md,
 * "Sequences of events".
 */
export const checkChain: CheckRule<Chain> = (node, scope, checker) => {
  const list = checker.value(node.array, scope);
  if (!isList(list)) {
    if (list.type.kind === 'unknown') return list;
    const problem = `"chain" needs a list such as xEvent, not ${nameType(list.type)}.`;
    return checker.error('type-mismatch', node.array.span, { problem });
  }
  const earlier: Earlier[] = [];
  const elements: SequenceElement[] = [];
  for (const element of node.elements) {
    const { name, span } = element.name;
    if (earlier.some((one) => one.name === name)) checker.error('duplicate-name', span, { name });
    const isLast = element === node.elements.at(-1);
    const checked = checkElement({ node, element, earlier, isLast, scope }, checker);
    if (checked === undefined) return reported;
    elements.push(checked);
    const owner = { kind: 'item', item: checked.end } as const;
    earlier.push({ name, end: { kind: 'field', type: datetimeType, owner, path: '' } });
  }
  return { kind: 'chain', type: booleanType, elements };
};

interface ElementParts {
  readonly node: Chain;
  readonly element: ChainElement;
  readonly earlier: readonly Earlier[];
  readonly isLast: boolean;
  readonly scope: Scope;
}

function checkElement(parts: ElementParts, checker: Checker): SequenceElement | undefined {
  const { node, element, earlier, isLast, scope } = parts;
  // Taken anew for each element, so that each has items of its own.
  const events = present(elementsOf(checker.value(node.array, scope), checker));
  if (events.tuples) {
    checker.error('unsupported', node.array.span, {
      what: 'A sequence of combinations of several variables',
    });
    return undefined;
  }
  const inner: Scope = { ...scope, contexts: [...scope.contexts, events.value] };
  const time = timeOperand(node.timestamp, inner, checker);
  if (isList(time)) {
    checker.error('type-mismatch', node.timestamp.span, {
      problem: 'An event of a chain needs one time, not a list.',
    });
    return undefined;
  }
  const names = withVariables(
    inner,
    earlier.map(({ name, end }) => [name, { kind: 'value', value: end }]),
  );
  const conditions = [checker.test(element.what, inner)];
  const relative: Typed[] = [];
  for (const clause of element.clauses) {
    if (clause.kind === 'where') conditions.push(checker.test(clause.condition, inner));
    if (clause.kind !== 'when') continue;
    const test = occursTest({ time, tail: clause.tail, span: element.span, scope: names }, checker);
    const isRelative = earlier.some(({ end }) => mentions(test, end));
    (isRelative ? relative : conditions).push(test);
  }
  const times = present({ ...filtered(events, allOf(conditions)), value: time });
  return {
    times: { ...times, kind: 'collection', type: { kind: 'array', items: datetimeType } },
    relative: relative.length === 0 ? null : allOf(relative),
    end: checker.newItem({ kind: 'events' }),
    count: countOf(element, isLast, checker),
  };
}

function mentions(node: Typed, end: Typed): boolean {
  return node === end || childrenOf(node).some((child) => mentions(child, end));
}

const once = { operator: '>=', value: 1 } as const;

/** How many events a group has: a whole number that is written down. */
function countOf(element: ChainElement, isLast: boolean, checker: Checker): SequenceElement['count'] {
  const [clause, second] = element.clauses.filter((one): one is CountClause => one.kind === 'count');
  if (clause === undefined) return once;
  if (second !== undefined) {
    checker.error('type-mismatch', second.count.span, { problem: 'An element has one COUNT.' });
  }
  const { count } = clause;
  if (count.kind !== 'literal' || typeof count.value !== 'number') {
    checker.error('unsupported', count.span, { what: 'COUNT of anything but a number that is written down' });
    return once;
  }
  if (!Number.isInteger(count.value)) {
    checker.error('type-mismatch', count.span, {
      problem: `COUNT takes a whole number, not ${count.value}.`,
    });
    return once;
  }
  const operator: ComparisonOperator = clause.operator ?? '>=';
  const value = operator === '>' ? count.value + 1 : count.value;
  const isLeast = operator === '>=' || operator === '>';
  if (!isLast && !(isLeast && value > 0)) {
    const problem = isLeast
      ? 'Every element but the last has one event at least.'
      : `Only the last element can count with "${operator}": its group is all that match.`;
    checker.error('type-mismatch', count.span, { problem });
  }
  return { operator: isLeast ? '>=' : operator, value };
}

type CountClause = Extract<ChainClause, { readonly kind: 'count' }>;
