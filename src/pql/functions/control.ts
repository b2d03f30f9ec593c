import type { Checker } from '../check/checker';
import { coerce } from '../check/coercion';
import type { Expression } from '../ast';
import type { Typed, ValueType } from '../typed-tree';
import { familyOf } from '../value-types';
import type { FunctionCall, PqlFunction } from './pql-function';

/** Choosing between values. Source: docs/pql.md, "Functions". */
export const controlFunctions: readonly PqlFunction[] = [
  {
    name: 'if',
    form: 'function',
    signature: 'if(condition, then, else)',
    documentation: 'One of two values; the second takes the type of the first',
    arity: [3, 3],
    check: checkIf,
  },
];

function checkIf(call: FunctionCall, checker: Checker): Typed {
  const [test, whenTrue, whenFalse] = call.args.map((argument) => {
    if (argument.kind === 'lambda') {
      checker.error('type-mismatch', argument.span, { problem: '"if" takes values, not lambdas.' });
      return argument.body;
    }
    return argument;
  });
  if (test === undefined || whenTrue === undefined || whenFalse === undefined) {
    throw new Error('Invariant broken: arity was checked');
  }
  const second = branch(whenFalse, call, checker);
  const chosen = branch(whenTrue, call, checker);
  const isNull = familyOf(chosen.type) === 'null';
  const first = isNull
    ? coerce({ value: chosen, target: second.type, span: whenTrue.span }, checker)
    : chosen;
  const value = coerce({ value: second, target: first.type, span: whenFalse.span }, checker);
  return {
    kind: 'if',
    type: joined(first.type, value.type),
    test: checker.test(test, call.scope),
    whenTrue: first,
    whenFalse: value,
  };
}

function branch(node: Expression, call: FunctionCall, checker: Checker): Typed {
  const value = checker.value(node, call.scope);
  if (!['list', 'object', 'map'].includes(familyOf(value.type))) return value;
  return checker.error('unsupported', node.span, { what: '"if" between lists or objects' });
}

/** The type of either branch: numbers widen, null gives way. */
function joined(first: ValueType, second: ValueType): ValueType {
  if (first.kind === 'null') return second;
  if (first.kind === 'integer' && second.kind === 'number') return second;
  if (first.kind === 'date' && second.kind === 'datetime') return second;
  return first;
}
