import type { AggregateName, Expression, VariableDeclaration } from './ast';
import { inWords, methodCall } from './method-call';
import type { Productions } from './productions';
import { refuseLongRow } from './productions';
import type { Span } from './source';
import type { TokenStream } from './token-stream';
import { isReservedWord } from './words';

/** varDecls = varDecl { "," varDecl } ; */
export function parseDeclarations(productions: Productions): readonly VariableDeclaration[] {
  const { stream } = productions;
  const declarations = [parseDeclaration(productions)];
  // A comma belongs to us only when another declaration follows it; else to the list or call around.
  while (stream.isMark(',') && atDeclaration(stream, 1)) {
    stream.next();
    declarations.push(parseDeclaration(productions));
  }
  refuseLongRow(declarations, { of: 'variables', stream });
  return declarations;
}

/** True where a declaration begins: a name and `from`. */
export function atDeclaration(stream: TokenStream, ahead: number): boolean {
  const name = stream.wordAt(ahead);
  const from = stream.wordAt(ahead + 1)?.toLowerCase();
  return name !== undefined && !isReservedWord(name) && from === 'from';
}

/** varDecl = ident "from" addExpr [ ( "where" | ":" ) expr ] ; */
function parseDeclaration(productions: Productions): VariableDeclaration {
  const { stream } = productions;
  const start = stream.peek();
  const variable = productions.parseIdentifier('a variable name');
  // Other languages say `for x in list`.
  if (stream.isWord('in')) {
    stream.reportOver(1, 'foreign-syntax', { written: 'in', instead: 'from', suggestion: 'from' });
  } else {
    stream.expectWord('from');
  }
  const source = productions.parseAdditive();
  const hasCondition =
    stream.takeWord('where') || stream.takeMark(':') || stream.takeMisspelt(['where']) !== undefined;
  const where = hasCondition ? productions.parseExpression() : null;
  return { span: stream.spanFrom(start), variable, source, where };
}

/** aggregate = ( "sum" | "average" | "min" | "max" ) ( expr "over" varDecls | varDecl ) ; */
export function parseAggregate(productions: Productions, aggregate: AggregateName, start: Span): Expression {
  const { stream } = productions;
  stream.next();
  if (atDeclaration(stream, 0)) {
    const variables = [parseDeclaration(productions)];
    return { kind: 'aggregate', span: stream.spanFrom(start), aggregate, value: null, variables };
  }
  const isCall = stream.isMark('(');
  const value = productions.parseExpression();
  const isOver = stream.wordAt()?.toLowerCase() === 'over' || stream.misspelt(['over']) !== undefined;
  if (isCall && !isOver) return refuseAggregateCall(stream, { name: aggregate, value, start });
  stream.expectWord('over');
  const variables = parseDeclarations(productions);
  return { kind: 'aggregate', span: stream.spanFrom(start), aggregate, value, variables };
}

interface AggregateCall {
  readonly name: AggregateName;
  readonly value: Expression;
  readonly start: Span;
}

/** `sum(orders.price)` is `orders.price.sum()`; where more was read, the brackets may have held only a part of it. */
function refuseAggregateCall(stream: TokenStream, { name, value, start }: AggregateCall): Expression {
  const span = stream.spanFrom(start);
  const isPath = value.kind === 'access' || value.kind === 'name';
  const suggestion = isPath ? inWords(methodCall(value, name, [])) : undefined;
  const instead = suggestion ?? `list.${name}(value), or ${name} value over X from list`;
  stream.reportAt(span, 'foreign-syntax', { written: `${name}(…)`, instead, suggestion });
  return value;
}
