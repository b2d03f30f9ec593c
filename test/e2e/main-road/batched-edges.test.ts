import { createSegment, createSegmentJob, jobsWithSegments } from '../../support/road-operations';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';

describe('segmentJobs { nodes { segments } }', () => {
  let road: Road;

  beforeAll(async () => {
    road = await startRoad();
    for (let number = 0; number < 10; number++) {
      const text = `person.birthYear > ${1950 + number}`;
      const { createSegment: answer } = await road.run(createSegment, {
        input: { name: `Segment ${number}`, expression: { text } },
      });
      await road.run(createSegmentJob, { input: { segments: { ids: [answer.segment?.id ?? ''] } } });
    }
  });

  afterAll(() => road.close());

  it('costs one list and one bulk-get for ten jobs', async () => {
    road.upstream.forget();
    const { segmentJobs } = await road.run(jobsWithSegments, { first: 10 });
    expect(segmentJobs.nodes.map(({ segments }) => segments.length)).toEqual(
      Array.from({ length: 10 }, () => 1),
    );
    expect(road.upstream.calls.map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
      'GET /data/core/ups/segment/jobs',
      'POST /data/core/ups/segment/definitions/bulk-get',
    ]);
  });
});
