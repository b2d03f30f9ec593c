/** One SELECT that evaluates many rules for a range of profiles. */
export interface CompiledPass {
  /**
   * One SELECT over the tables `profile` and `event`. Columns: `#pid`, then one BOOLEAN per rule, `r0`, `r1`, …, never
   * null. Only profiles with `$pid_from <= #pid < $pid_to` are read: the caller binds these two and `parameters`.
   */
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
}
