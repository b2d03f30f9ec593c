import type { Engine } from '../engine/engine';

export interface SortedTable {
  /** A new one of the attached generation. */
  readonly name: string;
  /** A table or view of about as many rows as are sorted, and as wide ones. */
  readonly like: string;
  /** SELECT of the rows of some people in their order, the number of a person first; `ofSlice` makes the condition on it. */
  readonly select: (ofSlice: (pid: string) => string) => string;
}

/**
 * Makes a table slice by slice of people, each as large as the engine can sort within its memory. A sort holds all of its
 * rows, the whole of each, until the last has come: where it has to put some aside it takes all memory that there is, which
 * now and then is not enough, and more time than to read the rows once for each slice.
 */
export async function createSortedTable(engine: Engine, { name, like, select }: SortedTable): Promise<void> {
  const [people] = await engine.rows('SELECT count(*) AS count FROM person');
  const count = Number(people?.['count']);
  const slices = await slicesOf(engine, like);
  for (let slice = 0; slice < slices; slice += 1) {
    const [from, to] = [slice, slice + 1].map((edge) => Math.floor((count * edge) / slices));
    const rows = select((pid) => (slices === 1 ? 'true' : `${pid} >= ${from} AND ${pid} < ${to}`));
    await engine.run(slice === 0 ? `CREATE TABLE ${name} AS ${rows}` : `INSERT INTO ${name} ${rows}`);
  }
}

/** Beyond so many, reading all rows again takes longer than putting some aside. */
const mostSlices = 16;

async function slicesOf(engine: Engine, table: string): Promise<number> {
  // A row takes about as much as its text; and all else that the engine holds has room in the other half of its memory.
  const [found] = await engine.rows(`
    SELECT (SELECT count(*) FROM ${table}) * coalesce(avg(strlen(r::VARCHAR)), 0)
      / (parse_formatted_bytes(current_setting('memory_limit')) / 2) AS halves
    FROM (SELECT r FROM ${table} r LIMIT 1000)`);
  return Math.min(Math.max(1, Math.ceil(Number(found?.['halves']))), mostSlices);
}
