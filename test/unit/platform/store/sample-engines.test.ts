import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { tenantFolderName } from '../../../../src/platform/store/data-folder';
import { EngineFault } from '../../../../src/platform/store/engine/engine-fault';
import type { ProfileData } from '../../../../src/platform/store/api/profile-data';
import type { SampleSession } from '../../../../src/platform/store/api/sample-session';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import { ingest, person, StoreFixture, tenant } from './support';

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
const open = (signal = new AbortController().signal): Promise<SampleSession> => data.openSample({ signal });
const people = 'SELECT count(*) AS people FROM owner';
const greedy = "SELECT len(list(i || repeat('x', 100))) FROM range(3_000_000) numbers(i)";

async function countPeople(): Promise<unknown> {
  const sample = await open();
  const [row] = await sample.rows(people);
  await sample.close();
  return row?.['people'];
}

const generations = (): readonly string[] =>
  readdirSync(join(fixture.dataDir, 'tenants', tenantFolderName(tenant), 'generations'));

test('samples of the same people, one after the other, are read by one engine', async () => {
  expect([await countPeople(), await countPeople(), await countPeople()]).toEqual([1, 1, 1]);
  expect(opened).toHaveBeenCalledTimes(1);
});

test('samples side by side have an engine each: to interrupt one does not touch the other', async () => {
  const controller = new AbortController();
  const [one, other] = [await open(controller.signal), await open()];
  const long = one.rows('SELECT max(sqrt(i)) FROM range(100_000_000_000) numbers(i)');
  controller.abort();
  await expect(long).rejects.toMatchObject({ name: 'AbortError' });
  expect(await other.rows(people)).toEqual([{ people: 1 }]);
  await one.close();
  await other.close();
  expect(opened).toHaveBeenCalledTimes(2);
});

test('the signal of a sample that has ended stops no later one of the same engine', async () => {
  const controller = new AbortController();
  await (await open(controller.signal)).close();
  const sample = await open();
  const counted = sample.rows(people);
  controller.abort();
  expect(await counted).toEqual([{ people: 1 }]);
  await sample.close();
  expect(opened).toHaveBeenCalledTimes(1);
});

test('an engine that ran out of memory is not used again, and the next sample answers', async () => {
  const sample = await open();
  await expect(sample.rows(greedy)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
  await sample.close();
  expect(await countPeople()).toBe(1);
  expect(opened).toHaveBeenCalledTimes(2);
});

test('after an import the new people are read, and no idle engine keeps the file of the former ones', async () => {
  await countPeople();
  await bring('bob@example.com');
  expect(generations()).toHaveLength(1);
  expect(await countPeople()).toBe(2);
});

test('a sample that is still read keeps its people while others are imported, and lets their file go at its end', async () => {
  const sample = await open();
  await bring('bob@example.com');
  expect(await sample.rows(people)).toEqual([{ people: 1 }]);
  expect(generations()).toHaveLength(2);
  await sample.close();
  expect(generations()).toHaveLength(1);
});

test('a field that is added is there for the next sample', async () => {
  await countPeople();
  await data.addFields([{ entity: 'profile', path: 'loyalty.points', type: { kind: 'integer' } }]);
  const sample = await open();
  expect(await sample.rows('SELECT count("loyalty.points") AS points FROM profile')).toEqual([{ points: 0 }]);
  await sample.close();
});

test('after a reset nobody is left, and no file either', async () => {
  await countPeople();
  await store.empty(tenant);
  data = await store.profileData(tenant);
  expect(await countPeople()).toBe(0);
  expect(generations()).toEqual([]);
});

test('no statement of a sample reaches another file, changes the people, or lifts a limit', async () => {
  await countPeople();
  const sample = await open();
  for (const sql of [
    "SELECT * FROM read_text('/etc/hostname')",
    'DELETE FROM gen.main.profile_row',
    "SET memory_limit = '8GB'",
    'SET enable_external_access = true',
    "ATTACH '/tmp/other.duckdb'",
  ]) {
    await expect(sample.rows(sql)).rejects.toBeInstanceOf(EngineFault);
  }
  await sample.close();
});

test('an idle engine is closed after half a minute', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
  try {
    await countPeople();
    jest.advanceTimersByTime(30_000);
    await countPeople();
    expect(opened).toHaveBeenCalledTimes(2);
  } finally {
    jest.useRealTimers();
  }
});
