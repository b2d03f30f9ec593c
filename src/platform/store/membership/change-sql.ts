import { thisRun } from './known-runs';

/**
 * Whoever has another word now, as it comes from the reading of the words: places in the range, and both words in halves;
 * mostly few. One table for the whole run: to make one anew would have the rules planned anew.
 */
export const changedHalves = 'changed_halves';

export const createChangedHalves = `
  CREATE TABLE memory.main.${changedHalves} (
    word UINTEGER, place UINTEGER, now_low UINTEGER, now_high UINTEGER, was_low UINTEGER, was_high UINTEGER)`;

const changed = `
  SELECT word::INTEGER AS word, $from + place::BIGINT AS "#pid",
    now_low::UBIGINT | (now_high::UBIGINT << 32) AS now, was_low::UBIGINT | (was_high::UBIGINT << 32) AS was
  FROM memory.main.${changedHalves}`;

export interface ChangesToInsert {
  /** The words of which nothing was said before, and the columns that hold them. */
  readonly added: readonly { readonly word: number; readonly column: string }[];
  /** The table of the slice's words. */
  readonly table: string;
  /** What was said of its other words; undefined where there are none. */
  readonly former: string | undefined;
  /** Whether there is anybody in the table of the changed. */
  readonly isChanged: boolean;
  /** The number of the last run of which those who left are forgotten; 0 where there is none. */
  readonly lastForgotten: number;
}

/**
 * The transition table of the membership contract, for all segments of a slice at once: one statement, since each leaves
 * a group of rows unfilled, which is written anew at the end.
 */
export function changesSql({ added, table, former, ...changes }: ChangesToInsert): string {
  const selects = [
    ...added.map(
      ({ word, column }) =>
        `SELECT ${word} AS word, "#pid", ${thisRun} AS run, ${column} AS entered, 0::UBIGINT AS exited FROM ${table}`,
    ),
    ...(former === undefined ? [] : formerSql(former, changes)),
  ];
  return `INSERT INTO run.main.change SELECT * FROM (${selects.join(' UNION ALL ')}) WHERE entered | exited <> 0`;
}

function formerSql(
  former: string,
  { isChanged, lastForgotten }: Pick<ChangesToInsert, 'isChanged' | 'lastForgotten'>,
): readonly string[] {
  const exited = `CASE WHEN f.run <= ${lastForgotten} THEN 0 ELSE f.exited END`;
  // Few people change from run to run: of all others the rows go over as they are.
  const kept = `
    SELECT f.word, f."#pid", f.run, f.entered, ${exited} AS exited FROM (${former}) f
    ${isChanged ? `ANTI JOIN (${changed}) USING (word, "#pid")` : ''}`;
  if (!isChanged) return [kept];
  return [
    kept,
    `SELECT word, "#pid", ${thisRun} AS run, now & ~was AS entered, was & ~now AS exited FROM (${changed})`,
    `SELECT f.word, f."#pid", f.run, f.entered & c.now AS entered, ${exited} & ~c.now AS exited
    FROM (${former}) f JOIN (${changed}) c USING (word, "#pid")`,
  ];
}
