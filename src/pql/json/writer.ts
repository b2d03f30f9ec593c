import type { Expression } from '../ast';
import type { PqlNode } from './json-node';
import type { Scope } from './scope';

/** What parts of the writer in files of their own need from it. */
export interface Writer {
  /** An expression as a node. */
  writeNode(node: Expression, scope: Scope): PqlNode;
  /** What is read in the item, as a lambda of the item. */
  writeItemLambda(body: Expression, scope: Scope): PqlNode;
}
