import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphql } from '../../generated';
import type { StartAudienceRunInput } from '../../generated/graphql';
import { createSegment } from '../../support/road-operations';
import { createShopPeople, profileOf } from '../../support/shop-people';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';
import { subscribe } from '../../support/subscriber';

const start = graphql(`
  mutation StartRun($input: StartAudienceRunInput!) {
    startAudienceRun(input: $input) {
      audienceRun {
        id
        status
      }
      userErrors {
        code
        field
      }
    }
  }
`);

const cancel = graphql(`
  mutation CancelRun($id: ID!) {
    cancelAudienceRun(id: $id) {
      audienceRun {
        status
      }
      userErrors {
        code
        field
      }
    }
  }
`);

const watch = graphql(`
  subscription WatchRun($id: ID!) {
    audienceRunChanged(id: $id) {
      status
      step
      segmentJob {
        status
      }
      dataset {
        id
      }
      exportJob {
        status
      }
    }
  }
`);

const read = graphql(`
  query ReadRun($id: ID!) {
    audienceRun(id: $id) {
      status
    }
    audienceRuns(first: 100) {
      nodes {
        id
      }
    }
  }
`);

const watchJobs = graphql(`
  subscription WatchJobs($kinds: [JobKind!], $filter: JobFilter) {
    jobsChanged(kinds: $kinds, filter: $filter) {
      type
      previousStatus
      job {
        id
        kind
        status
      }
    }
  }
`);

const newDataset = { newDatasetName: 'Members' };

describe('audience runs before the embedded platform', () => {
  let road: Road;
  let dataDir: string;
  let segmentId: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'audience-gateway-runs-'));
    // At this pace a job rests between its steps for long enough to be cancelled, and for the gateway to be closed.
    road = await startRoad({ dataDir, platform: { paceMs: 200 } });
    await road.ingest('profile', createShopPeople(50).map(profileOf));
    const { createSegment: made } = await road.run(createSegment, {
      input: { name: 'All', expression: { text: 'homeAddress.countryCode != ""' } },
    });
    segmentId = made.segment?.id ?? '';
  });
  afterAll(async () => {
    await road.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const started = async (): Promise<string> => {
    const { startAudienceRun } = await road.run(start, {
      input: { segmentIds: [segmentId], destination: newDataset },
    });
    return startAudienceRun.audienceRun?.id ?? '';
  };

  it('are stopped while they export, and leave no dataset behind', async () => {
    const id = await started();
    const subscriber = subscribe(road.sockets, watch, { id });
    for (;;) {
      const { audienceRunChanged: run } = await subscriber.next();
      if (run.exportJob?.status === 'PROCESSING') break;
    }
    expect((await road.run(cancel, { id })).cancelAudienceRun).toEqual({
      audienceRun: { status: 'CANCELLING' },
      userErrors: [],
    });
    const last = (await subscriber.all()).at(-1)?.audienceRunChanged;
    expect(last).toMatchObject({ status: 'CANCELLED', exportJob: { status: 'CANCELLED' }, dataset: null });
  });

  it('go on by themselves when the gateway and the platform come back', async () => {
    const id = await started();
    await road.close();
    road = await startRoad({ dataDir, platform: { paceMs: 0 } });
    const last = (await subscribe(road.sockets, watch, { id }).all()).at(-1)?.audienceRunChanged;
    expect(last).toMatchObject({ status: 'SUCCEEDED', step: 'DONE', exportJob: { status: 'SUCCEEDED' } });
  });

  it.each<[StartAudienceRunInput, string, string[]]>([
    [{ segmentIds: [], destination: newDataset }, 'INVALID_INPUT', ['input', 'segmentIds']],
    [
      { segmentIds: ['5afe34ae-8c98-4513-8a1d-67ccaa54bc05'], destination: newDataset },
      'NOT_FOUND',
      ['input', 'segmentIds', '0'],
    ],
    [
      { segmentIds: ['SEGMENT'], destination: { datasetId: '5b020a27e7040801dedba61b' } },
      'NOT_FOUND',
      ['input', 'destination', 'datasetId'],
    ],
    [
      { segmentIds: ['SEGMENT'], destination: { newDatasetName: ' ' } },
      'INVALID_INPUT',
      ['input', 'destination', 'newDatasetName'],
    ],
    [
      { segmentIds: ['SEGMENT'], destination: newDataset, statuses: [] },
      'INVALID_INPUT',
      ['input', 'statuses'],
    ],
    [
      { segmentIds: ['SEGMENT'], destination: newDataset, idempotencyKey: '' },
      'INVALID_INPUT',
      ['input', 'idempotencyKey'],
    ],
  ])('are refused before anything is made: %j', async (input, code, field) => {
    road.upstream.forget();
    const segmentIds = [input.segmentIds].flat().map((id) => (id === 'SEGMENT' ? segmentId : id));
    const { startAudienceRun } = await road.run(start, { input: { ...input, segmentIds } });
    expect(startAudienceRun).toEqual({ audienceRun: null, userErrors: [{ code, field }] });
    expect(road.upstream.calls.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('are nobody’s in another sandbox', async () => {
    const { audienceRuns } = await road.run(read, { id: 'none' });
    const [first] = audienceRuns.nodes;
    const id = first?.id ?? '';
    const inDev = { 'x-sandbox-name': 'dev' };
    expect(id).not.toBe('');
    expect(await road.run(read, { id }, inDev)).toEqual({ audienceRun: null, audienceRuns: { nodes: [] } });
    expect((await road.run(cancel, { id }, inDev)).cancelAudienceRun).toEqual({
      audienceRun: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['id'] }],
    });
    await expect(subscribe(road.sockets, watch, { id: 'none' }).next()).rejects.toThrow(/NOT_FOUND/);
  });

  it('are seen by who watches all jobs of the sandbox', async () => {
    const jobs = subscribe(road.sockets, watchJobs, { filter: { segmentId } });
    const done = subscribe(road.sockets, watch, { id: await started() }).all();
    const seen = new Map<string, string>();
    while (seen.size < 2) {
      const { type, job } = (await jobs.next()).jobsChanged;
      if (type === 'TERMINAL' && job !== null && job !== undefined) seen.set(job.kind, job.status);
    }
    jobs.leave();
    await done;
    expect(Object.fromEntries(seen)).toEqual({ SEGMENT: 'SUCCEEDED', EXPORT: 'SUCCEEDED' });
  });
});
