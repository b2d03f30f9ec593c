import type { Arithmetic, ArithmeticOperator, Expression } from './ast';
import type { TokenStream } from './token-stream';

const operatorsOf: Readonly<Record<Arithmetic['level'], readonly ArithmeticOperator[]>> = {
  additive: ['+', '-'],
  multiplicative: ['*', '/', '%'],
};

/** operand { operator operand } of one level of precedence, as one flat node. */
export function parseArithmetic(
  stream: TokenStream,
  level: Arithmetic['level'],
  parseOperand: () => Expression,
): Expression {
  const start = stream.peek();
  const first = parseOperand();
  const rest: { operator: ArithmeticOperator; operand: Expression }[] = [];
  for (let operator = takeOperator(stream, level); operator !== undefined;) {
    rest.push({ operator, operand: parseOperand() });
    operator = takeOperator(stream, level);
  }
  if (rest.length === 0) return first;
  return { kind: 'arithmetic', span: stream.spanFrom(start), level, first, rest };
}

function takeOperator(stream: TokenStream, level: Arithmetic['level']): ArithmeticOperator | undefined {
  const operator = operatorsOf[level].find((mark) => stream.isMark(mark));
  if (operator !== undefined) stream.next();
  return operator;
}
