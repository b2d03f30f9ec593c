import { timestampOf } from '../engine/sql-text';
import { thisRun, type FormerWords } from './former-words';

/** The words of a slice, and the table that holds them as they are now: `"#pid"`, `w0`, `w1`, …; zeros may be left out. */
export interface WordsOfSlice {
  readonly table: string;
  /** The words of the new file that `w0`, `w1`, … are. */
  readonly words: readonly number[];
  readonly former: FormerWords;
}

/** People of whom some word is another now: `"#pid"`, and for each word `w0` (now) and `was_w0`, …; mostly few. */
export const changedTable = 'memory.main.changed';

/**
 * SELECT of those people, for the range from `$from` to before `$to`; undefined where no file has said anything of the
 * segments.
 */
export function changedSql({ table, words, former }: WordsOfSlice): string | undefined {
  const said = words.flatMap((word, index) => {
    const sql = former.sql(word);
    return sql === undefined ? [] : [{ index, sql }];
  });
  if (said.length === 0) return undefined;
  const rows = said.map(({ index, sql }) => `SELECT ${index} AS place, "#pid", entered FROM (${sql})`);
  const members = words.map((_, index) => `bit_or(CASE WHEN place = ${index} THEN entered END) AS w${index}`);
  const values = words.map(
    (_, index) => `coalesce(n.w${index}, 0) AS w${index}, coalesce(m.w${index}, 0) AS was_w${index}`,
  );
  const differs = words.map((_, index) => `w${index} <> was_w${index}`);
  return `
    SELECT * FROM (
      SELECT "#pid", ${values.join(', ')}
      FROM ${table} n FULL JOIN (
        SELECT "#pid", ${members.join(', ')} FROM (${rows.join(' UNION ALL ')}) GROUP BY "#pid") m USING ("#pid"))
    WHERE ${differs.join(' OR ')}`;
}

export interface WordToChange {
  readonly word: number;
  /** The column that holds the word as it is now. */
  readonly column: string;
  /** The table of the slice's words. */
  readonly table: string;
  /** What was said of the word before. */
  readonly former: string | undefined;
}

/** The transition table of the membership contract, for all segments of a word at once. */
export function changeSql({ word, column, table, former }: WordToChange): string {
  const insert = `INSERT INTO run.main.change`;
  if (former === undefined)
    return `${insert} SELECT ${word}, "#pid", ${thisRun}, ${column}, 0 FROM ${table} WHERE ${column} <> 0`;
  // Few people change from run to run: of all others the rows go over as they are.
  return `
    ${insert}
    SELECT ${word}, "#pid", run, entered, exited FROM (
      SELECT "#pid", ${thisRun} AS run, ${column} & ~was_${column} AS entered, was_${column} & ~${column} AS exited
      FROM ${changedTable}
      UNION ALL
      SELECT f."#pid", f.run,
        CASE WHEN c.${column} IS NULL THEN f.entered ELSE f.entered & c.${column} END AS entered,
        CASE WHEN f.ran_at < ${timestampOf('expiry')} THEN 0
          WHEN c.${column} IS NULL THEN f.exited ELSE f.exited & ~c.${column} END AS exited
      FROM (${former}) f LEFT JOIN ${changedTable} c USING ("#pid"))
    WHERE entered | exited <> 0`;
}
