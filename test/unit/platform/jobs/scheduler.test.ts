import { ScheduleBook } from '../../../../src/platform/jobs/schedule-book';
import { Scheduler } from '../../../../src/platform/jobs/scheduler';
import { silentLog } from '../../../../src/platform/jobs/surroundings';
import { randomIds } from '../../../../src/platform/jobs/system-surroundings';
import type { SegmentJob } from '../../../../src/platform/records';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import type { ManualTime } from '../../../support/manual-time';
import { manualTime } from '../../../support/manual-time';
import { openTemporaryStore } from '../../../support/temporary-store';
import { acme, definition, other, schedule } from './fixtures';

const start = Date.parse('2026-11-21T00:30:00Z');
const hourMs = 3_600_000;
let store: PlatformStore;
let time: ManualTime;
let scheduler: Scheduler;
let woken: number;

beforeEach(async () => {
  time = manualTime('2026-11-21T00:30:00Z');
  store = await openTemporaryStore({ now: time.clock });
  woken = 0;
  await store.segmentDefinitions.insert(acme, definition({ id: 'gold' }));
  scheduler = createScheduler();
});
afterEach(async () => {
  await scheduler.close();
  await store.close();
});

function createScheduler(): Scheduler {
  const surroundings = {
    clock: time.clock,
    monotonic: time.clock,
    timers: time.timers,
    ids: randomIds,
    log: silentLog,
  };
  return new Scheduler({
    store,
    book: new ScheduleBook(store),
    surroundings,
    onJob: () => void (woken += 1),
  });
}

async function look(): Promise<void> {
  scheduler.wake();
  await scheduler.settled();
}

/** In steps, because the scheduler sets its next timer only after it has looked. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 600_000) {
    time.advance(Math.min(left, 600_000));
    await scheduler.settled();
  }
}

const jobs = async (): Promise<readonly SegmentJob[]> =>
  (
    await store.segmentJobs.list(
      acme,
      {},
      { offset: 0, limit: 100 },
      { field: 'createdAt', direction: 'asc' },
    )
  ).items;

test('an active schedule makes one job at its due time, over all segments as they stand', async () => {
  await store.schedules.insert(acme, schedule({ id: 's1', firedUntil: start }));
  await look();
  await pass(29 * 60_000);
  expect(await jobs()).toEqual([]);
  await pass(2 * 60_000);
  const due = Date.parse('2026-11-21T01:00:00Z');
  expect(await jobs()).toMatchObject([
    {
      source: 'scheduler',
      scheduleId: 's1',
      scheduledFor: due,
      requestId: `s1-${due}`,
      allSegments: true,
      segments: [{ segmentId: 'gold' }],
    },
  ]);
  expect(woken).toBe(1);
});

test('the next due time fires again, a day later', async () => {
  await store.schedules.insert(acme, schedule({ id: 's1', firedUntil: start }));
  await look();
  await pass(25 * hourMs);
  expect((await jobs()).map((job) => new Date(job.scheduledFor ?? 0).toISOString())).toEqual([
    '2026-11-21T01:00:00.000Z',
    '2026-11-22T01:00:00.000Z',
  ]);
});

test('looking again and again fires a due time once', async () => {
  await store.schedules.insert(acme, schedule({ id: 's1', firedUntil: start }));
  time.advance(hourMs);
  for (let turn = 0; turn < 5; turn += 1) await look();
  expect(await jobs()).toHaveLength(1);
});

test('two schedulers that are due at once make one job, because the store takes a due time once', async () => {
  await store.schedules.insert(acme, schedule({ id: 's1', firedUntil: start }));
  time.advance(hourMs);
  const second = createScheduler();
  scheduler.wake();
  second.wake();
  await Promise.all([scheduler.settled(), second.settled()]);
  await second.close();
  expect(await jobs()).toHaveLength(1);
});

test('times that were missed while the platform was down run once, late, for the last of them', async () => {
  await store.schedules.insert(acme, schedule({ id: 's1', firedUntil: start - 72 * hourMs }));
  await look();
  const [job, ...more] = await jobs();
  expect(more).toEqual([]);
  expect(job).toMatchObject({ scheduledFor: Date.parse('2026-11-20T01:00:00Z'), createdAt: start });
});

test('a time that passed while the platform was down is late, however short a while ago', async () => {
  await store.schedules.insert(acme, schedule({ id: 's1', firedUntil: start }));
  const due = Date.parse('2026-11-21T01:00:00Z');
  time.advance(due + 3_000 - start);
  await look();
  expect(await jobs()).toMatchObject([{ scheduledFor: due, late: true }]);
});

test('an inactive schedule fires nothing', async () => {
  await store.schedules.insert(
    acme,
    schedule({ id: 's1', state: 'inactive', firedUntil: start - 72 * hourMs }),
  );
  await look();
  await pass(25 * hourMs);
  expect(await jobs()).toEqual([]);
});

test('a schedule over segments that are gone makes no job, and is not due for ever', async () => {
  await store.schedules.insert(
    acme,
    schedule({ id: 's1', segments: ['deleted'], firedUntil: start - 24 * hourMs }),
  );
  await look();
  expect(await jobs()).toEqual([]);
  expect((await store.schedules.get(acme, 's1'))?.firedUntil).toBe(Date.parse('2026-11-20T01:00:00Z'));
});

test('a change of the caller and the note of the scheduler do not overwrite each other', async () => {
  await store.schedules.insert(acme, schedule({ id: 's1', firedUntil: start }));
  const book = new ScheduleBook(store);
  await Promise.all([
    book.change(acme, 's1', (current) => ({ ...current, state: 'inactive' })),
    book.change(acme, 's1', (current) => ({ ...current, firedUntil: 5 })),
  ]);
  expect(await store.schedules.get(acme, 's1')).toMatchObject({ state: 'inactive', firedUntil: 5 });
});

test('after closing nothing waits any more', async () => {
  await store.schedules.insert(acme, schedule({ id: 's1', firedUntil: start }));
  await look();
  await scheduler.close();
  expect(time.waiting()).toEqual([]);
});

test('a fault with one schedule keeps no other from its time, and the schedule is tried again', async () => {
  await store.segmentDefinitions.insert(other, definition({ id: 'gold' }));
  await store.schedules.insert(acme, schedule({ id: 's1', firedUntil: start }));
  await store.schedules.insert(other, schedule({ id: 's2', firedUntil: start }));
  const healthy = store;
  let faults = 1;
  store = {
    ...store,
    segmentDefinitions: {
      ...store.segmentDefinitions,
      all: (tenant) =>
        tenant.orgId === acme.orgId && (faults -= 1) >= 0
          ? Promise.reject(new Error('the disk is away'))
          : healthy.segmentDefinitions.all(tenant),
    },
  };
  scheduler = createScheduler();
  time.advance(hourMs);
  await look();
  const { totalCount } = await store.segmentJobs.list(other, {}, { offset: 0, limit: 1 });
  expect([await jobs(), totalCount]).toEqual([[], 1]);
  await pass(60_000);
  expect(await jobs()).toHaveLength(1);
});
