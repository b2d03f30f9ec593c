import { ExportFailed } from '../../../../src/errors/platform-error';
import type { JobRun, JobWork } from '../../../../src/platform/jobs/job-handle';
import { exportJobHandle, segmentJobHandle } from '../../../../src/platform/jobs/job-handle';
import { JobRunner } from '../../../../src/platform/jobs/job-runner';
import { randomIds } from '../../../../src/platform/jobs/system-surroundings';
import type { JobStatus, SegmentJob, Tenant } from '../../../../src/platform/records';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import type { ManualTime } from '../../../support/manual-time';
import { manualTime } from '../../../support/manual-time';
import { openTemporaryStore } from '../../../support/temporary-store';
import { acme, exportJob, other, segmentJob } from './fixtures';

let store: PlatformStore;
let time: ManualTime;
let runner: JobRunner;
let log: string[];

beforeEach(async () => {
  time = manualTime('2026-11-21T00:00:00Z');
  store = await openTemporaryStore({ now: time.clock });
  log = [];
});
afterEach(async () => {
  await runner.close();
  await store.close();
});

interface Start {
  readonly segment?: JobWork['segment'];
  readonly export?: JobWork['export'];
  readonly paceMs?: number;
  readonly maxRunning?: number;
}

function start(options: Start = {}): JobWork {
  const work: JobWork = {
    segment: options.segment ?? succeed,
    export: options.export ?? (() => Promise.resolve()),
  };
  const write = (_fields: object, message: string): void => void log.push(message);
  runner = new JobRunner({
    store,
    work,
    paceMs: () => options.paceMs ?? 0,
    maxRunning: options.maxRunning ?? 2,
    surroundings: {
      clock: time.clock,
      monotonic: time.clock,
      timers: time.timers,
      ids: randomIds,
      log: { info: write, warn: write, error: write },
    },
  });
  runner.wake();
  return work;
}

/** What the store's own evaluation does at its end. */
const succeed = async (tenant: Tenant, job: SegmentJob): Promise<void> => {
  await store.segmentJobs.transition(tenant, job.id, {
    from: ['PROCESSING'],
    to: 'SUCCEEDED',
    changes: { progress: 1 },
  });
};
const untilAborted = (_tenant: Tenant, _job: unknown, { signal }: JobRun): Promise<void> =>
  new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

const statusOf = async (id: string, tenant = acme): Promise<JobStatus | undefined> =>
  (await store.segmentJobs.get(tenant, id))?.status;

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}

test('a new job is brought through QUEUED and PROCESSING to its end', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'a' }));
  const seen: (JobStatus | undefined)[] = [];
  start({
    segment: async (tenant, job) => {
      seen.push(await statusOf('a'));
      await succeed(tenant, job);
    },
  });
  await runner.idle();
  expect(seen).toEqual(['PROCESSING']);
  expect(await store.segmentJobs.get(acme, 'a')).toMatchObject({
    status: 'SUCCEEDED',
    startedAt: time.clock(),
  });
});

test('jobs of one tenant run one at a time, oldest first', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'young', createdAt: 2_000 }));
  await store.segmentJobs.insert(acme, segmentJob({ id: 'old', createdAt: 1_000 }));
  const order: string[] = [];
  let running = 0;
  start({
    segment: async (tenant, job) => {
      running += 1;
      order.push(`${job.id} ${running}`);
      await succeed(tenant, job);
      running -= 1;
    },
  });
  await runner.idle();
  expect(order).toEqual(['old 1', 'young 1']);
});

test('a job that must wait for its tenant is QUEUED', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'first', createdAt: 1_000 }));
  await store.segmentJobs.insert(acme, segmentJob({ id: 'second', createdAt: 2_000 }));
  start({ segment: untilAborted });
  await until(async () => (await statusOf('second')) === 'QUEUED');
  expect(await statusOf('first')).not.toBe('SUCCEEDED');
});

