import { passOfSql } from '../../../support/pass-of-sql';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { runExport, type ExportRun } from '../../../../src/platform/exports/run-export';
import type { ExportJob, ExportRequest, ExportSegment, Tenant } from '../../../../src/platform/records';
import { tenantFolderName } from '../../../../src/platform/store/data-folder';
import { plainRule } from '../../../../src/platform/store/merge-rule';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import {
  definition,
  ingest,
  otherTenant,
  page,
  person,
  segmentJob,
  snapshotOf,
  StoreFixture,
  tenant,
} from '../store/support';

let fixture: StoreFixture;
let store: PlatformStore;
beforeEach(async () => {
  fixture = new StoreFixture();
  store = await fixture.open();
});
afterEach(() => fixture.dispose());

const datasetId = 'f'.repeat(24);
let batches = 0;

interface Wanted extends Partial<ExportRequest> {
  readonly status?: ExportJob['status'];
  readonly run?: Partial<ExportRun>;
  readonly batches?: ExportJob['batches'];
}

async function newJob({ status = 'PROCESSING', batches: given, ...request }: Wanted): Promise<ExportJob> {
  return store.exportJobs.insert(tenant, {
    status,
    progress: 0,
    errors: [],
    requestId: 'request-1',
    request: {
      fields: [],
      segments: [],
      emptyProfiles: false,
      datasetId,
      segmentPerBatch: false,
      evaluateFirst: false,
      schemaName: '_xdm.context.profile',
      ...request,
    },
    batches: given ?? [{ batchId: `out-${(batches += 1)}` }],
    createdAt: 1,
    updatedAt: 1,
  });
}

async function exported(wanted: Wanted = {}): Promise<ExportJob | undefined> {
  const { run, ...request } = wanted;
  return runExport({
    store,
    tenant,
    job: await newJob(request),
    signal: new AbortController().signal,
    ...run,
  });
}

