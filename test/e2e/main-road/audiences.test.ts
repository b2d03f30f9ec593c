import { graphql } from '../../generated';
import { createSegment, createSegmentJob } from '../../support/road-operations';
import { createShopPeople, profileOf } from '../../support/shop-people';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';

const audiences = graphql(`
  query Audiences {
    segments(first: 50, orderBy: { field: NAME, direction: ASC }) {
      nodes {
        name
        audience {
          size
          job {
            allSegments
          }
        }
      }
    }
  }
`);

const evaluate = graphql(`
  mutation Evaluate($input: CreateSegmentJobInput!) {
    createSegmentJob(input: $input) {
      timedOut
    }
  }
`);

describe('segments { nodes { audience } }', () => {
  let road: Road;
  const ids: string[] = [];

  beforeAll(async () => {
    road = await startRoad();
    await road.ingest('profile', createShopPeople(60).map(profileOf));
    for (const country of ['DE', 'FR', 'US']) {
      const expression = { text: `homeAddress.countryCode = "${country}"` };
      const { createSegment: answer } = await road.run(createSegment, {
        input: { name: country, expression },
      });
      ids.push(answer.segment?.id ?? '');
    }
  });
  afterAll(() => road.close());

  const callsOf = (): string[] =>
    road.upstream.calls.map(({ method, path }) => `${method} ${path.split('?')[0]}`);

  it('is null before the first job', async () => {
    const { segments } = await road.run(audiences, {});
    expect(segments.nodes.map(({ audience }) => audience)).toEqual([null, null, null]);
  });

  it('costs one call for all audiences of a page', async () => {
    await road.run(evaluate, { input: { segments: { ids }, awaitMs: 10_000 } });
    road.upstream.forget();
    const { segments } = await road.run(audiences, {});
    expect(segments.nodes.map(({ audience }) => audience?.size)).toEqual(['20', '20', '20']);
    expect(callsOf()).toEqual(['GET /data/core/ups/segment/definitions', 'GET /data/core/ups/segment/jobs']);
  });

  it('takes the newer of a job that names the segment and one over all segments', async () => {
    await road.run(evaluate, { input: { segments: { all: true }, awaitMs: 10_000 } });
    await road.run(evaluate, { input: { segments: { ids: ids.slice(0, 1) }, awaitMs: 10_000 } });
    const { segments } = await road.run(audiences, {});
    expect(segments.nodes.map(({ audience }) => audience?.job.allSegments)).toEqual([false, true, true]);
  });

  it('finds a job that is no longer among the newest', async () => {
    for (let number = 0; number < 22; number++) {
      const { createSegmentJob: job } = await road.run(createSegmentJob, {
        // They run one after the other: only the last is waited for.
        input: { segments: { ids: ids.slice(0, 1) }, ...(number === 21 && { awaitMs: 10_000 }) },
      });
      expect(job.userErrors).toEqual([]);
    }
    const { segments } = await road.run(audiences, {});
    expect(segments.nodes.map(({ audience }) => audience?.size)).toEqual(['20', '20', '20']);
  });
});
