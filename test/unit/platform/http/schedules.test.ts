import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '../../../../src/platform';
import { createPlatform } from '../../../../src/platform';
import type { ScheduleWire } from '../../../../src/wire/schedule.wire';
import type { SegmentJobListWire } from '../../../../src/wire/segment-job.wire';
import type { ContractTarget } from '../../../contract/target';
import { ask, must, paths } from '../../../contract/target';
import { manualTime } from '../../../support/manual-time';
import type { ManualTime } from '../../../support/manual-time';

const hourMs = 3_600_000;
let dataDir: string;
let time: ManualTime;
let platform: Platform;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'audience-schedules-'));
  time = manualTime('2026-11-21T00:30:00Z');
  platform = await start();
});
afterEach(async () => {
  await platform.close();
  await rm(dataDir, { recursive: true, force: true });
});

const start = (): Promise<Platform> =>
  createPlatform({ dataDir, port: 0, clock: time.clock, timers: time.timers });

const target = (sandbox = 'prod'): ContractTarget => ({
  url: platform.url,
  headers: {
    authorization: 'Bearer t',
    'x-api-key': 'k',
    'x-gw-ims-org-id': 'ACME@AdobeOrg',
    'x-sandbox-name': sandbox,
  },
});

async function createSchedule(changes: object = {}): Promise<ScheduleWire> {
  await must(target(), `POST ${paths.definitions}`, {
    body: {
      name: 'adults',
      schema: { name: '_xdm.context.profile' },
      expression: { type: 'PQL', format: 'pql/text', value: 'person.name.firstName = "Ada"' },
    },
  });
  const body = {
    name: 'nightly',
    type: 'batch_segmentation',
    properties: { segments: ['*'] },
    state: 'active',
    ...changes,
  };
  return must(target(), `POST ${paths.schedules}`, { body });
}

const jobsOf = async ({ id }: ScheduleWire): Promise<SegmentJobListWire['children']> =>
  (
    await must<SegmentJobListWire>(
      target(),
      `GET ${paths.segmentJobs}?property=properties.scheduleId==${id}&sort=creationTime:asc`,
    )
  ).children;

const patch = (id: string, path: string, value: string) =>
  ask(target(), `PATCH ${paths.schedules}/${id}`, { body: [{ op: 'add', path, value }] });

test('a due time that passed while the platform was down runs once at the start, and says that it is late', async () => {
  const schedule = await createSchedule();
  await platform.close();
  time.advance(50 * hourMs);
  platform = await start();
  // A change of the schedule waits until what was due has been dealt with.
  await patch(schedule.id, '/state', 'active');
  const due = Date.parse('2026-11-23T01:00:00Z');
  expect(await jobsOf(schedule)).toMatchObject([
    {
      source: 'scheduler',
      requestId: `${schedule.id}-${due}`,
      properties: { scheduleId: schedule.id, dueTime: due, late: true },
      creationTime: due + 1.5 * hourMs,
    },
  ]);
});

test('what is due when a schedule is turned off fires before it is off', async () => {
  const schedule = await createSchedule();
  time.advance(31 * 60_000);
  expect((await patch(schedule.id, '/state', 'inactive')).status).toBe(204);
  expect(await jobsOf(schedule)).toHaveLength(1);
});

test('a schedule whose last year has passed can be turned off, but not on', async () => {
  const { id } = await createSchedule({ schedule: '0 0 1 * * ? 2026' });
  time.advance(60 * 24 * hourMs);
  expect((await patch(id, '/state', 'inactive')).status).toBe(204);
  const answer = await patch(id, '/state', 'active');
  expect([answer.status, JSON.stringify(answer.body)]).toEqual([
    400,
    expect.stringMatching(/its last time has passed/) as string,
  ]);
});
