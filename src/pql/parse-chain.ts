import type { Chain, ChainClause, ChainElement } from './ast';
import { parseOccursTail } from './parse-occurs';
import type { Productions } from './productions';
import { refuseLongRow, takeComparison } from './productions';
import type { Span } from './source';
import type { TokenStream } from './token-stream';

/**
 * chain = "chain" "(" addExpr "," path "," "[" elem { "," elem } "]" ")" ;
 *
 * Its words are taken in any case.
 */
export function parseChain(productions: Productions, start: Span): Chain {
  const { stream } = productions;
  stream.next();
  stream.expectMark('(');
  const parts = productions.bracketed(')', () => {
    const array = productions.parseAdditive();
    stream.expectMark(',');
    if (stream.isMark('['))
      return stream.fail('the path of the time of events, such as timestamp, before the elements');
    const timestamp = productions.parsePostfix();
    stream.expectMark(',');
    stream.expectMark('[');
    const elements = productions.bracketed(']', () => parseElements(productions));
    return { array, timestamp, elements };
  });
  return { kind: 'chain', span: stream.spanFrom(start), ...parts };
}

function parseElements(productions: Productions): readonly ChainElement[] {
  const { stream } = productions;
  const elements = [parseElement(productions)];
  while (stream.takeMark(',')) elements.push(parseElement(productions));
  refuseLongRow(elements, { of: 'elements of a chain', stream });
  return elements;
}

/**
 * elem = ident ":" "WHAT" "(" expr ")"
 *        { "WHERE" "(" expr ")" | "WHEN" "(" occursTail ")" | "COUNT" "(" countArg ")" } ;
 */
function parseElement(productions: Productions): ChainElement {
  const { stream } = productions;
  const start = stream.peek();
  if (stream.isMark('(', 1)) return stream.fail('a name and ":" before an element, such as A: WHAT(…)');
  const name = productions.parseIdentifier('the name of an element');
  stream.expectMark(':');
  if (!takeChainWord(stream, 'what') && stream.takeMisspelt(['WHAT']) === undefined)
    return stream.fail('"WHAT"');
  const what = inBrackets(productions, () => productions.parseExpression());
  const clauses: ChainClause[] = [];
  for (let clause = parseClause(productions); clause !== undefined; clause = parseClause(productions)) {
    clauses.push(clause);
  }
  return { span: stream.spanFrom(start), name, what, clauses };
}

function parseClause(productions: Productions): ChainClause | undefined {
  const { stream } = productions;
  if (takeChainWord(stream, 'where')) {
    return { kind: 'where', condition: inBrackets(productions, () => productions.parseExpression()) };
  }
  if (takeChainWord(stream, 'when')) {
    return { kind: 'when', tail: inBrackets(productions, () => parseOccursTail(productions)) };
  }
  if (!takeChainWord(stream, 'count')) return undefined;
  // countArg = [ relOp ] addExpr ;
  return inBrackets(productions, () => {
    const operator = takeComparison(stream) ?? null;
    return { kind: 'count', operator, count: productions.parseAdditive() };
  });
}

function inBrackets<Inside>(productions: Productions, parseInside: () => Inside): Inside {
  productions.stream.expectMark('(');
  return productions.bracketed(')', parseInside);
}

function takeChainWord(stream: TokenStream, word: string): boolean {
  const found = stream.wordAt()?.toLowerCase() === word;
  if (found) stream.next();
  return found;
}