/** Opens the files of a batch with an engine of its own, as a reader would. */
async function rowsOf(job: ExportJob | undefined, select = '*', batch = 0, owner: Tenant = tenant) {
  const batchId = job?.batches[batch]?.batchId ?? '';
  const record = await store.batches.get(owner, batchId);
  const paths: string[] = [];
  for (const { id } of record?.files ?? []) paths.push((await store.batches.findFile(owner, id))?.path ?? '');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const list = paths.map((path) => `'${path}'`).join(', ');
  const reader = await connection.runAndReadAll(`SELECT ${select} FROM read_parquet([${list}])`);
  const rows = reader.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

const emails = `"identityMap"['Email'][1].id AS email`;

async function emailsOf(job: ExportJob | undefined, batch = 0): Promise<unknown[]> {
  return (await rowsOf(job, emails, batch)).map((row) => row['email']).sort();
}

async function evaluate(segmentId: string, condition: string, at: number): Promise<void> {
  const known = await store.segmentDefinitions.get(tenant, segmentId);
  const segment = definition({ id: segmentId, name: segmentId });
  if (known === undefined) await store.segmentDefinitions.insert(tenant, segment);
  const job = segmentJob({ id: `${segmentId}-${at}`, status: 'PROCESSING', segments: [snapshotOf(segment)] });
  await store.segmentJobs.insert(tenant, job);
  const sql = `SELECT "#pid", coalesce(${condition}, false) AS r0 FROM profile WHERE "#pid" >= $pid_from AND "#pid" < $pid_to`;
  const { signal } = new AbortController();
  const slice = { segmentIds: [segmentId], pass: passOfSql(sql, 1) };
  const passes = [{ mergeRule: plainRule, slices: [slice] }];
  await (await store.profileData(tenant)).evaluate({ job, passes, at, signal });
}

const members = (
  segmentId: string,
  statuses: ExportSegment['statuses'] = ['realized', 'existing'],
): ExportSegment => ({
  segmentId,
  namespace: 'ups',
  statuses,
});

const event = (id: string, email: string, fields: object = {}): object => ({
  _id: id,
  timestamp: '2024-01-01T00:00:00Z',
  identityMap: { Email: [{ id: email, primary: true }] },
  ...fields,
});

const country = (countryCode: string): object => ({ homeAddress: { countryCode } });
const isFrom = (countryCode: string): string => `"homeAddress.countryCode" = '${countryCode}'`;

it('has fields that are called as what every object of JavaScript has', async () => {
  const fields = { constructor: 'c', toString: 't', _acme: { valueOf: true, hasOwnProperty: 'h' } };
  await ingest({ store, entity: 'profile', lines: [person('a', fields)] });
  expect(await rowsOf(await exported(), 'constructor, "toString", _acme')).toEqual([fields]);
});

describe('who is exported', () => {
  it('is everybody with a record when no segment is named', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a'), person('b')] });
    await ingest({ store, entity: 'event', lines: [event('1', 'only-events')] });
    const job = await exported();
    expect(job).toMatchObject({
      status: 'SUCCEEDED',
      progress: 1,
      exportedProfiles: 2,
      byNamespace: { Email: 2 },
    });
    expect(await emailsOf(job)).toEqual(['a', 'b']);
    expect(await emailsOf(await exported({ emptyProfiles: true }))).toEqual(['a', 'b', 'only-events']);
  });

  it('are exactly those whose status of any listed segment is listed there', async () => {
    await ingest({
      store,
      entity: 'profile',
      lines: [person('us', country('US')), person('de', country('DE')), person('fr', country('FR'))],
    });
    await evaluate('one', isFrom('US'), 1_000);
    await evaluate('two', isFrom('DE'), 1_000);
    expect(await emailsOf(await exported({ segments: [members('one'), members('two')] }))).toEqual([
      'de',
      'us',
    ]);
    await evaluate('one', 'false', 2_000);
    expect(await emailsOf(await exported({ segments: [members('one'), members('two')] }))).toEqual(['de']);
    expect(await emailsOf(await exported({ segments: [members('one', ['exited'])] }))).toEqual(['us']);
  });

  it('is nobody for a segment of another namespace, and there is a file with the columns still', async () => {
    await ingest({ store, entity: 'profile', lines: [person('us', country('US'))] });
    await evaluate('one', 'true', 1_000);
    const job = await exported({ segments: [{ ...members('one'), namespace: 'AAM' }] });
    expect(job).toMatchObject({ status: 'SUCCEEDED', exportedProfiles: 0, byNamespace: {} });
    expect(await rowsOf(job)).toEqual([]);
  });

  it('is bounded by the time of qualification, bounds included', async () => {
    await ingest({
      store,
      entity: 'profile',
      lines: [person('early', country('US')), person('late', country('DE'))],
    });
    await evaluate('one', isFrom('US'), 1_000);
    await evaluate('one', 'true', 2_000);
    const segments = [members('one')];
    expect(await emailsOf(await exported({ segments, qualifiedFrom: 2_000 }))).toEqual(['late']);
    expect(await emailsOf(await exported({ segments, qualifiedTo: 1_000 }))).toEqual(['early']);
    expect(await emailsOf(await exported({ segments, qualifiedFrom: 1_000, qualifiedTo: 2_000 }))).toEqual([
      'early',
      'late',
    ]);
  });

  it('changed strictly after the time of ingestion that is asked for', async () => {
    await ingest({ store, entity: 'profile', lines: [person('old')], at: 1_000 });
    await ingest({ store, entity: 'profile', lines: [person('new')], at: 2_000 });
    expect(await emailsOf(await exported({ ingestedAfter: 1_000 }))).toEqual(['new']);
  });

  it('goes to one batch for each segment when asked, each with its own members', async () => {
    await ingest({
      store,
      entity: 'profile',
      lines: [person('us', country('US')), person('de', country('DE'))],
    });
    await evaluate('one', isFrom('US'), 1_000);
    await evaluate('two', 'true', 1_000);
    const job = await exported({
      segmentPerBatch: true,
      segments: [members('one'), members('two')],
      batches: [
        { batchId: 'first', segment: members('one') },
        { batchId: 'second', segment: members('two') },
      ],
    });
    expect(await emailsOf(job, 0)).toEqual(['us']);
    expect(await emailsOf(job, 1)).toEqual(['de', 'us']);
    expect(job?.exportedProfiles).toBe(3);
    expect((await store.batches.get(tenant, 'second'))?.recordCount).toBe(2);
  });
});

