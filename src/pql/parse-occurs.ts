import type { OccursTail, TimeReference } from './ast';
import type { Productions } from './productions';
import { takeComparison } from './productions';
import type { TokenStream } from './token-stream';
import type { TimeUnit } from './words';
import { timeUnitOf } from './words';

/**
 * occursTail = relOp addExpr unit direction timeRef | direction timeRef
 *            | "between" timeRef "and" timeRef | [ "on" ] timeRef ;
 */
export function parseOccursTail(productions: Productions): OccursTail {
  const { stream } = productions;
  const operator = takeComparison(stream);
  if (operator !== undefined) {
    const amount = productions.parseAdditive();
    const unit = parseUnit(stream);
    const direction = takeDirection(stream);
    if (direction === undefined) return stream.fail('"before", "after" or "from"');
    return {
      form: 'distance',
      operator,
      amount,
      unit,
      direction,
      reference: parseTimeReference(productions),
    };
  }
  const direction = takeDirection(stream);
  if (direction !== undefined) {
    return { form: 'direction', direction, reference: parseTimeReference(productions) };
  }
  if (stream.takeWord('between')) {
    const first = parseTimeReference(productions);
    stream.expectWord('and');
    return { form: 'between', first, last: parseTimeReference(productions) };
  }
  stream.takeWord('on');
  return { form: 'on', reference: parseTimeReference(productions) };
}

/** direction = "before" | "after" | "from" ; */
function takeDirection(stream: TokenStream): 'before' | 'after' | 'from' | undefined {
  const word = stream.wordAt();
  if (word !== 'before' && word !== 'after' && word !== 'from') return undefined;
  stream.next();
  return word;
}

function parseUnit(stream: TokenStream): TimeUnit {
  const unit = timeUnitOf(stream.wordAt() ?? '');
  if (unit === undefined) return stream.fail('a unit of time, such as "days"');
  stream.next();
  return unit;
}

/** timeRef = "now" | "today" | "yesterday" | "tomorrow" | ("this"|"last"|"next") unit | addExpr ; */
function parseTimeReference(productions: Productions): TimeReference {
  const { stream } = productions;
  const span = stream.peek();
  const word = stream.wordAt();
  switch (word) {
    case 'now':
    case 'today':
    case 'yesterday':
    case 'tomorrow':
      stream.next();
      return { kind: word, span: stream.spanFrom(span) };
    case 'this':
    case 'last':
    case 'next': {
      stream.next();
      const unit = parseUnit(stream);
      return { kind: 'calendar', which: word, unit, span: stream.spanFrom(span) };
    }
    default: {
      const value = productions.parseAdditive();
      return { kind: 'value', value, span: value.span };
    }
  }
}
