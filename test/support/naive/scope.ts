import type { Argument, Expression, Query } from '../../../src/pql/ast';
import type { Thing, Value } from './values';
import { attributeOf } from './values';

/** What holds for the whole look at one person. */
export interface Run {
  /** Milliseconds since 1970, UTC: one and the same time for all of a run. */
  readonly now: number;
  readonly profile: Thing;
  /** Other segments by id, for `inSegment`. */
  readonly segments: ReadonlyMap<string, Query>;
}

/** What an expression can see from where it stands. */
export interface Scope {
  readonly run: Run;
  /** The item that bare names belong to comes last, the profile first; `^` counts from the end. */
  readonly items: readonly Value[];
  readonly variables: ReadonlyMap<string, Value>;
}

/** The interpreter of a tree, given to those that lie below it. */
export type Evaluate = (expression: Expression, scope: Scope) => Value;

export function withVariable(scope: Scope, name: string, value: Value): Scope {
  return { ...scope, variables: new Map([...scope.variables, [name, value]]) };
}

/** Within brackets and arguments of list functions bare names are the item's. */
export function withItem(scope: Scope, item: Value): Scope {
  return { ...scope, items: [...scope.items, item] };
}

/** `xEvent` is always the profile's; a variable hides attributes of its name; else the innermost item has it. */
export function nameIn(scope: Scope, name: string): Value {
  if (name === 'xEvent') return attributeOf(scope.run.profile, name);
  const variable = scope.variables.get(name);
  return variable === undefined ? attributeOf(scope.items.at(-1) ?? null, name) : variable;
}

/** `^name` is the attribute as seen one item further out; variables have no part in it. */
export function nameAbove(scope: Scope, levels: number, name: string): Value {
  const index = scope.items.length - 1 - levels;
  if (index < 0) throw new Error('Further up than the profile');
  return attributeOf(scope.items[index] ?? null, name);
}

/** An argument looked at for items: with a lambda they have its names, without one its bare names are the item's. */
export function callWith(
  argument: Argument,
  items: readonly Value[],
  { scope, evaluate }: { readonly scope: Scope; readonly evaluate: Evaluate },
): Value {
  if (argument.kind !== 'lambda') return evaluate(argument, withItem(scope, items[0] ?? null));
  const inner = argument.parameters.reduce(
    (outer, parameter, index) => withVariable(outer, parameter.name, items[index] ?? null),
    scope,
  );
  return evaluate(argument.body, inner);
}