describe('what is exported', () => {
  it('is nested XDM with memberships: the fields that any profile has, objects of which nothing is known being null', async () => {
    const fields = {
      person: { name: { firstName: 'Ada' }, birthDate: '1815-12-10' },
      _acme: { points: 3 },
      ...country('US'),
    };
    const other = { workAddress: { city: 'Rome' } };
    await ingest({
      store,
      entity: 'profile',
      lines: [person('ada@x.org', fields), person('bob@x.org', other)],
    });
    await evaluate('one', 'true', 1_000);
    const flat = `* REPLACE (identityMap['Email'][1].id AS identityMap, segmentMembership['ups']['one'] AS segmentMembership)`;
    const rows = await rowsOf(await exported(), flat);
    expect(rows.find(({ identityMap }) => identityMap === 'ada@x.org')).toEqual({
      identityMap: 'ada@x.org',
      person: { name: { firstName: 'Ada' }, birthDate: '1815-12-10' },
      homeAddress: { countryCode: 'US' },
      workAddress: null,
      segmentMembership: { lastQualificationTime: '1970-01-01T00:00:01.000Z', status: 'realized' },
      _acme: { points: '3' },
    });
  });

  it('is narrowed by paths, of which one that names an object means all of it', async () => {
    await ingest({
      store,
      entity: 'profile',
      lines: [person('a', { person: { name: { firstName: 'A' }, age: 3 }, ...country('US') })],
    });
    const job = await exported({ fields: ['identities.id', 'person.name', 'homeAddress.countryCode'] });
    const [row] = await rowsOf(job);
    expect(row).toEqual({
      identities: [{ id: 'a' }],
      person: {
        name: {
          firstName: 'A',
          middleName: null,
          lastName: null,
          fullName: null,
          courtesyTitle: null,
          suffix: null,
        },
      },
      homeAddress: { countryCode: 'US' },
    });
  });

  it('holds two fields that differ in case alone', async () => {
    await ingest({
      store,
      entity: 'profile',
      lines: [person('a', { person: { birthDate: '2000-01-01', birthdate: '2001-01-01' } })],
    });
    const [row] = await rowsOf(
      await exported({ fields: ['person'] }),
      // The engine that reads it here folds names, and adds a number to the second.
      `person.birthDate AS one, person."birthdate_1" AS two`,
    );
    expect(row).toEqual({ one: '2000-01-01', two: '2001-01-01' });
  });

  it('narrows identityMap by namespace, whatever its case', async () => {
    const identityMap = { Email: [{ id: 'a', primary: true }], ECID: [{ id: '1' }] };
    await ingest({ store, entity: 'profile', lines: [{ identityMap }] });
    const [row] = await rowsOf(await exported({ fields: ['identityMap.ecid'] }));
    expect(row).toEqual({
      identityMap: [{ key: 'ECID', value: [{ id: '1', primary: false, authenticatedState: null }] }],
    });
  });

  it('refuses a field that the schema does not have, by its name', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a')] });
    const failed = exported({ fields: ['person.name', `x' OR 1=1`] });
    await expect(failed).rejects.toMatchObject({ code: 'EXPORT_FAILED' });
    await expect(failed).rejects.toThrow(`"x' OR 1=1"`);
  });

  it('has events only when asked for, in their order, with the named fields', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a'), person('quiet')] });
    const at = (time: string): object => ({ timestamp: `2024-01-01T${time}Z`, eventType: time });
    await ingest({
      store,
      entity: 'event',
      lines: [event('2', 'a', at('02:00:00')), event('1', 'a', at('01:00:00'))],
      at: 1_000,
    });
    await ingest({ store, entity: 'event', lines: [event('3', 'a', at('03:00:00'))], at: 2_000 });
    const job = await exported({
      fields: ['identityMap'],
      events: { fields: ['eventType', '_id'], ingestedTo: 1_000 },
    });
    const rows = await rowsOf(job, `${emails}, "eventList"`);
    expect(rows.sort((a, b) => (a['email'] === 'a' && b['email'] !== 'a' ? -1 : 1))).toEqual([
      {
        email: 'a',
        eventList: [
          { _id: '1', eventType: '01:00:00' },
          { _id: '2', eventType: '02:00:00' },
        ],
      },
      { email: 'quiet', eventList: [] },
    ]);
    expect(Object.keys((await rowsOf(await exported()))[0] ?? {})).not.toContain('eventList');
  });

  it('has all events of everybody, however few the engine gathers at once', async () => {
    const people = Array.from({ length: 9 }, (_, index) => `p${index}`);
    await ingest({ store, entity: 'profile', lines: people.map((email) => person(email)) });
    const events = people.flatMap((email, index) =>
      Array.from({ length: index }, (_, number) => event(`${email}-${number}`, email)),
    );
    await ingest({ store, entity: 'event', lines: events });
    const job = await exported({ events: { fields: [] }, run: { eventsPerStep: 4, rowsPerFile: 5 } });
    const rows = await rowsOf(job, `${emails}, len("eventList")::INTEGER AS events`);
    expect(new Map(rows.map((row) => [row['email'], row['events']]))).toEqual(
      new Map(people.map((email, index) => [email, index])),
    );
    const batch = await store.batches.get(tenant, job?.batches[0]?.batchId ?? '');
    expect(batch?.recordCount).toBe(9);
    expect(Math.max(...(batch?.files.map(({ recordCount }) => recordCount) ?? []))).toBeLessThanOrEqual(5);
  });

  it('is cut into files of so many rows, whose counts and progress are told', async () => {
    await ingest({
      store,
      entity: 'profile',
      lines: Array.from({ length: 25 }, (_, index) => person(`p${index}`)),
    });
    const seen: number[] = [];
    const job = await exported({
      run: { rowsPerFile: 10, onProgress: ({ done, total }) => void seen.push(done / total) },
    });
    const batch = await store.batches.get(tenant, job?.batches[0]?.batchId ?? '');
    expect(batch?.files.map(({ recordCount }) => recordCount)).toEqual([10, 10, 5]);
    expect(batch).toMatchObject({ status: 'success', recordCount: 25, direction: 'output' });
    expect(await emailsOf(job)).toHaveLength(25);
    expect(seen).toEqual([1 / 3, 2 / 3, 1]);
  });

  it('is cut between members who stand far apart, with each of them once and no file too long', async () => {
    const people = Array.from({ length: 600 }, (_, index) => `p${index}`);
    const isThird = (_: string, index: number): boolean => index % 3 === 0;
    await ingest({
      store,
      entity: 'profile',
      lines: people.map((email, index) => person(email, country(isThird(email, index) ? 'US' : 'DE'))),
    });
    await evaluate('one', isFrom('US'), 1_000);
    const job = await exported({
      segments: [members('one')],
      run: { rowsPerFile: 130, peoplePerLookup: 30 },
    });
    expect(await emailsOf(job)).toEqual(people.filter(isThird).sort());
    expect(
      await rowsOf(job, `count_if(segmentMembership['ups']['one'].status = 'realized')::INTEGER AS realized`),
    ).toEqual([{ realized: 200 }]);
    const batch = await store.batches.get(tenant, job?.batches[0]?.batchId ?? '');
    const rows = batch?.files.map(({ recordCount }) => recordCount) ?? [];
    expect(rows).toHaveLength(2);
    expect(Math.max(...rows)).toBeLessThanOrEqual(130);
  });
});