test('two tenants run side by side', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'a' }));
  await store.segmentJobs.insert(other, segmentJob({ id: 'b' }));
  start({ segment: untilAborted });
  await until(
    async () => (await statusOf('a')) === 'PROCESSING' && (await statusOf('b', other)) === 'PROCESSING',
  );
  expect(await statusOf('b', other)).toBe('PROCESSING');
});

test('no more than maxRunning jobs run at once', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'a', createdAt: 1_000 }));
  await store.segmentJobs.insert(other, segmentJob({ id: 'b', createdAt: 2_000 }));
  start({ segment: untilAborted, maxRunning: 1 });
  await until(
    async () => (await statusOf('a')) === 'PROCESSING' && (await statusOf('b', other)) === 'QUEUED',
  );
  expect(await statusOf('b', other)).toBe('QUEUED');
});

test('a running job that is cancelled is aborted and becomes CANCELLED', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'a' }));
  const work = start({ segment: untilAborted });
  await until(async () => (await statusOf('a')) === 'PROCESSING');
  const job = await store.segmentJobs.get(acme, 'a');
  if (job === undefined) throw new Error('the job is gone');
  expect(await runner.cancel(segmentJobHandle({ store, work, tenant: acme }, job))).toBe(true);
  await runner.idle();
  expect(await store.segmentJobs.get(acme, 'a')).toMatchObject({
    status: 'CANCELLED',
    endedAt: time.clock(),
  });
});

test('a waiting job that is cancelled never runs', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'first', createdAt: 1_000 }));
  await store.segmentJobs.insert(acme, segmentJob({ id: 'second', createdAt: 2_000 }));
  const ran: string[] = [];
  const work = start({
    segment: (tenant, job, run) => {
      ran.push(job.id);
      return untilAborted(tenant, job, run);
    },
  });
  await until(async () => (await statusOf('second')) === 'QUEUED');
  const second = await store.segmentJobs.get(acme, 'second');
  if (second === undefined) throw new Error('the job is gone');
  await runner.cancel(segmentJobHandle({ store, work, tenant: acme }, second));
  await until(async () => (await statusOf('second')) === 'CANCELLED');
  expect(ran).toEqual(['first']);
});

test('cancelling a job that has ended changes nothing', async () => {
  const ended = segmentJob({ id: 'a', status: 'SUCCEEDED' });
  await store.segmentJobs.insert(acme, ended);
  const work = start();
  expect(await runner.cancel(segmentJobHandle({ store, work, tenant: acme }, ended))).toBe(false);
  expect(await statusOf('a')).toBe('SUCCEEDED');
});

test('a job that a dead process left PROCESSING is run again', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'a', status: 'PROCESSING', startedAt: 1_500 }));
  start();
  await runner.idle();
  expect(await statusOf('a')).toBe('SUCCEEDED');
});

test('a job that a dead process left CANCELLING becomes CANCELLED and does not run', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'a', status: 'CANCELLING' }));
  const ran: string[] = [];
  start({ segment: (_tenant, job) => Promise.resolve(void ran.push(job.id)) });
  await runner.idle();
  expect([await statusOf('a'), ran]).toEqual(['CANCELLED', []]);
});

test('closing leaves a running job PROCESSING, for the next start', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'a' }));
  start({ segment: untilAborted });
  await until(async () => (await statusOf('a')) === 'PROCESSING');
  await runner.close();
  expect(await statusOf('a')).toBe('PROCESSING');
});

test('a known failure is told in full', async () => {
  const job = await store.exportJobs.insert(acme, exportJob({}));
  start({ export: () => Promise.reject(new ExportFailed('There is no field "x".')) });
  await runner.idle();
  expect(await store.exportJobs.get(acme, job.id)).toMatchObject({
    status: 'FAILED',
    errors: [{ code: 'EXPORT_FAILED', message: 'There is no field "x".' }],
  });
});

test('a fault of our own is logged, but not told', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'a' }));
  start({ segment: () => Promise.reject(new Error('SELECT secret FROM profile')) });
  await runner.idle();
  const job = await store.segmentJobs.get(acme, 'a');
  expect(job?.errors[0]?.code).toBe('INTERNAL_ERROR');
  expect(JSON.stringify(job)).not.toContain('secret');
  expect(log).toContain('a segment job failed');
});

