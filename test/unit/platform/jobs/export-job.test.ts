import { runExportJob } from '../../../../src/platform/jobs/export-job';
import { JobRunner } from '../../../../src/platform/jobs/job-runner';
import { runSegmentJob } from '../../../../src/platform/jobs/segment-job';
import { silentLog } from '../../../../src/platform/jobs/surroundings';
import { randomIds } from '../../../../src/platform/jobs/system-surroundings';
import type { ExportJob, SegmentJob } from '../../../../src/platform/records';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import { manualTime } from '../../../support/manual-time';
import { openTemporaryStore } from '../../../support/temporary-store';
import { acme, definition, exportJob, segmentJob } from './fixtures';

const time = manualTime('2026-11-21T00:00:00Z');
let store: PlatformStore;
let interrupted: ExportJob;

/** An export that evaluates first and was PROCESSING when its process died. */
beforeEach(async () => {
  store = await openTemporaryStore({ now: time.clock });
  await store.segmentDefinitions.insert(acme, definition({ id: 'gold' }));
  const { request } = exportJob({});
  interrupted = await store.exportJobs.insert(
    acme,
    exportJob({ status: 'PROCESSING', request: { ...request, evaluateFirst: true } }),
  );
});
afterEach(() => store.close());

/** Starts a runner over what the store holds, and answers which segment jobs it ran by itself. */
async function restart(): Promise<readonly string[]> {
  const surroundings = {
    clock: time.clock,
    monotonic: time.clock,
    timers: time.timers,
    ids: randomIds,
    log: silentLog,
  };
  const ranByItself: string[] = [];
  const runner = new JobRunner({
    store,
    surroundings,
    paceMs: () => 0,
    maxRunning: 2,
    work: {
      segment: (tenant, job, run) => {
        ranByItself.push(job.id);
        return runSegmentJob(store, { tenant, job, run });
      },
      export: (tenant, job, run) => runExportJob({ store, surroundings, tenant, job, run }),
    },
  });
  runner.wake();
  await runner.idle();
  await runner.close();
  return ranByItself;
}

const segmentJobs = async (): Promise<readonly SegmentJob[]> =>
  (await store.segmentJobs.list(acme, {}, { offset: 0, limit: 10 })).items;

test.each(['PROCESSING', 'SUCCEEDED'] as const)(
  'after a restart an export goes on with its segment job that was %s, and no second one is made',
  async (status) => {
    const inner = segmentJob({ id: 'inner', status, createdAt: 500, exportJobId: interrupted.id });
    await store.segmentJobs.insert(acme, inner);
    expect(await restart()).toEqual([]);
    expect(await segmentJobs()).toMatchObject([{ id: 'inner', status: 'SUCCEEDED' }]);
  },
);

test('an export whose segment was deleted while it waited fails, and takes nobody out of the dataset', async () => {
  const segments = [{ segmentId: 'gold', namespace: 'ups', statuses: ['realized' as const] }];
  const { request } = interrupted;
  const waiting = await store.exportJobs.insert(
    acme,
    exportJob({ request: { ...request, segments, evaluateFirst: false } }),
  );
  const { expression, mergePolicyId } = definition({ id: 'gold' });
  const evaluated = { segmentId: 'gold', version: 1, expression, mergePolicyId };
  await store.segmentJobs.insert(
    acme,
    segmentJob({ id: 'before', status: 'SUCCEEDED', segments: [evaluated] }),
  );
  await store.segmentDefinitions.delete(acme, 'gold');
  await restart();
  expect(await store.exportJobs.get(acme, waiting.id)).toMatchObject({
    status: 'FAILED',
    errors: [{ code: 'RESOURCE_NOT_FOUND' }],
  });
});

test('a segment job whose export has ended is run like any other, so that it ends too', async () => {
  await store.exportJobs.transition(acme, interrupted.id, { from: ['PROCESSING'], to: 'FAILED' });
  const inner = segmentJob({ id: 'inner', status: 'PROCESSING', exportJobId: interrupted.id });
  await store.segmentJobs.insert(acme, inner);
  expect(await restart()).toEqual(['inner']);
  expect(await segmentJobs()).toMatchObject([{ id: 'inner', status: 'SUCCEEDED' }]);
});
