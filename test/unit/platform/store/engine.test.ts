import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine, type Engine } from '../../../../src/platform/store/engine/engine';
import { smallLimits, writeGeneration } from '../../../support/small-generation';

describe('an engine for rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'engine-'));
  const generation = join(folder, 'generation.duckdb');
  const secret = join(folder, 'secret.json');
  const loot = join(folder, 'loot');
  let engine: Engine;
  beforeAll(async () => {
    writeFileSync(secret, '{"secret":1}');
    await writeGeneration(generation, [{ names: ['ada'], namespaces: ['Email'] }]);
    engine = await openEngine({
      limits: smallLimits,
      attach: [{ path: generation, as: 'gen', readOnly: true }],
    });
    await engine.run('CREATE TABLE loaded (line VARCHAR)');
  });
  afterAll(() => {
    engine.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['reads no text', `SELECT * FROM read_text('${secret}')`],
    ['reads no blob', `SELECT * FROM read_blob('${secret}')`],
    ['reads no CSV', `SELECT * FROM read_csv('${secret}')`],
    ['reads no JSON', `SELECT * FROM read_json('${secret}')`],
    ['reads no Parquet', `SELECT * FROM read_parquet('${secret}')`],
    ['reads no file by its name', `SELECT * FROM '${secret}'`],
    ['reads nothing from elsewhere', `SELECT * FROM read_parquet('http://127.0.0.1:1/x.parquet')`],
    ['lists no folder', `SELECT * FROM glob('${folder}/*')`],
    ['copies nothing out', `COPY (SELECT 1) TO '${loot}'`],
    ['copies nothing in', `COPY loaded FROM '${secret}'`],
    ['exports nothing', `EXPORT DATABASE '${loot}'`],
    ['attaches no other file', `ATTACH '${loot}' AS loot`],
    ['installs no extension', 'INSTALL httpfs'],
    ['loads no extension', 'LOAD httpfs'],
    ['loads no library', `LOAD '${secret}'`],
    ['opens itself not again', 'SET enable_external_access = true'],
    ['allows itself no folder', `SET allowed_directories = ['${folder}']`],
    ['unlocks nothing', 'SET lock_configuration = false'],
    ['resets nothing', 'RESET lock_configuration'],
    ['takes no more memory', `SET memory_limit = '64GB'`],
    ['takes no more threads', 'PRAGMA threads = 64'],
    ['puts nothing elsewhere', `SET temp_directory = '${loot}'`],
    ['keeps no log of its own', `SET log_query_path = '${loot}'`],
    ['writes no profile of its work', `PRAGMA profiling_output = '${loot}'`],
    ['makes no lasting secret', `CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')`],
    ['deletes no people', 'DELETE FROM gen.main.profile_row'],
    ['changes no people', `UPDATE gen.main.profile_row SET p0 = 'eve'`],
    ['adds no table to the data', 'CREATE TABLE gen.main.t (a INTEGER)'],
    ['drops no table of the data', 'DROP TABLE gen.main.profile_row'],
  ])('%s', async (_, sql) => {
    await expect(engine.run(sql)).rejects.toThrow();
    expect(existsSync(loot)).toBe(false);
  });

  it('prepares one statement and no second one behind it', async () => {
    await expect(engine.prepare(`SELECT 1; DETACH gen`)).rejects.toThrow();
    await expect(engine.rows('SELECT count(*) AS people FROM gen.main.profile_row')).resolves.toEqual([
      { people: 1 },
    ]);
  });
});
