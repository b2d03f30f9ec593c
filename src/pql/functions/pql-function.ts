import type { Argument } from '../ast';
import type { Checker, Scope } from '../check/checker';
import type { Span } from '../source';
import type { FunctionForm, Typed } from '../typed-tree';

/** One call as a function's own check sees it: arity is right already. */
export interface FunctionCall {
  readonly name: string;
  /** What stands before the dot of a method. */
  readonly receiver: Typed | null;
  readonly args: readonly Argument[];
  /** Of the name; for errors about the call as a whole. */
  readonly span: Span;
  readonly scope: Scope;
}

/** A function of PQL: what it is called, what it takes, how it is checked, what the documentation says of it. */
export interface PqlFunction {
  readonly name: string;
  /**
   * `method`: after a dot. `operator`: between its operands; read by the grammar, listed here for its SQL and
   * words.
   */
  readonly form: FunctionForm;
  /** Set where a method of lists and one of maps have the same name, on that of maps. */
  readonly of?: 'map';
  /** As documentation shows it, e.g. `text.startsWith(prefix[, caseSensitive])`. */
  readonly signature: string;
  readonly documentation: string;
  /** Fewest and most arguments, the receiver aside. */
  readonly arity: readonly [number, number];
  /** Null of operators, which the grammar reads and rules of `check/` check. */
  readonly check: ((call: FunctionCall, checker: Checker) => Typed) | null;
  /**
   * SQL of an `apply` node of this form and name, from the SQL of its arguments; functions that become other nodes
   * have none.
   */
  readonly emit?: Emit;
}

export type Emit = (args: readonly string[], context: EmitFunctionContext) => string;

export interface EmitFunctionContext {
  /** The fixed clock of the run. */
  readonly now: Date;
  /** Binds a whole number as a parameter and answers its SQL. */
  readonly integer: (value: number) => string;
}
