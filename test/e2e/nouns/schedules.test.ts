import { graphql } from '../../generated';
import { manualTime } from '../../support/manual-time';
import { createSegment, watchSegmentJob } from '../../support/road-operations';
import { createShopPeople, profileOf } from '../../support/shop-people';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';
import { subscribe } from '../../support/subscriber';

const createSchedule = graphql(`
  mutation NounsCreateSchedule($input: CreateScheduleInput!) {
    createSchedule(input: $input) {
      schedule {
        id
        state
        allSegments
        cron
      }
      userErrors {
        code
        field
      }
    }
  }
`);

const updateSchedule = graphql(`
  mutation NounsUpdateSchedule($input: UpdateScheduleInput!) {
    updateSchedule(input: $input) {
      schedule {
        state
        cron
      }
      userErrors {
        code
        field
      }
    }
  }
`);

const deleteSchedule = graphql(`
  mutation NounsDeleteSchedule($id: ID!) {
    deleteSchedule(id: $id) {
      deletedId
      userErrors {
        code
      }
    }
  }
`);

const listSchedules = graphql(`
  query NounsListSchedules {
    schedules {
      nodes {
        id
      }
    }
  }
`);

const scheduledJobs = graphql(`
  query NounsScheduledJobs {
    segmentJobs {
      nodes {
        id
        allSegments
        segmentIds
        schedule {
          id
          name
        }
      }
    }
  }
`);

const dailyAtOne = '0 0 1 * * ?';
const minuteMs = 60_000;
const deadlineMs = 15_000;

describe('a schedule', () => {
  const people = createShopPeople(30);
  const time = manualTime('2026-03-01T00:50:00Z');
  let road: Road;
  let segmentId: string;
  let scheduleId: string;

  beforeAll(async () => {
    road = await startRoad({ platform: { clock: time.clock, timers: time.timers } });
    await road.ingest('profile', people.map(profileOf));
    const { createSegment: answer } = await road.run(createSegment, {
      input: { name: 'French people', expression: { text: 'homeAddress.countryCode = "FR"' } },
    });
    segmentId = answer.segment?.id ?? '';
  });

  afterAll(() => road.close());

  beforeEach(async () => {
    const { createSchedule: answer } = await road.run(createSchedule, {
      input: { name: 'Nightly', cron: dailyAtOne, state: 'INACTIVE', segments: { all: true } },
    });
    expect(answer).toMatchObject({ schedule: { state: 'INACTIVE', allSegments: true }, userErrors: [] });
    scheduleId = answer.schedule?.id ?? '';
  });

  afterEach(() => road.run(deleteSchedule, { id: scheduleId }));

  /** Lets the platform's time go on, a minute a question, until there is a job. */
  async function jobsInTime() {
    const deadline = Date.now() + deadlineMs;
    for (;;) {
      time.advance(minuteMs);
      const { segmentJobs } = await road.run(scheduledJobs, {});
      if (segmentJobs.nodes.length > 0) return segmentJobs.nodes;
      if (Date.now() > deadline) throw new Error('The schedule has not fired.');
    }
  }

  it('that is active starts a job over all segments at its due time, and the job runs to its end', async () => {
    const { updateSchedule: updated } = await road.run(updateSchedule, {
      input: { id: scheduleId, state: 'ACTIVE' },
    });
    expect(updated).toEqual({ schedule: { state: 'ACTIVE', cron: dailyAtOne }, userErrors: [] });
    const jobs = await jobsInTime();
    expect(jobs).toMatchObject([{ allSegments: true, schedule: { id: scheduleId, name: 'Nightly' } }]);
    const events = await subscribe(road.sockets, watchSegmentJob, { id: jobs[0]?.id ?? '' }).all();
    expect(events.at(-1)?.segmentJobChanged).toMatchObject({
      type: 'TERMINAL',
      job: {
        status: 'SUCCEEDED',
        results: [{ size: String(people.filter(({ country }) => country === 'FR').length) }],
      },
    });
    const { segmentJobs } = await road.run(scheduledJobs, {});
    expect(segmentJobs.nodes).toMatchObject([{ segmentIds: [segmentId] }]);
  });

  it('can be deleted, and is gone then', async () => {
    const { deleteSchedule: deleted } = await road.run(deleteSchedule, { id: scheduleId });
    expect(deleted).toEqual({ deletedId: scheduleId, userErrors: [] });
    expect((await road.run(listSchedules, {})).schedules.nodes).toEqual([]);
  });

  it('is the only one that a sandbox may have', async () => {
    const { createSchedule: second } = await road.run(createSchedule, {
      input: { name: 'Weekly', cron: '0 0 1 ? * MON', segments: { all: true } },
    });
    expect(second).toMatchObject({ schedule: null, userErrors: [{ code: 'SCHEDULE_LIMIT' }] });
    expect((await road.run(listSchedules, {})).schedules.nodes).toEqual([{ id: scheduleId }]);
  });

  it('cannot be made to fire more than once a day', async () => {
    const refusal = {
      schedule: null,
      userErrors: [{ code: 'SCHEDULE_TOO_FREQUENT', field: ['input', 'cron'] }],
    };
    const hourly = '0 0 * * * ?';
    const { updateSchedule: changed } = await road.run(updateSchedule, {
      input: { id: scheduleId, cron: hourly },
    });
    expect(changed).toEqual(refusal);
    const { createSchedule: made } = await road.run(createSchedule, {
      input: { name: 'Hourly', cron: hourly, segments: { all: true } },
    });
    expect(made).toEqual(refusal);
  });
});
