import { passOfSql } from '../../../support/pass-of-sql';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CompiledPass } from '../../../../src/pql';
import type { SegmentJob } from '../../../../src/platform/records';
import { tenantFolderName } from '../../../../src/platform/store/data-folder';
import { plainRule } from '../../../../src/platform/store/merge-rule';
import type { ReportProgress } from '../../../../src/platform/store/api/progress';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import { definition, ingest, person, segmentJob, snapshotOf, StoreFixture, tenant } from './support';

const day = 24 * 60 * 60 * 1000;

let fixture: StoreFixture;
let store: PlatformStore;
beforeEach(async () => {
  fixture = new StoreFixture();
  store = await fixture.open();
});
afterEach(() => fixture.dispose());

/** A pass of rules that are written as SQL conditions on `profile`. */
function passOf(...conditions: string[]): CompiledPass {
  const rules = conditions.map((condition, index) => `coalesce(${condition}, false) AS r${index}`);
  const sql = `SELECT "#pid", ${rules.join(', ')} FROM profile WHERE "#pid" >= $pid_from AND "#pid" < $pid_to`;
  return passOfSql(sql, rules.length);
}

const inUs = `"homeAddress.countryCode" = 'US'`;
const country = (countryCode: string): object => ({ homeAddress: { countryCode } });

let jobs = 0;

interface Run {
  readonly segmentIds?: readonly string[];
  readonly pass?: CompiledPass;
  readonly at?: number;
  readonly onProgress?: ReportProgress;
  readonly signal?: AbortSignal;
  readonly status?: SegmentJob['status'];
}

async function run(request: Run = {}): Promise<SegmentJob | undefined> {
  const {
    segmentIds = ['us'],
    pass = passOf(inUs),
    at = 10 * day,
    signal = new AbortController().signal,
  } = request;
  const segments = [];
  for (const id of segmentIds) {
    const known = await store.segmentDefinitions.get(tenant, id);
    if (known === undefined) await store.segmentDefinitions.insert(tenant, definition({ id, name: id }));
    segments.push(snapshotOf(definition({ id })));
  }
  const job = segmentJob({ id: `job-${(jobs += 1)}`, status: request.status ?? 'PROCESSING', segments });
  await store.segmentJobs.insert(tenant, job);
  const progress = request.onProgress === undefined ? {} : { onProgress: request.onProgress };
  return (await store.profileData(tenant)).evaluate({
    job,
    passes: [{ mergeRule: plainRule, slices: [{ segmentIds, pass }] }],
    at,
    signal,
    ...progress,
  });
}

async function membership(id: string): Promise<unknown> {
  const found = await (await store.profileData(tenant)).profileByIdentity({ namespace: 'Email', id });
  const of = (found?.entity['segmentMembership'] ?? {}) as { ups?: Record<string, unknown> };
  return of.ups?.['us'];
}

const time = (at: number): string => new Date(at).toISOString();

