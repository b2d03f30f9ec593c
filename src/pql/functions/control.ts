import type { Checker } from '../check/checker';
import { conditional } from '../check/conditional';
import type { Typed } from '../typed-tree';
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
  return conditional(
    {
      test: checker.test(test, call.scope),
      whenTrue: checker.value(whenTrue, call.scope),
      whenFalse: checker.value(whenFalse, call.scope),
      span: whenFalse.span,
    },
    checker,
  );
}
