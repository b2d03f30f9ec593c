import type { ArithmeticOperator, ComparisonOperator, Expression } from '../ast';
import type { CallNode } from './call-node';
import { readCallNode } from './call-node';
import { child, has, isBracketed, nodeTypeOf } from './place';
import type { Place, Reader } from './reader';
import { nowhere } from './reader';
import { readTimeConstraint } from './read-time';
import type { Scope } from './scope';

/** An operator and its operands. */
export function readOperator(call: CallNode, scope: Scope, reader: Reader): Expression {
  const { place, name, params } = call;
  const [first, second] = params;
  if (first === undefined) return reader.fault(place, `"${name}" has no operands.`);
  if ((name === 'not' || name === '!') && params.length === 1) {
    return { kind: 'not', span: nowhere, operand: reader.readNode(first, scope) };
  }
  if (name === '-' && params.length === 1) {
    return { kind: 'negation', span: nowhere, operand: reader.readNode(first, scope) };
  }
  if (name === 'not' || name === '!') {
    return reader.fault(place, `"${name}" takes one operand, not ${params.length}.`);
  }
  if (second === undefined) return reader.fault(place, `"${name}" needs another operand.`);
  if (name === 'and' || name === 'or') return readLogical(call, scope, reader);
  const level = levelOf(name);
  if (level !== undefined) return readArithmetic(call, level, { scope, reader });
  if (params.length > 2) return reader.fault(place, `"${name}" takes two operands, not ${params.length}.`);
  return readRelation(call, [first, second], { scope, reader });
}

interface Reading {
  readonly scope: Scope;
  readonly reader: Reader;
}

const comparisons: readonly string[] = ['=', '!=', '<', '<=', '>', '>='] satisfies ComparisonOperator[];

function readRelation(
  { place, name }: CallNode,
  [first, second]: readonly [Place, Place],
  { scope, reader }: Reading,
): Expression {
  const left = reader.readNode(first, scope);
  if (name === 'occurs') {
    return { kind: 'occurs', span: nowhere, time: left, tail: readTimeConstraint(second, scope, reader) };
  }
  const right = reader.readNode(second, scope);
  if (name === 'in' || name === 'notIn')
    return { kind: 'membership', span: nowhere, operator: name, left, right };
  if (name === 'like' || name === 'matches')
    return { kind: 'match', span: nowhere, operator: name, left, right };
  if (comparisons.includes(name)) {
    return { kind: 'comparison', span: nowhere, operator: name as ComparisonOperator, left, right };
  }
  return reader.unknown(child(place, 'fnName'), `the operator "${name}"`);
}

/** `and` of an `and` is one, in any order of brackets, unless brackets were written. */
function readLogical({ place, name, params }: CallNode, scope: Scope, reader: Reader): Expression {
  const operands: Expression[] = [];
  const waiting = [...params].reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const isSame =
      nodeTypeOf(next) === 'fnApply' && child(next, 'fnName').value === name && !isBracketed(next);
    const inner = isSame ? child(next, 'params').value : undefined;
    if (isSame && Array.isArray(inner) && inner.length > 1 && !has(next, 'form')) {
      const innerPlace = child(next, 'params');
      for (let index = inner.length - 1; index >= 0; index -= 1) waiting.push(child(innerPlace, index));
    } else {
      operands.push(reader.readNode(next, scope));
    }
  }
  return operands.length < 2
    ? reader.fault(place, `"${name}" needs another operand.`)
    : { kind: 'logical', span: nowhere, operator: name === 'and' ? 'and' : 'or', operands };
}

type Level = 'additive' | 'multiplicative';

function levelOf(operator: unknown): Level | undefined {
  if (operator === '+' || operator === '-') return 'additive';
  return operator === '*' || operator === '/' || operator === '%' ? 'multiplicative' : undefined;
}

/** From the left, as deep as it may be: `-` of (`+` of a and b) and c is `a + b - c`. */
function readArithmetic(call: CallNode, level: Level, { scope, reader }: Reading): Expression {
  const rest: { readonly operator: ArithmeticOperator; readonly place: Place }[] = [];
  let node: CallNode | undefined = call;
  let left = call.place;
  while (node !== undefined) {
    const operator = node.name as ArithmeticOperator;
    for (const place of node.params.slice(1).reverse()) rest.push({ operator, place });
    left = node.params[0] ?? left;
    node = sameLevel(left, level, reader);
  }
  const first = reader.readNode(left, scope);
  const read = rest
    .reverse()
    .map(({ operator, place }) => ({ operator, operand: reader.readNode(place, scope) }));
  return { kind: 'arithmetic', span: nowhere, level, first, rest: read };
}

function sameLevel(place: Place, level: Level, reader: Reader): CallNode | undefined {
  if (nodeTypeOf(place) !== 'fnApply' || isBracketed(place)) return undefined;
  if (levelOf(child(place, 'fnName').value) !== level) return undefined;
  const params = child(place, 'params').value;
  if (!Array.isArray(params) || params.length < 2) return undefined;
  const call = readCallNode(place, reader);
  return call?.form === 'operator' ? call : undefined;
}
