import type { Expression, ListLiteral } from './ast';
import { inWords, methodCall } from './method-call';
import type { Productions } from './productions';
import type { Span } from './source';
import { syntaxFailure } from './token-stream';
import type { TokenStream } from './token-stream';

/** Functions that people write between their operands, as operators of other languages. */
const infixFunctions: readonly string[] = [
  ...['contains', 'doesNotContain', 'startsWith', 'doesNotStartWith', 'endsWith', 'doesNotEndWith'],
  ...['equals', 'notEqualTo', 'intersects', 'subsetOf', 'supersetOf', 'includes'],
];

/**
 * What writers of SQL and other languages put after a value, in any case of letters: it is said with what to write
 * instead, and where the meaning is clear, reading goes on with that. Undefined where nothing of the kind stands here.
 */
export function readHabit(productions: Productions, start: Span, left: Expression): Expression | undefined {
  const { stream } = productions;
  const first = stream.wordAt()?.toLowerCase();
  const second = stream.wordAt(1)?.toLowerCase();
  if (first === 'is') return readIs(productions, start, left);
  if (first === 'not' && second === 'in') {
    stream.reportOver(2, 'foreign-syntax', { written: 'not in', instead: 'notIn', suggestion: 'notIn' });
    const right = productions.parseAdditive();
    return { kind: 'membership', span: stream.spanFrom(start), operator: 'notIn', left, right };
  }
  if (first === 'not' && (second === 'like' || second === 'matches')) {
    stream.reportOver(2, 'foreign-syntax', {
      written: `not ${second}`,
      instead: `not(… ${second} …) around the whole`,
    });
    const right = productions.parseAdditive();
    return { kind: 'match', span: stream.spanFrom(start), operator: second, left, right };
  }
  if (first === 'between') return readBetween(productions, left);
  if (first === 'ilike') {
    stream.reportOver(1, 'foreign-syntax', {
      written: 'ilike',
      instead: '.contains("…", false) or the like',
    });
    throw syntaxFailure;
  }
  const infix = infixFunctions.find((name) => name.toLowerCase() === first);
  return infix === undefined ? undefined : readInfix(productions, { start, left, name: infix });
}

/** `is null`, `is not null`, `is x`, `is not x`. */
function readIs(productions: Productions, start: Span, left: Expression): Expression {
  const { stream } = productions;
  const isNegative = stream.wordAt(1)?.toLowerCase() === 'not';
  const count = isNegative ? 2 : 1;
  const written = isNegative ? 'is not' : 'is';
  if (stream.wordAt(count)?.toLowerCase() !== 'null') {
    const operator = isNegative ? '!=' : '=';
    stream.reportOver(count, 'foreign-syntax', { written, instead: operator, suggestion: operator });
    const right = productions.parseAdditive();
    return { kind: 'comparison', span: stream.spanFrom(start), operator, left, right };
  }
  const name = isNegative ? 'isNotNull' : 'isNull';
  const meant = `.${name}()`;
  stream.reportOver(count + 1, 'foreign-syntax', {
    written: `${written} null`,
    instead: meant,
    suggestion: meant,
  });
  return { ...methodCall(left, name, []), span: stream.spanFrom(start) };
}

/** `x between a and b` of numbers. */
function readBetween(productions: Productions, left: Expression): never {
  const { stream } = productions;
  const value = inWords(left);
  stream.reportOver(1, 'foreign-syntax', {
    written: 'between',
    instead: `${value} >= … and ${value} <= …, or occurs between for times`,
  });
  throw syntaxFailure;
}

interface Infix {
  readonly start: Span;
  readonly left: Expression;
  readonly name: string;
}

/** `city contains "x"` for `city.contains("x")`. */
function readInfix(productions: Productions, { start, left, name }: Infix): Expression {
  const { stream } = productions;
  const word = stream.next();
  const right = productions.parseAdditive();
  const meant = `.${name}(${inWords(right)})`;
  const span = { from: word.from, to: stream.lastEnd };
  stream.reportAt(span, 'foreign-syntax', {
    written: word.kind === 'word' ? `${word.word} …` : name,
    instead: meant,
    suggestion: meant,
  });
  return { ...methodCall(left, name, [right]), span: stream.spanFrom(start) };
}

/** A list that was read in other brackets than its own. */
export function refuseBrackets(stream: TokenStream, written: string, list: ListLiteral): Expression {
  const meant = inWords(list);
  stream.reportAt(list.span, 'foreign-syntax', { written, instead: meant, suggestion: meant });
  return list;
}
