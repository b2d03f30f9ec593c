import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import { restoreNames } from '../../../../src/platform/store/files/parquet-names';

let folder: string;
let path: string;
let instance: DuckDBInstance;
let engine: DuckDBConnection;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'audience-names-'));
  path = join(folder, 'rows.parquet');
  instance = await DuckDBInstance.create(':memory:');
  engine = await instance.connect();
});
afterEach(() => {
  engine.closeSync();
  instance.closeSync();
  rmSync(folder, { recursive: true, force: true });
});

const rows = async (sql: string) => (await engine.runAndReadAll(sql)).getRowObjectsJson();
const names = async () =>
  (await rows(`SELECT name FROM parquet_schema('${path}')`)).map(({ name }) => name as string);

describe('the names of fields in a Parquet file', () => {
  it('that were told apart by a number become their own again, and all values stay', async () => {
    const long = 'n'.repeat(200);
    const wide = Array.from({ length: 40 }, (_, index) => `i + ${index} AS c${index}`).join(', ');
    await engine.run(`COPY (
      SELECT {birthDate: i, "birthdate~2": 'x' || i} AS person, i AS "L", -i AS "l~2", [{"A": i, "a~2": i}] AS list,
        MAP {'k': true} AS m, i::DOUBLE AS "${long}", i AS "${long.toUpperCase()}~2", ${wide} FROM range(5000) r(i)
    ) TO '${path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)`);
    const before = await names();
    await restoreNames(path);
    expect(await names()).toEqual(before.map((name) => name.replace(/~2$/u, '')));
    expect(
      await rows(`SELECT count(*) AS n, sum(person.birthDate)::BIGINT AS a, max(person.birthdate_1) AS b, min(l_1) AS c, sum(c39)::BIGINT AS d,
        bool_and(m['k']) AS e FROM read_parquet('${path}') WHERE L >= 10`),
    ).toEqual([{ n: '4990', a: '12497455', b: 'x999', c: '-4999', d: '12692065', e: true }]);
  });

  it('that are their own already leave the file as it is', async () => {
    await engine.run(`COPY (SELECT 1 AS a, 'b~2' AS b) TO '${path}' (FORMAT parquet)`);
    const before = readFileSync(path);
    await restoreNames(path);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});
