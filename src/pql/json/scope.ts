import { implicitItem } from './json-node';

/** What names mean at one place of a tree. */
export interface Scope {
  /** A variable of the rule; or the item context that a lambda's variable stands for, by its number from outside, from 1. */
  readonly variables: ReadonlyMap<string, 'variable' | number>;
  /** How many item contexts stand around; `^` counts them. */
  readonly contexts: number;
}

export const outermost: Scope = { variables: new Map(), contexts: 0 };

export function withVariables(scope: Scope, names: readonly string[]): Scope {
  const variables = new Map(scope.variables);
  for (const name of names) variables.set(name, 'variable');
  return { ...scope, variables };
}

/** Inside one more item context, whose item has this name in the tree. */
export function withItem(scope: Scope, name: string): Scope {
  const contexts = scope.contexts + 1;
  return { variables: new Map(scope.variables).set(name, contexts), contexts };
}

/** In WHEN bare names are the event's, and the elements before are there as variables. */
export function whenScope(scope: Scope, earlier: readonly string[]): Scope {
  return withVariables(withItem(scope, implicitItem), earlier);
}
