import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { KnownRuns } from '../../../../src/platform/store/membership/known-runs';

const runs = new KnownRuns([
  { source: 'm1', former: 4, ranAt: 100 },
  { source: 'm0', former: 2, ranAt: 200 },
  { source: 'm1', former: 0, ranAt: 300 },
]);

let connection: DuckDBConnection;

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(':memory:')).connect();
});

afterAll(() => connection.closeSync());

async function numbered(source: string): Promise<readonly (readonly unknown[])[]> {
  const sql = runs.numberSql(source, 'run');
  const rows = await connection.runAndReadAll(`SELECT run, ${sql} FROM range(5) r(run) ORDER BY run`);
  return rows.getRowsJS().map(([run, number]) => [Number(run), number]);
}

it('gives the runs of a file their new numbers, and none to a number that no run has', async () => {
  expect(await numbered('m1')).toEqual([
    [0, 3],
    [1, null],
    [2, null],
    [3, null],
    [4, 1],
  ]);
});

it('knows nothing of a file without runs', async () => {
  expect(new Set((await numbered('m7')).map(([, number]) => number))).toEqual(new Set([null]));
});

it.each([
  [100, 0],
  [101, 1],
  [300, 2],
  [301, 3],
])('finds the last run before %d', (moment, number) => {
  expect(runs.lastBefore(moment)).toBe(number);
});
