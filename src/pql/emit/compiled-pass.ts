import type { ColumnsRead } from './columns-read';

/** What stands in a FROM for the two tables: the name of a table, or a SELECT in parentheses. */
export interface PassTables {
  readonly profile: string;
  readonly event: string;
}

/** One SELECT that evaluates many rules for a range of profiles. */
export interface CompiledPass {
  /**
   * One SELECT over the tables `profile` and `event`. Columns: `#pid`, then one BOOLEAN per rule, `r0`, `r1`, …, never
   * null. Only profiles with `$pid_from <= #pid < $pid_to` are read: the caller binds these two and `parameters`; a pass
   * that was compiled for all people has `parameters` alone. A profile has one row or, where no rule holds of it, perhaps
   * none.
   */
  readonly sql: string;
  /** The same over other tables, or SELECTs, with at least the columns that it reads. */
  readonly sqlOver: (tables: PassTables) => string;
  /** The same with the rules as bits of UBIGINTs, 64 rules each: `#pid`, `w0`, `w1`, … */
  readonly wordsSql: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** What the SELECTs read of the two tables, beside `#pid`. */
  readonly columns: ColumnsRead;
  /** Whether it reads events at all: to count them takes no column of theirs. */
  readonly readsEvents: boolean;
}
