import type { Span } from '../source';
import type { AggregationName, Typed, ValueType } from '../typed-tree';
import { numberType, yes } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { Checker } from './checker';
import { coerce } from './coercion';
import type { Elements } from './collections';
import { collect, defined, elementsOf, filtered, listFrom } from './collections';
import { isTakenApart } from './parts';

export interface AggregateRequest {
  readonly aggregate: AggregationName;
  readonly elements: Elements;
  readonly span: Span;
}

/**
 * `count`, `sum`, `average`, `min`, `max` of the values of a list; values that are null do not count.
 *
 * Of nothing: count and sum 0, the others null. Source: docs/pql.md, "Functions".
 */
export function aggregateOf(request: AggregateRequest, checker: Checker): Typed {
  const { aggregate, span } = request;
  // A list within a list is one item to count; the numbers of lists within lists are summed up all the same.
  const flat =
    aggregate === 'count' ? listFrom(countable(request.elements)) : collect(request.elements, checker);
  if (familyOf(flat.type) === 'unknown') return flat;
  const { generators, value, distinct } = elementsOf(flat, checker);
  if (aggregate === 'count') {
    return { kind: 'aggregation', type: { kind: 'integer' }, aggregate, generators, value, distinct };
  }
  const operand = aggregateOperand({ aggregate, value, span }, checker);
  const type = resultType(aggregate, operand);
  return { kind: 'aggregation', type, aggregate, generators, value: operand, distinct };
}

/** What is no one value in SQL is counted by whether it is there. */
function countable(elements: Elements): Elements {
  if (!isTakenApart(elements.value)) return elements;
  return { ...filtered(elements, defined(elements.value)), value: yes };
}

function resultType(aggregate: AggregationName, operand: Typed): ValueType {
  return aggregate === 'sum' || aggregate === 'average' ? numberType : operand.type;
}

function aggregateOperand(
  { aggregate, value, span }: { aggregate: AggregationName; value: Typed; span: Span },
  checker: Checker,
): Typed {
  const family = familyOf(value.type);
  const isOfOrder = aggregate === 'min' || aggregate === 'max';
  const ordered = isOfOrder ? ['number', 'time', 'text'] : ['number', 'null'];
  if (!ordered.includes(family)) {
    const hint = ['object', 'map'].includes(family) ? ` Name the attribute: ${aggregate}(price).` : '';
    const problem = `"${aggregate}" needs numbers, not ${nameType(value.type)}.${hint}`;
    return checker.error('type-mismatch', span, { problem });
  }
  if (aggregate === 'min' || aggregate === 'max') return value;
  return coerce({ value, target: numberType, span }, checker);
}