test('an export goes from NEW to PROCESSING without a queue, and can be cancelled', async () => {
  const job = await store.exportJobs.insert(acme, exportJob({}));
  const work = start({ export: untilAborted });
  await until(async () => (await store.exportJobs.get(acme, job.id))?.status === 'PROCESSING');
  await runner.cancel(exportJobHandle({ store, work, tenant: acme }, job));
  await runner.idle();
  expect((await store.exportJobs.get(acme, job.id))?.status).toBe('CANCELLED');
});

test('progress is written down and paced; a cancel ends the rest early', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'a' }));
  const work = start({
    paceMs: 1_000,
    segment: async (tenant, job, { onProgress }) => {
      await onProgress({ done: 1, total: 4 });
      await succeed(tenant, job);
    },
  });
  const step = async (status: JobStatus): Promise<void> => {
    await until(() => Promise.resolve(time.waiting().length > 0));
    time.advance(1_000);
    await until(async () => (await statusOf('a')) === status);
  };
  await step('QUEUED');
  await step('PROCESSING');
  await until(async () => (await store.segmentJobs.get(acme, 'a'))?.progress === 0.25);
  const job = await store.segmentJobs.get(acme, 'a');
  if (job === undefined) throw new Error('the job is gone');
  await runner.cancel(segmentJobHandle({ store, work, tenant: acme }, job));
  await runner.idle();
  expect(await statusOf('a')).toBe('CANCELLED');
});

/** A store whose jobs of this id cannot be moved to a status so many times. */
function refusing(id: string, to: JobStatus, times: number): () => number {
  const transition = store.segmentJobs.transition.bind(store.segmentJobs);
  let attempts = 0;
  store = {
    ...store,
    segmentJobs: {
      ...store.segmentJobs,
      transition: (tenant, asked, request) => {
        if (asked !== id || request.to !== to) return transition(tenant, asked, request);
        attempts += 1;
        return attempts <= times
          ? Promise.reject(new Error('the disk is away'))
          : transition(tenant, asked, request);
      },
    },
  };
  return () => attempts;
}

test('a job whose way to PROCESSING fails is tried again after a rest, not at once', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'a' }));
  const attempts = refusing('a', 'QUEUED', 1);
  start();
  await until(() => Promise.resolve(time.waiting().length > 0));
  expect([attempts(), time.waiting()]).toEqual([1, [1_000]]);
  time.advance(1_000);
  await runner.idle();
  expect([attempts(), await statusOf('a')]).toEqual([2, 'SUCCEEDED']);
});

test('each further fault on the way makes the rest longer', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'a' }));
  refusing('a', 'QUEUED', 2);
  start();
  await until(() => Promise.resolve(time.waiting().length > 0));
  time.advance(1_000);
  await until(() => Promise.resolve(time.waiting().length > 0));
  expect(time.waiting()).toEqual([2_000]);
});

test('a job that can never be begun does not keep the younger ones of its tenant waiting', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'stuck', createdAt: 1_000 }));
  await store.segmentJobs.insert(acme, segmentJob({ id: 'young', createdAt: 2_000 }));
  refusing('stuck', 'PROCESSING', Infinity);
  start();
  await until(async () => (await statusOf('young')) === 'SUCCEEDED');
  expect([await statusOf('stuck'), await statusOf('young')]).toEqual(['QUEUED', 'SUCCEEDED']);
});

test('a job that could not be begun can be cancelled at once', async () => {
  await store.segmentJobs.insert(acme, segmentJob({ id: 'stuck' }));
  refusing('stuck', 'PROCESSING', Infinity);
  const work = start();
  await until(() => Promise.resolve(time.waiting().length > 0));
  const job = await store.segmentJobs.get(acme, 'stuck');
  if (job === undefined) throw new Error('the job is gone');
  await runner.cancel(segmentJobHandle({ store, work, tenant: acme }, job));
  await runner.idle();
  expect(await statusOf('stuck')).toBe('CANCELLED');
});