describe('an evaluation', () => {
  it('realizes those who enter, and ends the job with its counters', async () => {
    const phone = {
      identityMap: { Email: [{ id: 'b', primary: true }], Phone: [{ id: '1' }, { id: '2' }] },
      ...country('US'),
    };
    await ingest({
      store,
      entity: 'profile',
      lines: [person('a', country('US')), phone, person('c', country('DE')), person('d')],
    });
    const job = await run({ at: 10 * day });
    expect(job).toMatchObject({ status: 'SUCCEEDED', progress: 1 });
    expect(job?.counters).toEqual({
      totalProfiles: 4,
      profilesByMergePolicy: { default: 4 },
      bySegment: {
        us: { members: 2, realized: 2, existing: 0, exited: 0, byNamespace: { Email: 2, Phone: 1 } },
      },
    });
    expect(await membership('a')).toEqual({ status: 'realized', lastQualificationTime: time(10 * day) });
    expect(await membership('c')).toBeUndefined();
  });

  it('follows the transition table over several runs', async () => {
    await ingest({
      store,
      entity: 'profile',
      lines: [
        person('stays', country('US')),
        person('leaves', country('US')),
        person('enters', country('DE')),
      ],
    });
    await run({ at: 10 * day });
    await ingest({
      store,
      entity: 'profile',
      lines: [person('leaves', country('DE')), person('enters', country('US'))],
    });
    const second = await run({ at: 11 * day });
    expect(second?.counters?.bySegment['us']).toMatchObject({
      members: 2,
      realized: 1,
      existing: 1,
      exited: 1,
    });
    expect(await membership('stays')).toEqual({ status: 'existing', lastQualificationTime: time(10 * day) });
    expect(await membership('leaves')).toEqual({ status: 'exited', lastQualificationTime: time(11 * day) });
    expect(await membership('enters')).toEqual({ status: 'realized', lastQualificationTime: time(11 * day) });

    await run({ at: 12 * day });
    expect(await membership('enters')).toEqual({ status: 'existing', lastQualificationTime: time(11 * day) });
    expect(await membership('leaves')).toEqual({ status: 'exited', lastQualificationTime: time(11 * day) });
    await ingest({ store, entity: 'profile', lines: [person('leaves', country('US'))] });
    await run({ at: 13 * day });
    expect(await membership('leaves')).toEqual({ status: 'realized', lastQualificationTime: time(13 * day) });
  });

  it('forgets who left more than 30 days ago', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a', country('US'))] });
    await run({ at: 10 * day });
    await run({ at: 11 * day, pass: passOf('false') });
    await run({ at: 41 * day, pass: passOf('false') });
    expect(await membership('a')).toMatchObject({ status: 'exited' });
    const last = await run({ at: 41 * day + 1, pass: passOf('false') });
    expect(await membership('a')).toBeUndefined();
    expect(last?.counters?.bySegment['us']).toMatchObject({ members: 0, exited: 0 });
  });

  it('keeps memberships with their people when an import numbers these anew', async () => {
    const people = Array.from({ length: 50 }, (_, index) =>
      person(`p${index}`, country(index % 2 === 0 ? 'US' : 'DE')),
    );
    await ingest({ store, entity: 'profile', lines: people });
    await run();
    await ingest({
      store,
      entity: 'profile',
      lines: Array.from({ length: 50 }, (_, index) => person(`q${index}`, country('US'))),
    });
    for (const index of [0, 1, 2, 3, 48, 49]) {
      const expected = index % 2 === 0 ? 'realized' : undefined;
      expect(((await membership(`p${index}`)) as { status?: string } | undefined)?.status).toBe(expected);
    }
    expect(await membership('q7')).toBeUndefined();
  });

  it('touches the segments of its job only', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a', country('US'))] });
    await run();
    await run({ segmentIds: ['other'], pass: passOf('true'), at: 11 * day });
    expect(await membership('a')).toEqual({ status: 'realized', lastQualificationTime: time(10 * day) });
  });

  it('keeps all memberships when more and more runs leave files behind', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a', country('US'))] });
    await run();
    for (let index = 0; index < 12; index += 1)
      await run({ segmentIds: [`s${index}`], pass: passOf('true') });
    const folder = join(fixture.dataDir, 'tenants', tenantFolderName(tenant), 'memberships');
    expect(readdirSync(folder).length).toBeLessThan(10);
    const found = await (await store.profileData(tenant)).profileByIdentity({ namespace: 'Email', id: 'a' });
    const { ups } = found?.entity['segmentMembership'] as { ups: object };
    expect(Object.keys(ups)).toHaveLength(13);
  });

  it('counts as SQL over the same rows does, for many rules and ranges', async () => {
    const countries = ['US', 'DE', 'FR'];
    const people = Array.from({ length: 3_000 }, (_, index) =>
      person(`p${index}`, { ...country(countries[index % 3] ?? ''), person: { age: index % 97 } }),
    );
    await ingest({ store, entity: 'profile', lines: people });
    const segmentIds = Array.from({ length: 150 }, (_, index) => `s${index}`);
    const job = await run({
      segmentIds,
      pass: passOf(...segmentIds.map((_, index) => `"person.age" < ${index} AND ${inUs}`)),
    });
    for (const [index, id] of segmentIds.entries()) {
      const expected = people.filter((_, number) => number % 3 === 0 && number % 97 < index).length;
      expect(job?.counters?.bySegment[id]?.members).toBe(expected);
    }
  });

  it('reports progress range by range and waits for whom it tells', async () => {
    await ingest({
      store,
      entity: 'profile',
      lines: Array.from({ length: 25 }, (_, index) => person(`p${index}`)),
    });
    const seen: number[] = [];
    let busy = false;
    await run({
      onProgress: async ({ done, total }) => {
        expect(busy).toBe(false);
        busy = true;
        await new Promise((resolve) => setImmediate(resolve));
        busy = false;
        seen.push(done / total);
      },
    });
    expect(seen.length).toBeGreaterThanOrEqual(4);
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it('binds the parameters of the pass', async () => {
    await ingest({
      store,
      entity: 'profile',
      lines: [person('a', country(`U'S`)), person('b', country('DE'))],
    });
    const { sql } = passOf('"homeAddress.countryCode" = $wanted');
    const job = await run({ pass: passOfSql(sql, 1, { parameters: { wanted: `U'S` } }) });
    expect(job?.counters?.bySegment['us']?.members).toBe(1);
  });

  it('knows fields that were added after the data came in', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a')] });
    const data = await store.profileData(tenant);
    await data.addFields([{ entity: 'profile', path: '_acme.level', type: { kind: 'integer' } }]);
    const { sql } = passOf('"_acme.level" IS NULL');
    const job = await run({ pass: passOfSql(sql, 1, { schema: await data.schema() }) });
    expect(job?.counters?.bySegment['us']?.members).toBe(1);
  });

  it('of nobody succeeds with zeros', async () => {
    const job = await run();
    expect(job).toMatchObject({
      status: 'SUCCEEDED',
      counters: { totalProfiles: 0, bySegment: { us: { members: 0 } } },
    });
  });
});

