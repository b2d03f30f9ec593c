import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportJob } from '../../../../src/platform/records';
import { definition, otherTenant, page, segmentJob, snapshotOf, StoreFixture, tenant } from './support';

let fixture: StoreFixture;
beforeEach(() => {
  fixture = new StoreFixture();
});
afterEach(() => fixture.dispose());

const exportJob: Omit<ExportJob, 'id'> = {
  status: 'NEW',
  progress: 0,
  errors: [],
  requestId: 'request-1',
  request: {
    fields: [],
    segments: [],
    emptyProfiles: false,
    datasetId: '0'.repeat(24),
    segmentPerBatch: false,
    evaluateFirst: false,
    schemaName: '_xdm.context.profile',
  },
  batches: [],
  createdAt: 1000,
  updatedAt: 1000,
};

describe('documents', () => {
  it('gives back what was inserted, also after closing and opening again', async () => {
    const first = await fixture.open();
    await first.segmentDefinitions.insert(tenant, definition());
    await fixture.close();
    const second = await fixture.open();
    expect(await second.segmentDefinitions.get(tenant, 'segment-1')).toEqual(definition());
  });

  it('lists the newest first, ties by id, and counts all of them', async () => {
    const store = await fixture.open();
    for (const [id, createdAt] of [
      ['a', 1],
      ['b', 3],
      ['c', 3],
      ['d', 2],
    ] as const) {
      await store.segmentDefinitions.insert(tenant, definition({ id, name: id, createdAt }));
    }
    const listed = await store.segmentDefinitions.list(tenant, { offset: 1, limit: 2 });
    expect(listed.items.map(({ id }) => id)).toEqual(['b', 'd']);
    expect(listed.totalCount).toBe(4);
  });

  it('sorts by name when asked', async () => {
    const store = await fixture.open();
    for (const name of ['beta', 'alpha'])
      await store.segmentDefinitions.insert(tenant, definition({ id: name, name }));
    const listed = await store.segmentDefinitions.list(tenant, page, { field: 'name', direction: 'asc' });
    expect(listed.items.map(({ name }) => name)).toEqual(['alpha', 'beta']);
  });

  it('keeps tenants apart, also under equal ids', async () => {
    const store = await fixture.open();
    await store.segmentDefinitions.insert(tenant, definition());
    await store.segmentDefinitions.insert(otherTenant, definition({ name: 'Theirs' }));
    await store.segmentDefinitions.delete(otherTenant, 'segment-1');
    expect(await store.segmentDefinitions.get(otherTenant, 'segment-1')).toBeUndefined();
    expect(await store.segmentDefinitions.get(tenant, 'segment-1')).toEqual(definition());
  });

  it('refuses a second segment definition of the same name in a tenant', async () => {
    const store = await fixture.open();
    await store.segmentDefinitions.insert(tenant, definition());
    await expect(
      store.segmentDefinitions.insert(tenant, definition({ id: 'segment-2' })),
    ).rejects.toMatchObject({
      code: 'RESOURCE_CONFLICT',
    });
  });

  it('filters segment definitions by evaluation method', async () => {
    const store = await fixture.open();
    const evaluation = { batch: false, continuous: true, synchronous: false };
    await store.segmentDefinitions.insert(tenant, definition());
    await store.segmentDefinitions.insert(
      tenant,
      definition({ id: 'streamed', name: 'Streamed', evaluation }),
    );
    const listed = await store.segmentDefinitions.listWhere(tenant, { continuous: true }, page);
    expect(listed.items.map(({ id }) => id)).toEqual(['streamed']);
  });

  it('says that nothing was replaced or deleted when there is none', async () => {
    const store = await fixture.open();
    expect(await store.segmentDefinitions.replace(tenant, definition())).toBe(false);
    expect(await store.segmentDefinitions.delete(tenant, 'segment-1')).toBe(false);
  });

  it('takes a hostile id as a value', async () => {
    const store = await fixture.open();
    const id = `x' OR '1'='1`;
    await store.segmentDefinitions.insert(tenant, definition());
    expect(await store.segmentDefinitions.get(tenant, id)).toBeUndefined();
    expect(await store.segmentDefinitions.getMany(tenant, [id, 'segment-1'])).toHaveLength(1);
  });

  it('gives every new tenant the default merge policy once', async () => {
    const store = await fixture.open();
    await Promise.all([store.mergePolicies.list(tenant, page), store.mergePolicies.list(tenant, page)]);
    const { items } = await store.mergePolicies.list(tenant, page);
    expect(items).toMatchObject([{ name: 'default', isDefault: true, identityGraph: 'none' }]);
    expect(await store.tenants()).toEqual([tenant]);
  });
});

