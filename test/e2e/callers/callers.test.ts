import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { graphql } from '../../generated';
import { createSegment, createSegmentJob, watchSegmentJob } from '../../support/road-operations';
import { startRoad } from '../../support/start-road';
import type { Road } from '../../support/start-road';
import { subscribe } from '../../support/subscriber';

const segmentNames = graphql(`
  query SegmentNames {
    segments {
      nodes {
        id
        name
      }
    }
  }
`);

const oneJob = graphql(`
  query OneJob($id: ID!) {
    segmentJob(id: $id) {
      id
    }
  }
`);

/** What a caller in front of Adobe sends. */
const headersOf = (sandbox: string): Record<string, string> => ({
  authorization: 'Bearer token-of-the-caller',
  'x-api-key': 'key-of-the-caller',
  'x-gw-ims-org-id': 'CALLERS@AdobeOrg',
  'x-sandbox-name': sandbox,
});

describe('a gateway without a default caller', () => {
  let road: Road;
  beforeAll(async () => {
    road = await startRoad({ withDefaultCaller: false });
  });
  afterAll(() => road.close());

  it("passes the caller's four headers on, and no others", async () => {
    road.upstream.forget();
    await road.run(
      segmentNames,
      {},
      { ...headersOf('dev'), cookie: 'session=1', 'x-forwarded-for': '10.0.0.1', 'x-anything': 'else' },
    );
    const [call] = road.upstream.calls;
    expect(call?.headers).toMatchObject(headersOf('dev'));
    expect(Object.keys(call?.headers ?? {}).sort()).toEqual([
      'accept',
      'authorization',
      'connection',
      'host',
      'x-api-key',
      'x-gw-ims-org-id',
      'x-request-id',
      'x-sandbox-name',
    ]);
  });

  it.each(['authorization', 'x-api-key', 'x-gw-ims-org-id', 'x-sandbox-name'])(
    'refuses a request without %s, naming it, and asks nothing upstream',
    async (name) => {
      road.upstream.forget();
      const { [name]: _left, ...headers } = headersOf('dev');
      const { data, errors } = await road.ask(segmentNames, {}, headers);
      expect(data).toBeNull();
      expect(errors[0]?.message.toLowerCase()).toContain(name);
      expect(road.upstream.calls).toEqual([]);
    },
  );

  it('takes the four from the connection parameters of a socket', async () => {
    const { createSegment: segment } = await road.run(
      createSegment,
      { input: { name: 'By socket', expression: { text: 'homeAddress' } } },
      headersOf('dev'),
    );
    const { createSegmentJob: job } = await road.run(
      createSegmentJob,
      { input: { segments: { ids: [segment.segment?.id ?? ''] } } },
      headersOf('dev'),
    );
    const client = createClient({
      url: `${road.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: headersOf('dev'),
    });
    const events = await subscribe(client, watchSegmentJob, { id: job.segmentJob?.id ?? '' }).all();
    expect(events.at(-1)?.segmentJobChanged.type).toBe('TERMINAL');
    await client.dispose();
  });

  it('keeps two sandboxes of one org apart', async () => {
    const { createSegment: segment } = await road.run(
      createSegment,
      { input: { name: 'Ours', expression: { text: 'homeAddress' } } },
      headersOf('ours'),
    );
    const { createSegmentJob: job } = await road.run(
      createSegmentJob,
      { input: { segments: { ids: [segment.segment?.id ?? ''] } } },
      headersOf('ours'),
    );
    expect((await road.run(segmentNames, {}, headersOf('theirs'))).segments.nodes).toEqual([]);
    expect(
      (await road.run(oneJob, { id: job.segmentJob?.id ?? '' }, headersOf('theirs'))).segmentJob,
    ).toBeNull();
  });

  it("does not let a caller subscribe to another sandbox's job", async () => {
    const { createSegment: segment } = await road.run(
      createSegment,
      { input: { name: 'Watched', expression: { text: 'homeAddress' } } },
      headersOf('ours'),
    );
    const { createSegmentJob: job } = await road.run(
      createSegmentJob,
      { input: { segments: { ids: [segment.segment?.id ?? ''] } } },
      headersOf('ours'),
    );
    const client = createClient({
      url: `${road.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: headersOf('theirs'),
    });
    await expect(subscribe(client, watchSegmentJob, { id: job.segmentJob?.id ?? '' }).next()).rejects.toThrow(
      /NOT_FOUND/,
    );
    await client.dispose();
  });
});
