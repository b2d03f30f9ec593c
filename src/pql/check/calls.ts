import { invariant } from '../../lib/assert';
import type { Argument, Call } from '../ast';
import type { PqlFunction } from '../functions/pql-function';
import { findFunction, findMethod, functions } from '../functions/table';
import type { Span } from '../source';
import { inWords, methodCall } from '../method-call';
import { nearestName } from '../../lib/nearest-name';
import type { Typed } from '../typed-tree';
import type { Checker, CheckRule, Scope } from './checker';
import { isChoiceOfParts, ofEachBranch } from './conditional';
import { isMap } from './maps';

/** `name(…)`: looked up in the function table. */
export const checkCall: CheckRule<Call> = (node, scope, checker) => {
  const found = findFunction('function', node.name);
  if (found === undefined) {
    const { name } = node;
    const method = asMethod(node);
    if (method !== undefined) {
      return checker.error('function-after-dot', node.span, { name, suggestion: method });
    }
    const suggestion = checker.suggestionAt(node.nameSpan, () => nearestName(name, namesOf('function')));
    return checker.error('unknown-function', node.nameSpan, { name, suggestion });
  }
  return call(
    found,
    { receiver: null, name: node.name, args: node.args, span: node.nameSpan, scope },
    checker,
  );
};

/** `count(xEvent)` as `xEvent.count()`, in any case of letters; undefined where no method has the name. */
function asMethod({ name, args }: Call): string | undefined {
  const [base, ...others] = args;
  const method = namesOf('method').find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  if (method === undefined || base === undefined || base.kind === 'lambda') return undefined;
  return inWords(methodCall(base, method, others));
}

interface AnyCall {
  readonly receiver: Typed | null;
  readonly name: string;
  readonly args: readonly Argument[];
  readonly span: Span;
  readonly scope: Scope;
}

export interface MethodCall extends AnyCall {
  readonly receiver: Typed;
}

/** `receiver.name(…)`. */
export function checkMethod(method: MethodCall, checker: Checker): Typed {
  const { receiver } = method;
  if (isChoiceOfParts(receiver)) {
    const use = (branch: Typed): Typed => checkMethod({ ...method, receiver: branch }, checker);
    return ofEachBranch(receiver, use, method.span, checker);
  }
  const found = findMethod(method.name, isMap(receiver));
  if (found === undefined) {
    const suggestion = checker.suggestionAt(method.span, () => nearestName(method.name, namesOf('method')));
    return checker.error('unknown-method', method.span, { name: method.name, suggestion });
  }
  return call(found, method, checker);
}

function call(found: PqlFunction, method: AnyCall, checker: Checker): Typed {
  const [fewest, most] = found.arity;
  if (method.args.length < fewest || method.args.length > most) {
    return checker.error('wrong-arity', method.span, {
      name: found.name,
      expected: arityInWords(fewest, most),
      given: method.args.length,
    });
  }
  invariant(found.check !== null, 'what is called has a check; operators are not called');
  if (method.receiver?.type.kind === 'unknown') return method.receiver;
  return found.check(method, checker);
}

function arityInWords(fewest: number, most: number): string {
  if (most === 0) return 'no argument';
  const numbers = fewest === most ? String(most) : `${fewest} to ${most}`;
  return `${numbers} argument${most === 1 ? '' : 's'}`;
}

function namesOf(form: PqlFunction['form']): readonly string[] {
  return functions.filter((candidate) => candidate.form === form).map(({ name }) => name);
}
