import {
  cancelSegmentJob,
  createSegment,
  createSegmentJob,
  watchSegmentJob,
} from '../../support/road-operations';
import { createShopPeople, profileOf } from '../../support/shop-people';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';
import { subscribe } from '../../support/subscriber';

describe('cancelling a segment job', () => {
  let road: Road;
  let segmentId: string;

  beforeAll(async () => {
    // At this pace the job rests between its steps for longer than the test takes to cancel it.
    road = await startRoad({ platform: { paceMs: 2_000 } });
    await road.ingest('profile', createShopPeople(100).map(profileOf));
    const { createSegment: answer } = await road.run(createSegment, {
      input: { name: 'All', expression: { text: 'homeAddress.countryCode != ""' } },
    });
    segmentId = answer.segment?.id ?? '';
  });

  afterAll(() => road.close());

  it('is seen by its subscribers as the terminal event', async () => {
    const { createSegmentJob: created } = await road.run(createSegmentJob, {
      input: { segments: { ids: [segmentId] } },
    });
    const id = created.segmentJob?.id ?? '';
    const subscriber = subscribe(road.sockets, watchSegmentJob, { id });
    expect((await subscriber.next()).segmentJobChanged.type).toBe('SNAPSHOT');
    const { cancelSegmentJob: cancelled } = await road.run(cancelSegmentJob, { id });
    expect(cancelled.userErrors).toEqual([]);
    const rest = await subscriber.all();
    expect(rest.at(-1)?.segmentJobChanged).toMatchObject({ type: 'TERMINAL', job: { status: 'CANCELLED' } });
  });

  it('is refused for a job that has ended', async () => {
    const { createSegmentJob: created } = await road.run(createSegmentJob, {
      input: { segments: { ids: [segmentId] } },
    });
    const id = created.segmentJob?.id ?? '';
    await road.run(cancelSegmentJob, { id });
    await subscribe(road.sockets, watchSegmentJob, { id }).all();
    const { cancelSegmentJob: again } = await road.run(cancelSegmentJob, { id });
    expect(again.userErrors).toMatchObject([{ code: 'JOB_NOT_CANCELABLE' }]);
  });
});
