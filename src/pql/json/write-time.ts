import { assertNever } from '../../lib/assert';
import type { OccursTail, TimeReference } from '../ast';
import type { PqlNode } from './json-node';
import type { Scope } from './scope';
import type { Writer } from './writer';

/** What follows `occurs`, or stands in `WHEN(…)`. */
export function writeTimeConstraint(tail: OccursTail, scope: Scope, writer: Writer): PqlNode {
  const constraint = { nodeType: 'timeConstraint', form: tail.form };
  switch (tail.form) {
    case 'distance':
      return {
        ...constraint,
        comparison: tail.operator,
        amount: writer.writeNode(tail.amount, scope),
        unit: tail.unit,
        direction: tail.direction,
        ref: writeReference(tail.reference, scope, writer),
      };
    case 'direction':
      return { ...constraint, direction: tail.direction, ref: writeReference(tail.reference, scope, writer) };
    case 'between':
      return {
        ...constraint,
        ref: writeReference(tail.first, scope, writer),
        ref2: writeReference(tail.last, scope, writer),
      };
    case 'on':
      return { ...constraint, ref: writeReference(tail.reference, scope, writer) };
    default:
      return assertNever(tail);
  }
}

/** `now`, `last week` …; any other value as it is. */
function writeReference(reference: TimeReference, scope: Scope, writer: Writer): PqlNode {
  switch (reference.kind) {
    case 'value':
      return writer.writeNode(reference.value, scope);
    case 'calendar':
      return { nodeType: 'timeRef', kind: reference.which, unit: reference.unit };
    default:
      return { nodeType: 'timeRef', kind: reference.kind };
  }
}
