import { timestampOf } from '../engine/sql-text';
import { thisRun } from './former-words';

/** People of whom some word is another now: `"#pid"`, and for each word `w0` (now) and `was_w0`, …; mostly few. */
export const changedTable = 'memory.main.changed';

/** The same as they come from the reading of the words: places in the range, and the words in halves. */
export const changedHalves = 'changed_halves';

/** The tables of the changed people of a range, for so many words; the second one is made when the first is filled. */
export function changedTablesSql(words: number): { readonly halves: string; readonly whole: string } {
  const names = Array.from({ length: words }, (_, index) => [`w${index}`, `was_w${index}`]);
  const columns = ['now', 'was'].flatMap((_, side) =>
    names.flatMap((pair) => [`${pair[side] ?? ''}_low UINTEGER`, `${pair[side] ?? ''}_high UINTEGER`]),
  );
  const values = names
    .flat()
    .map((name) => `(${name}_low::UBIGINT | (${name}_high::UBIGINT << 32)) AS ${name}`);
  return {
    halves: `CREATE OR REPLACE TABLE memory.main.${changedHalves} (place UINTEGER, ${columns.join(', ')})`,
    whole: `
      CREATE OR REPLACE TABLE ${changedTable} AS
      SELECT $from + place::BIGINT AS "#pid", ${values.join(', ')} FROM memory.main.${changedHalves}`,
  };
}

export interface WordToChange {
  readonly word: number;
  /** The column that holds the word as it is now. */
  readonly column: string;
  /** The table of the slice's words. */
  readonly table: string;
  /** What was said of the word before. */
  readonly former: string | undefined;
  /** Whether there is anybody in the table of the changed. */
  readonly isChanged: boolean;
}

/** The transition table of the membership contract, for all segments of a word at once: statements, one after the other. */
export function changeSql({ word, column, table, former, isChanged }: WordToChange): readonly string[] {
  const insert = `INSERT INTO run.main.change`;
  if (former === undefined)
    return [`${insert} SELECT ${word}, "#pid", ${thisRun}, ${column}, 0 FROM ${table} WHERE ${column} <> 0`];
  const exited = `CASE WHEN f.ran_at < ${timestampOf('expiry')} THEN 0 ELSE f.exited END`;
  // Few people change from run to run: of all others the rows go over as they are.
  const kept = `
    ${insert} SELECT ${word}, * FROM (
      SELECT f."#pid", f.run, f.entered, ${exited} AS exited FROM (${former}) f
      ${isChanged ? `ANTI JOIN ${changedTable} USING ("#pid")` : ''})
    WHERE entered | exited <> 0`;
  if (!isChanged) return [kept];
  const changed = `
    ${insert} SELECT ${word}, * FROM (
      SELECT "#pid", ${thisRun} AS run, ${column} & ~was_${column} AS entered, was_${column} & ~${column} AS exited
      FROM ${changedTable}
      UNION ALL
      SELECT f."#pid", f.run, f.entered & c.${column}, ${exited} & ~c.${column}
      FROM (${former}) f JOIN ${changedTable} c USING ("#pid"))
    WHERE entered | exited <> 0`;
  return [kept, changed];
}
