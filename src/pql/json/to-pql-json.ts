import type { Query } from '../ast';
import type { PqlNode } from './json-node';
import { deepestJson, isDeeper } from './json-node';
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
