import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newSegmentJob, selectDefinitions } from '../../../../src/platform/jobs/new-segment-job';
import { runSegmentJob } from '../../../../src/platform/jobs/segment-job';
import type { SegmentJob } from '../../../../src/platform/records';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import { openTemporaryStore } from '../../../support/temporary-store';
import { acme, definition } from './fixtures';

let store: PlatformStore;
beforeEach(async () => {
  store = await openTemporaryStore({ now: () => 1_000 });
  await importPeople([
    { identityMap: { Email: [{ id: 'ada', primary: true }] }, homeAddress: { countryCode: 'US' } },
    {
      identityMap: { Phone: [{ id: '1', primary: true }], Email: [{ id: 'ada' }] },
      person: { name: { firstName: 'Ada' } },
    },
  ]);
});
afterEach(() => store.close());

async function importPeople(records: readonly object[]): Promise<void> {
  const data = await store.profileData(acme);
  const batch = {
    id: 'people',
    datasetId: 'a'.repeat(24),
    status: 'loaded',
    direction: 'input',
    recordCount: 0,
    failedRecordCount: 0,
    errors: [],
    files: [],
    createdAt: 1,
    updatedAt: 1,
  } as const;
  await store.batches.insert(acme, batch);
  const file = join(await data.uploadFolder(batch.id), 'rows.json');
  writeFileSync(file, records.map((record) => JSON.stringify(record)).join('\n'));
  await data.ingest({ batch, entity: 'profile', files: [file], at: 1 });
}

async function define(id: string, value: string, mergePolicyId = 'policy'): Promise<void> {
  const expression = { type: 'PQL', format: 'pql/text', value };
  await store.segmentDefinitions.insert(acme, definition({ id, expression, mergePolicyId }));
}

/** A policy that stitches. */
async function addLinkedPolicy(): Promise<void> {
  await store.mergePolicies.insert(acme, {
    id: 'linked',
    name: 'linked',
    schemaName: '_xdm.context.profile',
    identityGraph: 'pdg',
    attributeMerge: { type: 'timestampOrdered' },
    isActiveOnEdge: false,
    isDefault: false,
    version: 7,
    updatedAt: 1,
  });
}

let jobs = 0;

async function newJob(...ids: string[]): Promise<SegmentJob> {
  const selection = ids.length === 0 ? ({ kind: 'all' } as const) : ({ kind: 'ids', ids } as const);
  const definitions = await selectDefinitions(store, acme, selection);
  const fresh = newSegmentJob({
    id: `job-${(jobs += 1)}`,
    at: 1,
    selection,
    definitions,
    requestId: 'request',
  });
  const job: SegmentJob = { ...fresh, status: 'PROCESSING' };
  await store.segmentJobs.insert(acme, job);
  return job;
}

async function run(job: SegmentJob): Promise<SegmentJob | undefined> {
  const { signal } = new AbortController();
  await runSegmentJob(store, { tenant: acme, job, run: { at: 1_000, signal, onProgress: () => undefined } });
  return store.segmentJobs.get(acme, job.id);
}

async function segmentsOf(id: string): Promise<unknown> {
  const profile = await (await store.profileData(acme)).profileByIdentity({ namespace: 'Email', id });
  const memberships = profile?.entity['segmentMembership'] as { ups?: object } | undefined;
  return Object.keys(memberships?.ups ?? {});
}

describe('a segment job', () => {
  it('evaluates a segment that a rule names although the job does not, and leaves its memberships alone', async () => {
    await define('in-us', 'homeAddress.countryCode = "US"');
    await define('known', 'inSegment("in-us")');
    expect(await run(await newJob('known'))).toMatchObject({
      status: 'SUCCEEDED',
      counters: { bySegment: { known: { members: 1 } } },
    });
    expect(await segmentsOf('ada')).toEqual(['known']);
  });

  it('evaluates each segment by its own policy, and one that it names on the same people', async () => {
    await addLinkedPolicy();
    await define('in-us', 'homeAddress.countryCode = "US"');
    await define('ada', 'inSegment("in-us") and person.name.firstName = "Ada"', 'linked');
    const job = await run(await newJob());
    expect(job?.segments).toMatchObject([
      { segmentId: 'ada', mergePolicyVersion: 7 },
      { segmentId: 'in-us' },
    ]);
    expect(job?.counters).toMatchObject({
      totalProfiles: 3,
      profilesByMergePolicy: { policy: 2, linked: 1 },
      bySegment: { 'in-us': { members: 1 }, ada: { members: 1 } },
    });
  });

  it('holds to what a policy meant when the job was made', async () => {
    await addLinkedPolicy();
    await define('ada', 'homeAddress.countryCode = "US" and person.name.firstName = "Ada"', 'linked');
    const job = await newJob('ada');
    await store.mergePolicies.delete(acme, 'linked');
    expect((await run(job))?.counters?.bySegment['ada']).toMatchObject({ members: 1 });
  });

  it.each([
    ['a segment that is gone', 'inSegment("nowhere")', 'unknown-segment'],
    ['itself', 'inSegment("circle")', 'segment-circle'],
  ])('fails where a rule names %s', async (_, rule, code) => {
    await define('circle', rule);
    await expect(run(await newJob('circle'))).rejects.toMatchObject({ code, segmentId: 'circle' });
  });

  it('over all segments leaves out those that cannot be evaluated any more, and what leans on them, and says so', async () => {
    await define('in-us', 'homeAddress.countryCode = "US"');
    await define('broken', 'no.such.attribute = 1');
    await define('leaning', 'inSegment("broken") or homeAddress.countryCode = "US"');
    await define('lost', 'inSegment("nowhere")');
    const job = await run(await newJob());
    expect(job).toMatchObject({ status: 'SUCCEEDED', counters: { bySegment: { 'in-us': { members: 1 } } } });
    expect(Object.keys(job?.counters?.bySegment ?? {})).toEqual(['in-us']);
    expect(job?.errors.map(({ code, message }) => [code, /segment (\S+)/.exec(message)?.[1]])).toEqual([
      ['unknown-attribute', 'broken'],
      ['unknown-attribute', 'leaning'],
      ['unknown-segment', 'lost'],
    ]);
  });

  it('over all segments fails where none can be evaluated', async () => {
    await define('broken', 'no.such.attribute = 1');
    await expect(run(await newJob())).rejects.toMatchObject({ code: 'unknown-attribute' });
  });

  it('that names a segment whose rule is not valid any more fails with the reason', async () => {
    await define('in-us', 'homeAddress.countryCode = "US"');
    await define('broken', 'no.such.attribute = 1');
    await expect(run(await newJob('in-us', 'broken'))).rejects.toMatchObject({
      code: 'unknown-attribute',
      segmentId: 'broken',
    });
  });
});