describe('an evaluation that does not end', () => {
  const files = (folder: string) =>
    readdirSync(join(fixture.dataDir, 'tenants', tenantFolderName(tenant), folder));

  it('changes nothing when its job is not PROCESSING any more', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a', country('US'))] });
    expect(await run({ status: 'CANCELLING' })).toBeUndefined();
    expect(await membership('a')).toBeUndefined();
    expect(files('memberships')).toEqual([]);
  });

  it('changes nothing when its signal fires between two ranges', async () => {
    await ingest({
      store,
      entity: 'profile',
      lines: [person('a', country('US')), person('b', country('US'))],
    });
    const stopping = new AbortController();
    const stopped = run({ signal: stopping.signal, onProgress: () => stopping.abort() });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect(await membership('a')).toBeUndefined();
    expect([...files('memberships'), ...files('temp')]).toEqual([]);
  });

  it('interrupts the query that runs when its signal fires', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a', country('US'))] });
    const endless = passOf(
      '(SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 3) > 0',
    );
    const stopped = run({ pass: endless, signal: AbortSignal.timeout(100) });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect((await run({ at: 11 * day }))?.status).toBe('SUCCEEDED');
  });

  /** Of rules that take their time for all ranges but the first one. */
  const slowAfterTheFirst = (rows: number): CompiledPass =>
    passOf(
      `(SELECT count(*) FROM range(${rows}) a, range(${rows}) b WHERE $pid_from > 0 AND a.range + b.range = 3) >= 0`,
    );

  it('interrupts the rules of a range when its signal fires while the range before is settled', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a'), person('b'), person('c'), person('d')] });
    const stopping = new AbortController();
    const told: number[] = [];
    const onProgress: ReportProgress = ({ done }) => {
      told.push(done);
      stopping.abort();
    };
    const stopped = run({ pass: slowAfterTheFirst(10_000_000), signal: stopping.signal, onProgress });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect([told, ...files('memberships'), ...files('temp')]).toEqual([[1]]);
    expect((await run({ at: 11 * day }))?.status).toBe('SUCCEEDED');
  });

  it('tells the error in the settling of a range, and leaves no file, though the next rules run', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a'), person('b'), person('c'), person('d')] });
    const onProgress = () => Promise.reject(new Error('nobody listens'));
    const failed = run({ pass: slowAfterTheFirst(3_000), onProgress });
    await expect(failed).rejects.toThrow('nobody listens');
    expect([...files('memberships'), ...files('temp')]).toEqual([]);
    expect((await run({ at: 11 * day }))?.status).toBe('SUCCEEDED');
  });

  it('leaves the next one in peace when its statement fails', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a', country('US'))] });
    await expect(run({ pass: passOf('no_such_column') })).rejects.toThrow();
    expect((await run())?.status).toBe('SUCCEEDED');
    expect(files('temp')).toEqual([]);
  });

  it('cannot reach a file', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a')] });
    await expect(
      run({ pass: passOf(`(SELECT count(*) FROM read_text('/etc/hostname')) > 0`) }),
    ).rejects.toThrow(/disabled/u);
  });

  it.each([
    ['a second statement', 'SELECT "#pid", true AS r0 FROM profile; DETACH gen'],
    [
      'one that closes the bracket',
      'SELECT 1) t; DETACH gen; SELECT * FROM (SELECT "#pid", true AS r0 FROM profile',
    ],
    ['one behind a comment', 'SELECT "#pid", true AS r0 FROM profile) t; DETACH gen --'],
    ['a change instead of a question', 'DELETE FROM gen.main.profile_row RETURNING "#pid", true AS r0'],
  ])('takes no statement that brings along %s', async (_, sql) => {
    await ingest({ store, entity: 'profile', lines: [person('a', country('US'))] });
    await expect(run({ pass: passOfSql(sql, 1) })).rejects.toThrow();
    expect((await run())?.counters?.bySegment['us']?.members).toBe(1);
  });
});

describe('a deleted segment definition', () => {
  it('takes its memberships along', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a', country('US'))] });
    await run();
    await store.segmentDefinitions.delete(tenant, 'us');
    expect(await membership('a')).toBeUndefined();
  });

  it('gets none when it was deleted during the run', async () => {
    await ingest({ store, entity: 'profile', lines: [person('a', country('US'))] });
    const job = await run({
      onProgress: async () => {
        await store.segmentDefinitions.delete(tenant, 'us');
      },
    });
    expect(job?.status).toBe('SUCCEEDED');
    expect(await membership('a')).toBeUndefined();
  });
});
