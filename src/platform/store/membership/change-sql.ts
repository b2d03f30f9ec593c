import { thisRun } from './known-runs';

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
  /** What was said of the word before. */
  readonly former: string | undefined;
}

export interface ChangesToInsert {
  readonly words: readonly WordToChange[];
  /** The table of the slice's words. */
  readonly table: string;
  /** Whether there is anybody in the table of the changed. */
  readonly isChanged: boolean;
  /** The number of the last run of which those who left are forgotten; 0 where there is none. */
  readonly lastForgotten: number;
}

/**
 * The transition table of the membership contract, for all segments of a slice at once: one statement, since each leaves
 * a group of rows unfilled, which is written anew at the end.
 */
export function changesSql({ words, table, ...changes }: ChangesToInsert): string {
  const rows = words.flatMap(({ word, column, former }) => {
    const selects =
      former === undefined ? [newSql(column, table)] : formerSql({ column, former, ...changes });
    return selects.map((sql) => `SELECT ${word}, * FROM (${sql}) WHERE entered | exited <> 0`);
  });
  return `INSERT INTO run.main.change ${rows.join(' UNION ALL ')}`;
}

function newSql(column: string, table: string): string {
  return `SELECT "#pid", ${thisRun} AS run, ${column} AS entered, 0::UBIGINT AS exited FROM ${table}`;
}

interface ChangesOfWord extends Omit<ChangesToInsert, 'words' | 'table'> {
  readonly column: string;
  readonly former: string;
}

function formerSql({ column, former, isChanged, lastForgotten }: ChangesOfWord): readonly string[] {
  const exited = `CASE WHEN f.run <= ${lastForgotten} THEN 0 ELSE f.exited END`;
  // Few people change from run to run: of all others the rows go over as they are.
  const kept = `
    SELECT f."#pid", f.run, f.entered, ${exited} AS exited FROM (${former}) f
    ${isChanged ? `ANTI JOIN ${changedTable} USING ("#pid")` : ''}`;
  if (!isChanged) return [kept];
  return [
    kept,
    `SELECT "#pid", ${thisRun} AS run, ${column} & ~was_${column} AS entered, was_${column} & ~${column} AS exited
    FROM ${changedTable}`,
    `SELECT f."#pid", f.run, f.entered & c.${column} AS entered, ${exited} & ~c.${column} AS exited
    FROM (${former}) f JOIN ${changedTable} c USING ("#pid")`,
  ];
}