describe('segment jobs', () => {
  it('moves a job only from the named statuses', async () => {
    const store = await fixture.open({ now: () => 5000 });
    await store.segmentJobs.insert(tenant, segmentJob());
    const started = await store.segmentJobs.transition(tenant, 'job-1', {
      from: ['NEW', 'QUEUED'],
      to: 'PROCESSING',
      changes: { startedAt: 5000 },
    });
    expect(started).toMatchObject({ status: 'PROCESSING', startedAt: 5000, updatedAt: 5000 });
    const again = await store.segmentJobs.transition(tenant, 'job-1', { from: ['NEW'], to: 'QUEUED' });
    expect(again).toBeUndefined();
    expect(await store.segmentJobs.get(tenant, 'job-1')).toEqual(started);
  });

  it('lets one of two racing moves win', async () => {
    const store = await fixture.open();
    await store.segmentJobs.insert(tenant, segmentJob());
    const move = (to: 'QUEUED' | 'CANCELLING') =>
      store.segmentJobs.transition(tenant, 'job-1', { from: ['NEW'], to });
    const winners = (await Promise.all([move('QUEUED'), move('CANCELLING')])).filter(
      (job) => job !== undefined,
    );
    expect(winners).toHaveLength(1);
  });

  it('raises progress of a running job and never lowers it', async () => {
    const store = await fixture.open();
    await store.segmentJobs.insert(tenant, segmentJob({ status: 'PROCESSING' }));
    await store.segmentJobs.setProgress(tenant, 'job-1', 0.5, 2000);
    await store.segmentJobs.setProgress(tenant, 'job-1', 0.2, 3000);
    expect(await store.segmentJobs.get(tenant, 'job-1')).toMatchObject({ progress: 0.5, updatedAt: 2000 });
  });

  it('refuses a second job for the same due time of a schedule', async () => {
    const store = await fixture.open();
    const scheduled = { scheduleId: 'schedule-1', scheduledFor: 60_000 };
    expect(await store.segmentJobs.insert(tenant, segmentJob({ id: 'a', ...scheduled }))).toBe(true);
    expect(await store.segmentJobs.insert(tenant, segmentJob({ id: 'b', ...scheduled }))).toBe(false);
    expect(await store.segmentJobs.get(tenant, 'b')).toBeUndefined();
  });

  it('finds jobs by status and by segment', async () => {
    const store = await fixture.open();
    const segments = [snapshotOf(definition())];
    await store.segmentJobs.insert(tenant, segmentJob({ id: 'a', segments }));
    await store.segmentJobs.insert(tenant, segmentJob({ id: 'b', segments, status: 'FAILED' }));
    await store.segmentJobs.insert(tenant, segmentJob({ id: 'c' }));
    const listed = await store.segmentJobs.list(tenant, { segmentId: 'segment-1', status: 'NEW' }, page);
    expect(listed.items.map(({ id }) => id)).toEqual(['a']);
  });

  it('tells the unfinished jobs of all tenants, oldest first', async () => {
    const store = await fixture.open();
    await store.segmentJobs.insert(tenant, segmentJob({ id: 'late', createdAt: 3 }));
    await store.segmentJobs.insert(otherTenant, segmentJob({ id: 'early', createdAt: 2 }));
    await store.segmentJobs.insert(tenant, segmentJob({ id: 'done', createdAt: 1, status: 'SUCCEEDED' }));
    const unfinished = await store.segmentJobs.unfinished();
    expect(unfinished.map(({ tenant: { sandbox }, job }) => [sandbox, job.id])).toEqual([
      ['dev', 'early'],
      ['prod', 'late'],
    ]);
  });
});

describe('export jobs', () => {
  it('numbers the jobs of a tenant in ascending order', async () => {
    const store = await fixture.open();
    const first = await store.exportJobs.insert(tenant, exportJob);
    const second = await store.exportJobs.insert(tenant, exportJob);
    expect(second.id).toBeGreaterThan(first.id);
  });

  it('goes on after the cursor of the list', async () => {
    const store = await fixture.open();
    for (const createdAt of [1, 2, 2]) await store.exportJobs.insert(tenant, { ...exportJob, createdAt });
    const listed = await store.exportJobs.list(tenant, { olderThan: { createdAt: 2, id: 3 } }, page);
    expect(listed.items.map(({ id }) => id)).toEqual([2, 1]);
  });
});

describe('tenants', () => {
  it('are made by writes, not by reads', async () => {
    const store = await fixture.open();
    await store.batches.list(tenant, page);
    await store.datasets.get(tenant, 'none');
    await store.segmentDefinitions.getMany(tenant, ['none']);
    expect(await store.tenants()).toEqual([]);
    await store.datasets.insert(tenant, { id: 'a', name: 'a', createdAt: 1, updatedAt: 1 });
    expect(await store.tenants()).toEqual([tenant]);
  });

  it('have the same default merge policy from its first read on', async () => {
    const store = await fixture.open();
    const read = async (): Promise<unknown> => (await store.mergePolicies.list(tenant, page)).items;
    const first = await read();
    await store.datasets.insert(tenant, { id: 'a', name: 'a', createdAt: 1, updatedAt: 1 });
    expect(first).toMatchObject([{ name: 'default', isDefault: true }]);
    expect(await read()).toEqual(first);
  });
});

describe('the data folder', () => {
  it('is refused while another store has it', async () => {
    await fixture.open();
    await expect(fixture.open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', reason: 'locked' });
  });

  it('is free again after close', async () => {
    await fixture.open();
    await fixture.close();
    await expect(fixture.open()).resolves.toBeDefined();
  });

  it('is refused when it is a file', async () => {
    const dataDir = join(fixture.dataDir, 'file');
    writeFileSync(dataDir, '');
    await expect(fixture.open({ dataDir })).rejects.toMatchObject({ reason: 'unwritable' });
  });

  it('is refused when its database is damaged, and let go of', async () => {
    writeFileSync(join(fixture.dataDir, 'platform.sqlite'), 'not a database at all'.repeat(100));
    await expect(fixture.open()).rejects.toMatchObject({ reason: 'damaged' });
    await expect(fixture.open()).rejects.toMatchObject({ reason: 'damaged' });
  });
});
