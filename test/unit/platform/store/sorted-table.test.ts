import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, type Engine } from '../../../../src/platform/store/engine/engine';
import { createSortedTable } from '../../../../src/platform/store/generation/sorted-table';

describe('a table in the order of people', () => {
  const people = 3_000;
  let engine: Engine;
  beforeEach(async () => {
    const tempFolder = mkdtempSync(join(tmpdir(), 'sorted-'));
    const opened = await openEngine({ limits: { threads: 2, memoryLimit: '64MB', tempFolder } });
    engine = {
      ...opened,
      close: () => {
        opened.close();
        rmSync(tempFolder, { recursive: true });
      },
    };
    await engine.run(`CREATE TABLE person AS SELECT range AS pid FROM range(${people})`);
  });
  afterEach(() => engine.close());

  /** Makes `sorted` of five rows a person, each as wide as said, and tells the statements that made it. */
  async function sortRows(width: number): Promise<readonly string[]> {
    await engine.run(`
      CREATE VIEW unsorted AS SELECT (range * 7919) % ${people} AS pid, range AS ord, repeat('x', ${width}) AS wide
      FROM range(${people * 5})`);
    const statements: string[] = [];
    const run: Engine['run'] = (sql) => {
      statements.push(sql);
      return engine.run(sql);
    };
    await createSortedTable(
      { ...engine, run },
      {
        name: 'sorted',
        like: 'unsorted',
        select: (ofSlice) =>
          `SELECT pid, ord, strlen(wide) AS width FROM unsorted WHERE ${ofSlice('pid')} ORDER BY pid, ord`,
      },
    );
    return statements;
  }

  const inOrder = `
    SELECT count(*) AS rows, count(DISTINCT ord) AS known, min(width) AS width,
      count_if(former_pid > pid OR (former_pid = pid AND former_ord >= ord)) AS misplaced
    FROM (SELECT *, lag(pid) OVER (ORDER BY rowid) AS former_pid, lag(ord) OVER (ORDER BY rowid) AS former_ord
      FROM (SELECT rowid, * FROM sorted))`;

  it('is sorted in slices of people where its rows take more than half of the memory', async () => {
    // 15,000 rows of about 8 kB are four times the half of 64 MB.
    const statements = await sortRows(8_000);
    expect(statements).toHaveLength(4);
    expect(await engine.rows(inOrder)).toEqual([
      { rows: people * 5, known: people * 5, width: 8_000, misplaced: 0 },
    ]);
  });

  it('is sorted at once where they take less', async () => {
    expect(await sortRows(100)).toHaveLength(1);
    expect(await engine.rows(inOrder)).toEqual([
      { rows: people * 5, known: people * 5, width: 100, misplaced: 0 },
    ]);
  });
});
