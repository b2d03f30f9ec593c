import type { Field, Position, Typed } from '../typed-tree';

/** What the parts of this room ask of each other. */
export interface Emitter {
  /** The fixed clock of the run. */
  readonly now: Date;
  /** True while the SQL of an aggregate is made: then events are rows, else items of lists. */
  readonly isInScan: boolean;
  /** The SQL of a node at the level at hand: the profile, or an event inside an aggregate. */
  sql(node: Typed): string;
  /** SQL of a test where only TRUE counts: TRUE where it holds, else FALSE or NULL. */
  condition(node: Typed): string;
  /** SQL of an attribute that has a column, or of a part of an item. */
  field(field: Field): string;
  /** SQL of what an attribute is made of: itself, or all leaves under an object. */
  leaves(field: Field): readonly string[];
  /** SQL of what tells an item from others of its list. */
  position(position: Position): string;
  /** SQL of a bound value of an SQL type. */
  bind(value: string | number | boolean, type: 'VARCHAR' | 'BIGINT' | 'DOUBLE' | 'BOOLEAN'): string;
  /** SQL of an instant, from epoch milliseconds. */
  instant(ms: number): string;
  /** The column of the event scan that holds an aggregate, whose SQL is made at the level of events. */
  aggregate(makeSql: () => string): string;
  /** Within an aggregate: TRUE for the events that satisfy all of these; the aggregate must leave the others out. */
  matching(conditions: readonly EventCondition[]): string;
  /** Whether any event satisfies all of these; NULL where there is no event. */
  someEvent(conditions: readonly EventCondition[]): string;
  /** How many events satisfy all of these; 0 or NULL for none. */
  countEvents(conditions: readonly EventCondition[]): string;
  /**
   * The column of the event scan that holds the events of a condition as a list of structs. The struct has what is
   * read of `item`, and of the items that events are handed on to.
   */
  eventList(request: EventListRequest): string;
  /** Says that an item of a list of events that were collected elsewhere is one of those that another item went over. */
  handOn(to: number, from: number | undefined): void;
  /** The parameters of a lambda over items, once its body is there: the item, its position if that was asked for. */
  parametersOf(item: number): string;
  /** True when the position of an item was asked for. */
  isPositionRead(item: number): boolean;
  /** Makes SQL within which scalar items go by other names. */
  withNames<T>(names: ReadonlyMap<number, string>, makeSql: () => T): T;
  /** Whether the rule of another segment holds: the column in which it was found out. */
  segment(id: string): string;
  /** Makes SQL and, unless this happens within another such call, puts it into a wrapping. */
  outermost(makeSql: () => string, wrap: (sql: string) => string): string;
}

/** What is asked of one event: a node, or what makes SQL at the level of events. */
export type EventCondition = Typed | (() => string);

export interface EventListRequest {
  readonly item: number;
  readonly conditions: readonly EventCondition[];
  /** Whether the list must stand in order of time. */
  readonly isOrdered: boolean;
}

/**
 * The name of an item in the lambdas of list functions. Within `struct_pack`, and before a dot, the engine takes a column
 * of that name rather than the variable: no attribute has a `#` in front.
 */
export function itemName(item: number): string {
  return `"#i${item}"`;
}
