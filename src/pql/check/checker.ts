import type { UnionSchema } from '../../xdm/union-schema';
import type { Expression, Identifier, Lambda } from '../ast';
import type { DiagnosticCode, DiagnosticParameters } from '../diagnostics';
import type { Span } from '../source';
import type { Source, Typed } from '../typed-tree';

/** What a name stands for: a value at hand, or an expression of `let`, checked anew wherever it is used. */
export type Binding =
  | { readonly kind: 'value'; readonly value: Typed }
  | { readonly kind: 'expression'; readonly expression: Expression; readonly scope: Scope };

/** What names mean at one place of a rule. Immutable: going inside makes a new one. */
export interface Scope {
  readonly variables: ReadonlyMap<string, Binding>;
  /** Items whose fields bare names are, innermost last; none: the profile. */
  readonly contexts: readonly Typed[];
}

/** The door that the rules of this room have to each other. */
export interface Checker {
  readonly schema: UnionSchema;
  readonly unknownAttributes: 'error' | 'allow';
  /** The profile as a value. */
  readonly profile: Typed;
  /** The value of an expression. */
  value(node: Expression, scope: Scope): Typed;
  /** An expression in boolean position. */
  test(node: Expression, scope: Scope): Typed;
  /** Reports an error; the answer stands for the expression. */
  error<Code extends DiagnosticCode>(code: Code, span: Span, parameters: DiagnosticParameters[Code]): Typed;
  warn<Code extends DiagnosticCode>(code: Code, span: Span, parameters: DiagnosticParameters[Code]): void;
  /** Where a value is written down, for errors about it; undefined of one that is found or worked out. */
  placeOf(written: Typed): Span | undefined;
  /** Values that a rule names though its test does without them, such as `a` in `a = null`. */
  noteReads(values: readonly Typed[]): void;
  /** What may be meant at a place: looked for once, and not where nothing more is told. */
  suggestionAt(span: Span, find: () => string | undefined): string | undefined;
  /** A number for a new item of a list. */
  newItem(source: Source): number;
  /** Where the items of that number come from. */
  sourceOf(item: number): Source | undefined;
}

/** One rule of the check: from a node of the syntax tree to its checked counterpart. */
export type CheckRule<Node extends Expression> = (node: Node, scope: Scope, checker: Checker) => Typed;

/** The scope in which a name stands for something. */
export function withVariable(scope: Scope, { name }: Identifier, binding: Binding): Scope {
  return withVariables(scope, [[name, binding]]);
}

/** The same of several names. All of the scope is copied: a row of variables, each in a scope of its own, has a limit. */
export function withVariables(scope: Scope, bindings: readonly (readonly [string, Binding])[]): Scope {
  return { ...scope, variables: new Map([...scope.variables, ...bindings]) };
}

/** What an argument or a body is checked in, and the expression itself. */
export interface ScopedExpression {
  readonly expression: Expression;
  readonly scope: Scope;
}

/** Calls a lambda with one value; reports a wrong number of parameters. */
export function applyLambda(lambda: Lambda, value: Typed, scope: Scope, checker: Checker): ScopedExpression {
  const [parameter, ...others] = lambda.parameters;
  if (others.length > 0) {
    checker.error('parameter-count', lambda.span, { given: lambda.parameters.length, expected: 1 });
  }
  const inner = parameter === undefined ? scope : withVariable(scope, parameter, { kind: 'value', value });
  return { expression: lambda.body, scope: inner };
}
