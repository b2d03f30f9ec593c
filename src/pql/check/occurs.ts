import type { Expression, Occurs, OccursTail, TimeReference } from '../ast';
import { invariant } from '../../lib/assert';
import type { Span } from '../source';
import type { Typed, TypedReference, TypedTail } from '../typed-tree';
import { booleanType, datetimeType, reported } from '../typed-tree';
import { familyOf, nameType } from '../value-types';
import { numberOf } from './arithmetic';
import type { Checker, CheckRule, Scope } from './checker';
import { coerce } from './coercion';
import { isList, overElements } from './collections';

/** `t occurs …`: a time against intervals of the calendar or of the clock. See docs/pql.md, "occurs". */
export const checkOccurs: CheckRule<Occurs> = (node, scope, checker) =>
  occursTest(
    { time: timeOperand(node.time, scope, checker), tail: node.tail, span: node.span, scope },
    checker,
  );

export interface OccursParts {
  readonly time: Typed;
  readonly tail: OccursTail;
  readonly span: Span;
  readonly scope: Scope;
}

/** The same for a time that is checked already, e.g. that of an event of a chain. */
export function occursTest({ time, tail, span, scope }: OccursParts, checker: Checker): Typed {
  const references = referencesOf(tail);
  const values = references.map((reference) =>
    reference.kind === 'value' ? timeOperand(reference.value, scope, checker) : null,
  );
  const amount = tail.form === 'distance' ? amountOf(tail.amount, scope, checker) : undefined;
  const operands = [time, ...values.filter((value) => value !== null)];
  return overElements({
    operands,
    span,
    checker,
    build: (scalars) => {
      const [left, ...instants] = scalars.map((value) =>
        coerce({ value, target: datetimeType, span }, checker),
      );
      invariant(left !== undefined, 'occurs has a left side');
      const typed = references.map((reference): TypedReference => {
        if (reference.kind !== 'value') return reference;
        const value = instants.shift();
        invariant(value !== undefined, 'one value for each reference');
        return referenceTo(value);
      });
      const found = typedTail({ tail, references: typed, amount, span }, checker);
      return found === undefined ? reported : { kind: 'occurs', type: booleanType, time: left, tail: found };
    },
  });
}

function referencesOf(tail: OccursTail): readonly TimeReference[] {
  return tail.form === 'between' ? [tail.first, tail.last] : [tail.reference];
}

/** A date that is made of numbers is a day; every other value is an instant. */
function referenceTo(value: Typed): TypedReference {
  return value.kind === 'day' ? { kind: 'day', day: value } : { kind: 'instant', value };
}

/**
 * A value that must be a time, or a list; ISO text and milliseconds are times. A list is left as it is: each of its
 * elements becomes a time when it is looked at, for they need not be of one type (`if(c, xEvent.timestamp, xEvent.id)`).
 */
export function timeOperand(node: Expression, scope: Scope, checker: Checker): Typed {
  const value = checker.value(node, scope);
  const family = familyOf(value.type.kind === 'array' ? value.type.items : value.type);
  if (!['time', 'text', 'number', 'null', 'unknown'].includes(family)) {
    const problem = `A time is needed here, not ${nameType(value.type)}.`;
    return checker.error('type-mismatch', node.span, { problem });
  }
  return isList(value) ? value : coerce({ value, target: datetimeType, span: node.span }, checker);
}

function amountOf(node: Expression, scope: Scope, checker: Checker): Typed {
  const amount = numberOf(node, scope, checker);
  const written = amount.kind === 'constant' ? amount.value : 0;
  if (typeof written === 'number' && (!Number.isInteger(written) || written < 0)) {
    return checker.error('invalid-amount', node.span, { text: String(written) });
  }
  return amount;
}

interface TailParts {
  readonly tail: OccursTail;
  readonly references: readonly TypedReference[];
  readonly amount: Typed | undefined;
  readonly span: Span;
}

function typedTail({ tail, references, amount, span }: TailParts, checker: Checker): TypedTail | undefined {
  const [reference, last] = references;
  invariant(reference !== undefined, 'every form of occurs has a reference');
  switch (tail.form) {
    case 'distance': {
      invariant(amount !== undefined, 'a distance has an amount');
      const { form, operator, unit, direction } = tail;
      return { form, operator, unit, direction, amount, reference };
    }
    case 'direction': {
      if (tail.direction !== 'from') return { form: 'direction', direction: tail.direction, reference };
      const problem = '"from" needs a distance, such as "< 3 days from now". For a day itself write "on".';
      checker.error('type-mismatch', span, { problem });
      return undefined;
    }
    case 'between':
      invariant(last !== undefined, 'between has two references');
      return { form: 'between', first: reference, last };
    case 'on':
      return { form: 'on', reference };
  }
}
