import { isRecord } from '../../lib/is-record';
import { functions } from '../functions/table';

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [member: string]: Json };

/** One node of a pql/json tree. Source: docs/pql.md, "pql/json". */
export interface PqlNode {
  readonly nodeType: string;
  readonly [member: string]: Json;
}

/**
 * The variable of a lambda that is written without one: `A[cond]`, `A.sum(value)`, `WHAT(cond)`. No variable of a rule can
 * have this name; `^` leads out of such lambdas.
 */
export const implicitItem = '$item';

/**
 * Objects and lists within each other in a tree that we write: a third of what JSON.stringify has been seen to take, and
 * never more than the reader goes down.
 */
export const deepestJson = 800;

/** And in one that we read: such a tree can still be written again. */
export const deepestReadable = 2_000;

export const profileRoot: PqlNode = { nodeType: 'parameterReference', position: 1 };

/** What an `fnApply` is in text. The name and the parameters say so nearly always; `form` says it where they do not. */
export type CallForm = 'operator' | 'filter' | 'function' | 'method' | 'quantifier';

export function isCallForm(form: unknown): form is CallForm {
  return typeof form === 'string' && callForms.includes(form);
}

const callForms: readonly string[] = ['operator', 'filter', 'function', 'method', 'quantifier'];

/** Operators with the fewest parameters that they take. */
const operators: ReadonlyMap<string, number> = new Map([
  ...['=', '!=', '<', '<=', '>', '>=', 'in', 'notIn', 'like', 'occurs', 'and', 'or', '+', '*', '/', '%'].map(
    (name): [string, number] => [name, 2],
  ),
  ...['-', 'not', '!'].map((name): [string, number] => [name, 1]),
]);

/** Undefined of what is no operator. */
export function fewestOperands(name: string): number | undefined {
  return operators.get(name);
}

const calls: ReadonlySet<string> = new Set(
  functions.filter(({ form }) => form === 'function').map(({ name }) => name),
);

/** How an `fnApply` is read that does not say its form. */
export function usualForm(name: string, parameters: readonly unknown[]): CallForm {
  const fewest = operators.get(name);
  if (fewest !== undefined && parameters.length >= fewest) return 'operator';
  if (calls.has(name) || parameters.length === 0) return 'function';
  const lambda = parameters.length === 2 ? lambdaNames(parameters[1]) : undefined;
  if (name === 'filter' && lambda?.[0] === implicitItem) return 'filter';
  if (name === 'forall' && lambda?.length === 1 && lambda[0] !== implicitItem) return 'quantifier';
  return 'method';
}

/** Methods whose first argument is read in the item. */
export const itemMethods: ReadonlySet<string> = new Set([
  ...['filter', 'exists', 'map', 'groupBy', 'topN', 'bottomN', 'sum', 'average', 'min', 'max'],
]);

/** A member of a node; never what JavaScript objects inherit. */
export function memberOf(node: unknown, name: string): unknown {
  return isRecord(node) && Object.hasOwn(node, name) ? node[name] : undefined;
}

/** The variables of a lambda in either spelling; undefined of what is none. */
export function lambdaNames(node: unknown): readonly unknown[] | undefined {
  const type = memberOf(node, 'nodeType');
  const names = memberOf(node, type === 'fnCreate' ? 'params' : 'varNames');
  if ((type !== 'lambda' && type !== 'fnCreate') || !Array.isArray(names)) return undefined;
  return names.map((name: unknown) => (typeof name === 'string' ? name : memberOf(name, 'varName')));
}

/** An `fnApply`; its form is said only where a reader would guess another. */
export function call(form: CallForm, name: string, params: readonly PqlNode[]): PqlNode {
  const said = usualForm(name, params) === form ? {} : { form };
  return { nodeType: 'fnApply', fnName: name, params, ...said };
}

/** True where objects and lists go deeper than so many levels; looked at without recursion. */
export function isDeeper(tree: unknown, levels: number): boolean {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: tree, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > levels) return true;
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
  return false;
}