describe('the files of an export', () => {
  it('are Parquet compressed by SNAPPY, which every reader knows', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a')] });
    const job = await exported();
    const file = await store.batches.findFile(tenant, `${job?.batches[0]?.batchId}-1`);
    const instance = await DuckDBInstance.create();
    const connection = await instance.connect();
    const reader = await connection.runAndReadAll(
      'SELECT DISTINCT compression FROM parquet_metadata($path)',
      {
        path: file?.path ?? '',
      },
    );
    expect(reader.getRows()).toEqual([['SNAPPY']]);
    connection.closeSync();
    instance.closeSync();
  });
});

describe('the target dataset', () => {
  const folder = () => join(fixture.dataDir, 'tenants', tenantFolderName(tenant), 'exports');

  it('holds the newest export only', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a')] });
    const first = await exported();
    const firstFile = await store.batches.findFile(tenant, `${first?.batches[0]?.batchId}-1`);
    const second = await exported();
    expect(await store.batches.get(tenant, first?.batches[0]?.batchId ?? '')).toMatchObject({
      status: 'deleted',
      files: [],
    });
    expect(existsSync(dirname(firstFile?.path ?? '/'))).toBe(false);
    expect(await emailsOf(second)).toEqual(['a']);
    const { items } = await store.batches.listByDataset(tenant, datasetId, page);
    expect(items.map(({ status }) => status).sort()).toEqual(['deleted', 'success']);
  });

  it('keeps a former export when the new one was cancelled meanwhile, and no file of it', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a')] });
    const first = await exported();
    expect(await exported({ status: 'CANCELLING' })).toBeUndefined();
    expect(readdirSync(folder())).toEqual([first?.batches[0]?.batchId]);
    expect(await emailsOf(first)).toEqual(['a']);
  });

  it('gets nothing when the signal fires', async () => {
    await ingest({
      store,
      entity: 'profile',
      lines: Array.from({ length: 20 }, (_, index) => person(`p${index}`)),
    });
    const stopping = new AbortController();
    const run = { rowsPerFile: 5, signal: stopping.signal, onProgress: () => stopping.abort() };
    await expect(exported({ run })).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(folder())).toEqual([]);
  });

  it('of another tenant is out of reach', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a')] });
    const job = await exported();
    expect(await store.batches.findFile(otherTenant, `${job?.batches[0]?.batchId}-1`)).toBeUndefined();
  });

  it('can be read while an import makes the next generation', async () => {
    await ingest({
      store,
      entity: 'profile',
      lines: Array.from({ length: 50 }, (_, index) => person(`p${index}`)),
    });
    let imported: Promise<unknown> | undefined;
    const onProgress = async (): Promise<void> => {
      imported ??= ingest({ store, entity: 'profile', lines: [person('new')] });
      await imported;
    };
    const job = await exported({ run: { rowsPerFile: 10, onProgress } });
    expect(job?.exportedProfiles).toBe(50);
    expect(await (await store.profileData(tenant)).counts()).toMatchObject({ profiles: 51 });
  });

  it('stays as it was when there is no profile at all', async () => {
    await expect(exported()).rejects.toMatchObject({ code: 'EXPORT_FAILED' });
  });
});
