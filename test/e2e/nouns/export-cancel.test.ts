import { graphql } from '../../generated';
import {
  createExportJob,
  createSegment,
  createSegmentJob,
  watchExportJob,
  watchSegmentJob,
} from '../../support/road-operations';
import { createShopPeople, profileOf } from '../../support/shop-people';
import type { ShopPerson } from '../../support/shop-people';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';
import { subscribe } from '../../support/subscriber';

const cancelExportJob = graphql(`
  mutation NounsCancelExportJob($id: ID!) {
    cancelExportJob(id: $id) {
      exportJob {
        id
        status
      }
      userErrors {
        code
      }
    }
  }
`);

const batchesOfSegments = graphql(`
  query NounsBatchesOfSegments($id: ID!) {
    exportJob(id: $id) {
      segmentPerBatch
      batches {
        batchId
        segment {
          segment {
            name
          }
        }
        batch {
          files {
            rows(first: 5, columns: ["personalEmail"])
          }
        }
      }
    }
  }
`);

/** Four in each country: the fifth row that is asked for would show one too many. */
const people = createShopPeople(12);

async function peopledRoad(paceMs: number): Promise<Road> {
  const road = await startRoad({ platform: { paceMs } });
  await road.ingest('profile', people.map(profileOf));
  return road;
}

describe('cancelling an export job', () => {
  let road: Road;

  beforeAll(async () => {
    // At this pace the job rests between its steps for longer than the test takes to cancel it.
    road = await peopledRoad(2_000);
  });

  afterAll(() => road.close());

  async function exportEverybody(): Promise<string> {
    const { createExportJob: answer } = await road.run(createExportJob, {
      input: { destination: { newDatasetName: 'Everybody' }, allProfiles: true },
    });
    expect(answer.userErrors).toEqual([]);
    return answer.exportJob?.id ?? '';
  }

  it('is seen by its subscribers as the terminal event', async () => {
    const id = await exportEverybody();
    const subscriber = subscribe(road.sockets, watchExportJob, { id });
    expect((await subscriber.next()).exportJobChanged.type).toBe('SNAPSHOT');
    const { cancelExportJob: cancelled } = await road.run(cancelExportJob, { id });
    expect(cancelled.userErrors).toEqual([]);
    const rest = await subscriber.all();
    expect(rest.at(-1)?.exportJobChanged).toMatchObject({ type: 'TERMINAL', job: { status: 'CANCELLED' } });
  });

  it('is refused for a job that has ended', async () => {
    const id = await exportEverybody();
    await road.run(cancelExportJob, { id });
    await subscribe(road.sockets, watchExportJob, { id }).all();
    const { cancelExportJob: again } = await road.run(cancelExportJob, { id });
    expect(again).toMatchObject({
      exportJob: { id, status: 'CANCELLED' },
      userErrors: [{ code: 'JOB_NOT_CANCELABLE' }],
    });
  });
});

describe('an export with a batch per segment', () => {
  const countries = ['FR', 'DE'] as const;
  let road: Road;
  let segmentIds: string[];

  beforeAll(async () => {
    road = await peopledRoad(0);
    segmentIds = [];
    for (const country of countries) {
      const { createSegment: answer } = await road.run(createSegment, {
        input: { name: country, expression: { text: `homeAddress.countryCode = "${country}"` } },
      });
      segmentIds.push(answer.segment?.id ?? '');
    }
    const { createSegmentJob: answer } = await road.run(createSegmentJob, {
      input: { segments: { ids: segmentIds } },
    });
    await subscribe(road.sockets, watchSegmentJob, { id: answer.segmentJob?.id ?? '' }).all();
  });

  afterAll(() => road.close());

  it('writes exactly the members of each segment to its own batch', async () => {
    const { createExportJob: answer } = await road.run(createExportJob, {
      input: {
        destination: { newDatasetName: 'By country' },
        segments: segmentIds.map((segmentId) => ({ segmentId })),
        segmentPerBatch: true,
      },
    });
    expect(answer.userErrors).toEqual([]);
    const id = answer.exportJob?.id ?? '';
    await subscribe(road.sockets, watchExportJob, { id }).all();
    const { exportJob } = await road.run(batchesOfSegments, { id });
    const batches = exportJob?.batches ?? [];
    expect(new Set(batches.map(({ batchId }) => batchId)).size).toBe(countries.length);
    const emailsBySegment = batches.map(({ segment, batch }) => [
      segment?.segment?.name,
      batch?.files.flatMap(({ rows }) => rows.map(emailOf)).sort(),
    ]);
    expect(Object.fromEntries(emailsBySegment)).toEqual(
      Object.fromEntries(countries.map((country) => [country, emailsIn(country)])),
    );
  });
});

function emailOf({ personalEmail }: Record<string, unknown>): string {
  return (personalEmail as { readonly address: string }).address;
}

function emailsIn(country: ShopPerson['country']): string[] {
  return people
    .filter((person) => person.country === country)
    .map(({ email }) => email)
    .sort();
}
