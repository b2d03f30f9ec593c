import type { ComparisonOperator, Expression, Identifier } from './ast';
import { limits, type Span } from './source';
import type { TokenStream } from './token-stream';

/** The productions that parts of the grammar in files of their own need from the parser. */
export interface Productions {
  readonly stream: TokenStream;
  /** expr */
  parseExpression(): Expression;
  /** addExpr */
  parseAdditive(): Expression;
  /** postfix */
  parsePostfix(): Expression;
  /** ident; `expected` says in words what it names. */
  parseIdentifier(expected: string): Identifier;
  /** The inside of brackets whose opening was taken, and the closing one. */
  bracketed<Inside>(closing: ')' | ']' | '}', parseInside: () => Inside): Inside;
}

const comparisonOperators: readonly ComparisonOperator[] = ['=', '!=', '<', '<=', '>', '>='];

/** relOp = "=" | "!=" | "<" | "<=" | ">" | ">=" ; */
export function takeComparison(stream: TokenStream): ComparisonOperator | undefined {
  const operator = comparisonOperators.find((mark) => stream.isMark(mark));
  if (operator !== undefined) stream.next();
  return operator;
}

/** Says so where more stand in a row than a rule may have. */
export function refuseLongRow(
  items: readonly { readonly span: Span }[],
  { of, stream }: { readonly of: string; readonly stream: TokenStream },
): void {
  const excess = items[limits.row];
  const why = `more than ${limits.row} ${of} stand in a row.`;
  if (excess !== undefined) stream.reportAt(excess.span, 'too-complex', { why });
}

/** True where a comparison operator stands. */
export function atComparison(stream: TokenStream): boolean {
  return comparisonOperators.some((mark) => stream.isMark(mark));
}
