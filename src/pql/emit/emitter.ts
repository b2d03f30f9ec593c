import type { Field, Typed } from '../typed-tree';

/** What the parts of this room ask of each other. */
export interface Emitter {
  /** The fixed clock of the run. */
  readonly now: Date;
  /** The SQL of a node at the level at hand: the profile, or an event inside an aggregate. */
  sql(node: Typed): string;
  /** SQL of an attribute that has a column, or of a part of an item. */
  field(field: Field): string;
  /** SQL of what an attribute is made of: itself, or all leaves under an object. */
  leaves(field: Field): readonly string[];
  /** SQL of a bound value of an SQL type. */
  bind(value: string | number | boolean, type: 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN'): string;
  /** SQL of an instant, from epoch milliseconds. */
  instant(ms: number): string;
  /** The column of the event scan that holds an aggregate, whose SQL is made at the level of events. */
  aggregate(makeSql: () => string): string;
  /** Whether the rule of another segment holds: the column in which it was found out. */
  segment(id: string): string;
  /** Makes SQL and, unless this happens within another such call, puts it into a wrapping. */
  outermost(makeSql: () => string, wrap: (sql: string) => string): string;
}
