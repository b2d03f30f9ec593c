import fs, { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { passOfSql } from '../../../support/pass-of-sql';
import { tenantFolderName } from '../../../../src/platform/store/data-folder';
import { EngineFault } from '../../../../src/platform/store/engine/engine-fault';
import { createExportEngines } from '../../../../src/platform/store/export-engines';
import { plainRule } from '../../../../src/platform/store/merge-rule';
import type { ExportSession } from '../../../../src/platform/store/api/export-session';
import type { ProfileData } from '../../../../src/platform/store/api/profile-data';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import { builtinSchema } from '../../../../src/xdm/builtin-schema';
import { definition, ingest, person, segmentJob, snapshotOf, StoreFixture, tenant } from './support';

const fixture = new StoreFixture();
let store: PlatformStore;
let data: ProfileData;
let opened: jest.SpyInstance;

beforeEach(async () => {
  store = await fixture.open({ memoryLimit: '64MB' });
  await bring('ada@example.com');
  data = await store.profileData(tenant);
  opened = jest.spyOn(DuckDBInstance, 'create');
});
afterEach(async () => {
  jest.restoreAllMocks();
  await store.empty(tenant);
  await fixture.close();
});
afterAll(() => fixture.dispose());

const bring = (email: string): Promise<unknown> =>
  ingest({ store, entity: 'profile', lines: [person(email)] });
const open = (signal = new AbortController().signal): Promise<ExportSession> => data.openExport({ signal });
const folder = (name: string): readonly string[] =>
  readdirSync(join(fixture.dataDir, 'tenants', tenantFolderName(tenant), name));

async function inSession<T>(work: (session: ExportSession) => Promise<T>): Promise<T> {
  const session = await open();
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

const count = (table: string): Promise<unknown> =>
  inSession(async (session) => (await session.rows(`SELECT count(*) AS n FROM ${table}`))[0]?.['n']);

/** Everybody becomes a member, or nobody. */
async function evaluate(id: string, verdict: 'true' | 'false' = 'true', at = 1): Promise<void> {
  const segment = definition({ id, name: id });
  if ((await store.segmentDefinitions.get(tenant, id)) === undefined)
    await store.segmentDefinitions.insert(tenant, segment);
  const job = segmentJob({ id: `${id}-${at}`, status: 'PROCESSING', segments: [snapshotOf(segment)] });
  await store.segmentJobs.insert(tenant, job);
  const pass = passOfSql(
    `SELECT "#pid", ${verdict} AS r0 FROM profile WHERE "#pid" >= $pid_from AND "#pid" < $pid_to`,
    1,
  );
  const passes = [{ mergeRule: plainRule, slices: [{ segmentIds: [id], pass }] }];
  await data.evaluate({ job, passes, at, signal: new AbortController().signal });
}

test('exports of the same data, one after the other, are read by one engine', async () => {
  expect([await count('profile'), await count('profile'), await count('profile')]).toEqual([1, 1, 1]);
  expect(opened).toHaveBeenCalledTimes(1);
});

test('exports side by side have an engine each, and one of them is kept', async () => {
  const [one, other] = [await open(), await open()];
  await Promise.all([one.close(), other.close()]);
  expect(await count('profile')).toBe(1);
  expect(opened).toHaveBeenCalledTimes(2);
});

test('tables and files that an export leaves behind are not there for the next one', async () => {
  await inSession(async (session) => {
    await session.run('CREATE TEMP TABLE chosen AS SELECT 1 AS one');
    await session.writeParquet({ batchId: 'out-1', name: 'part-0.parquet', select: 'SELECT 1 AS one' });
  });
  await expect(count('temp.main.chosen')).rejects.toBeInstanceOf(EngineFault);
  expect(folder('exports')).toEqual([]);
});

test('after an import the new people are exported, and no idle engine keeps the file of the former ones', async () => {
  await count('profile');
  await bring('bob@example.com');
  expect(folder('generations')).toHaveLength(1);
  expect(await count('profile')).toBe(2);
});

test('an export that runs while others are imported lets the file of its people go at its end', async () => {
  await inSession(() => bring('bob@example.com'));
  expect(folder('generations')).toHaveLength(1);
});

test('after an evaluation its members are there for the next export', async () => {
  expect(await count('membership')).toBe(0);
  await evaluate('all');
  expect(await count('membership')).toBe(1);
  await evaluate('all-again');
  expect(await count('membership')).toBe(2);
});

test('an engine that was kept reads the new memberships, never the former ones, and their file goes', async () => {
  await evaluate('one');
  expect(await count('membership')).toBe(1);
  opened.mockClear();
  await evaluate('one', 'false', 2);
  const entries = await inSession((session) => session.rows('SELECT segment_id, status FROM membership'));
  expect(entries).toEqual([{ segment_id: 'one', status: 'exited' }]);
  // That of the evaluation alone.
  expect(opened).toHaveBeenCalledTimes(1);
  await evaluate('one', 'true', 3);
  await evaluate('two', 'true', 3);
  const again = await inSession((session) =>
    session.rows('SELECT segment_id, status FROM membership ORDER BY segment_id'),
  );
  expect(again).toEqual([
    { segment_id: 'one', status: 'realized' },
    { segment_id: 'two', status: 'realized' },
  ]);
  expect(folder('memberships')).toHaveLength(2);
});

test('an export that is under way while its segment is evaluated keeps the members that it began with', async () => {
  await evaluate('one');
  const members = (session: ExportSession): Promise<unknown> => session.rows('SELECT status FROM membership');
  await inSession(async (session) => {
    await evaluate('one', 'false', 2);
    expect(await members(session)).toEqual([{ status: 'realized' }]);
  });
  expect(await inSession(members)).toEqual([{ status: 'exited' }]);
});

test('where a file cannot be given a second name, an engine is opened for the new memberships', async () => {
  await evaluate('one');
  await count('membership');
  jest.spyOn(fs, 'linkSync').mockImplementation(() => {
    throw Object.assign(new Error('no links here'), { code: 'EPERM' });
  });
  await evaluate('two');
  expect(await count('membership')).toBe(2);
  expect(folder('temp')).toHaveLength(1);
});

test('a field that is added is there for the next export', async () => {
  await count('profile');
  await data.addFields([{ entity: 'profile', path: 'loyalty.points', type: { kind: 'integer' } }]);
  const points = (session: ExportSession): Promise<unknown> =>
    session.rows('SELECT count("loyalty.points") AS points FROM profile');
  expect(await inSession(points)).toEqual([{ points: 0 }]);
});

test('an engine that failed or was interrupted is not used again', async () => {
  await expect(count('nowhere')).rejects.toBeInstanceOf(EngineFault);
  const controller = new AbortController();
  const session = await open(controller.signal);
  const long = session.rows('SELECT max(sqrt(i)) FROM range(100_000_000_000) numbers(i)');
  controller.abort();
  await expect(long).rejects.toMatchObject({ name: 'AbortError' });
  await session.close();
  expect(await count('profile')).toBe(1);
  expect(opened).toHaveBeenCalledTimes(3);
});

test('one that is cancelled after its last statement leaves an engine that answers the next', async () => {
  const controller = new AbortController();
  const session = await open(controller.signal);
  controller.abort();
  await session.close();
  expect(await count('profile')).toBe(1);
});

test('after a reset nothing is left of an engine that was kept', async () => {
  await count('profile');
  await store.empty(tenant);
  expect([folder('generations'), folder('temp')]).toEqual([[], []]);
});

test('an idle engine is closed after half a minute, and its folder is removed', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
  try {
    await count('profile');
    expect(folder('temp')).toHaveLength(1);
    jest.advanceTimersByTime(30_000);
    expect(folder('temp')).toEqual([]);
  } finally {
    jest.useRealTimers();
  }
});

test('no statement of an export reaches another file, changes the people, or lifts a limit, also in an engine that was kept', async () => {
  await count('profile');
  for (const sql of [
    "SELECT * FROM read_text('/etc/hostname')",
    "COPY (SELECT 1) TO '/tmp/elsewhere.parquet'",
    'DELETE FROM gen.main.profile_row',
    "SET memory_limit = '8GB'",
    "ATTACH '/tmp/other.duckdb'",
  ]) {
    await expect(inSession((session) => session.run(sql))).rejects.toBeInstanceOf(EngineFault);
    await count('profile');
  }
});

test('an engine that holds more than it may is not kept', async () => {
  const engines = createExportEngines({ mostIdleBytes: -1 });
  const temp = join(fixture.dataDir, 'tenants', tenantFolderName(tenant), 'temp');
  const [file = ''] = folder('generations');
  for (const work of ['one', 'two']) {
    const engine = await engines.borrow({
      version: '1',
      schema: builtinSchema,
      generation: join(temp, '..', 'generations', file),
      memberships: [],
      isOnce: false,
      limits: { threads: 1, memoryLimit: '64MB', tempFolder: temp },
      work: join(temp, work),
      hold: () => () => undefined,
      signal: new AbortController().signal,
    });
    await engine.giveBack();
  }
  expect(opened).toHaveBeenCalledTimes(2);
});
