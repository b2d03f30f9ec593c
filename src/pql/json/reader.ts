import type { Argument, Expression, Identifier, Lambda } from '../ast';
import type { Scope } from './scope';

/** A value of the tree and the JSON pointer to it. */
export interface Place {
  readonly value: unknown;
  readonly pointer: string;
}

/** What parts of the reader in files of their own need from it. */
export interface Reader {
  readNode(place: Place, scope: Scope): Expression;
  /** A node, or a plain value that stands for a literal. */
  readValue(place: Place, scope: Scope): Expression;
  /** A lambda that becomes one in text. */
  readLambda(place: Place, scope: Scope): Lambda;
  /** What is read in the item: a lambda of one variable becomes its body, seen from the item. */
  readItemLambda(place: Place, scope: Scope): Expression;
  /** Each argument of a call: a value or a lambda. */
  readArguments(places: readonly Place[], scope: Scope): readonly Argument[];
  /** A name that a variable can have. */
  readIdentifier(place: Place, what: string): Identifier;
  /** The items of an array; a fault, and none, of anything else. */
  readArray(place: Place, what: string): readonly Place[];
  /** The same of no more than a rule may have in a row; a fault at the first that is too many. */
  readRow(place: Place, what: string): readonly Place[];
  /** One of a few words. */
  readWord<Word extends string>(place: Place, words: readonly Word[]): Word;
  /** Reports a fault and answers something to go on with; the rule is lost. */
  fault(place: Place, problem: string): Expression;
  unknown(place: Place, what: string, suggestion?: string): Expression;
}

/** Trees have no spans; those of the rule are made when its text is read. */
export const nowhere = { from: 0, to: 0 } as const;

/** What stands for a part that could not be read; the rule is lost. */
export const lost: Expression = { kind: 'literal', span: nowhere, type: 'null', value: null };
