import type { Span } from '../source';
import type { AggregationName, Typed, ValueType } from '../typed-tree';
import { numberType } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import type { Checker } from './checker';
import { coerce } from './coercion';
import type { Elements } from './collections';
import { collect, elementsOf } from './collections';

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
  // A value that is a list itself counts by its items.
  const flat = collect(request.elements, checker);
  if (familyOf(flat.type) === 'unknown') return flat;
  const { generators, value, distinct } = elementsOf(flat, checker);
  if (aggregate === 'count') {
    if (distinct && familyOf(value.type) === 'object') {
      return checker.error('unsupported', span, { what: 'Counting distinct objects' });
    }
    return { kind: 'aggregation', type: { kind: 'integer' }, aggregate, generators, value, distinct };
  }
  const operand = aggregateOperand({ aggregate, value, span }, checker);
  const type = resultType(aggregate, operand);
  return { kind: 'aggregation', type, aggregate, generators, value: operand, distinct };
}

function resultType(aggregate: AggregationName, operand: Typed): ValueType {
  return aggregate === 'sum' || aggregate === 'average' ? numberType : operand.type;
}

function aggregateOperand(
  { aggregate, value, span }: { aggregate: AggregationName; value: Typed; span: Span },
  checker: Checker,
): Typed {
  const family = familyOf(value.type);
  const ordered =
    aggregate === 'min' || aggregate === 'max' ? ['number', 'time', 'text'] : ['number', 'text'];
  if (!ordered.includes(family)) {
    const problem = `"${aggregate}" needs numbers, not ${nameType(value.type)}. Name the attribute: ${aggregate}(price).`;
    return checker.error('type-mismatch', span, { problem });
  }
  if (aggregate === 'min' || aggregate === 'max') return value;
  return coerce({ value, target: numberType, span }, checker);
}
