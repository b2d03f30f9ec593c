import type { Direction, OccursTail, TimeReference } from './ast';
import type { Productions } from './productions';
import { takeComparison } from './productions';
import type { TokenStream } from './token-stream';
import { syntaxFailure } from './token-stream';
import type { TimeUnit } from './words';
import { timeUnitOf, unitWords } from './words';

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
    if (stream.isWord('ago')) {
      stream.report('foreign-syntax', { written: 'ago', instead: 'before now', suggestion: 'before now' });
      stream.next();
      return { form: 'distance', operator, amount, unit, direction: 'before', reference: nowAt(stream) };
    }
    const direction = takeDirection(stream) ?? stream.takeMisspelt(directions);
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
  refuseLastDays(stream);
  if (stream.isWord('on')) stream.next();
  return { form: 'on', reference: parseTimeReference(productions) };
}

const directions = ['before', 'after', 'from'] as const;

/** direction = "before" | "after" | "from" ; */
function takeDirection(stream: TokenStream): Direction | undefined {
  return directions.find((word) => stream.takeWord(word));
}

function nowAt(stream: TokenStream): TimeReference {
  return { kind: 'now', span: { from: stream.lastEnd, to: stream.lastEnd } };
}

/** `last 3 days`, `within 3 days`, `in the last 3 days`: what is meant is a distance. */
function refuseLastDays(stream: TokenStream): void {
  let ahead = 0;
  while (['in', 'within', 'the', 'last', 'past', 'next'].includes(stream.wordAt(ahead) ?? '')) ahead += 1;
  const amount = stream.peek(ahead);
  const unit = timeUnitOf(stream.wordAt(ahead + 1) ?? '');
  if (ahead === 0 || amount.kind !== 'integer' || unit === undefined) return;
  const words = Array.from({ length: ahead }, (_, index) => stream.wordAt(index) ?? '');
  const direction = words.includes('next') ? 'after' : 'before';
  const rest = `${amount.value} ${stream.wordAt(ahead + 1) ?? unit}`;
  const meant = `<= ${rest} ${direction} now`;
  stream.reportOver(ahead + 2, 'foreign-syntax', {
    written: `${words.join(' ')} ${rest}`,
    instead: meant,
    suggestion: meant,
  });
  throw syntaxFailure;
}

function parseUnit(stream: TokenStream): TimeUnit {
  const unit = timeUnitOf(stream.wordAt() ?? '');
  if (unit === undefined) return stream.fail('a unit of time, such as "days"', unitWords);
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
