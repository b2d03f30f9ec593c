import type { Query } from '../ast';
import type { PqlNode } from './json-node';
import { deepestJson } from './json-node';
import { outermost } from './scope';
import { writeLambda, writeNode } from './write-node';

/**
 * Writes a rule as a pql/json tree that `parsePqlJson` reads as an equal one. Source: docs/pql.md, "pql/json".
 *
 * @returns null for a rule so deep that programs which write JSON would give up: paths of a thousand names and the like.
 */
export function toPqlJson(query: Query): PqlNode | null {
  const { body } = query;
  // The rule's own tree is no deeper than the one that is made of it.
  if (isDeeper(body, deepestJson)) return null;
  const tree = body.kind === 'lambda' ? writeLambda(body, outermost) : writeNode(body, outermost);
  return isDeeper(tree, deepestJson) ? null : tree;
}

/** True where objects and lists go deeper than so many levels; looked at without recursion. */
function isDeeper(tree: object, levels: number): boolean {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: tree, depth: 1 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > levels) return true;
    for (const inner of Object.values(value)) open.push({ value: inner, depth: depth + 1 });
  }
  return false;
}
