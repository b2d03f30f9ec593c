import type { AccessStep, Argument, Expression } from './ast';
import { printPql } from './printer';

/** `base.name(args)` as a node; a path goes on. */
export function methodCall(base: Expression, name: string, args: readonly Argument[]): Expression {
  const { span } = base;
  const step: AccessStep = { kind: 'method', span, name, args };
  return base.kind === 'access'
    ? { ...base, steps: [...base.steps, step] }
    : { kind: 'access', span, base, steps: [step] };
}

/** An expression as text, for a suggestion. */
export function inWords(body: Expression): string {
  return printPql({ kind: 'query', span: body.span, body });
}
