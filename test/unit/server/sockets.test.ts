import { once } from 'node:events';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Reply, SeenCall } from '../../support/fake-upstream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const jobId = 'b31aed3d-b3b1-4613-98c6-7d3846e8d48f';
const definition = '/data/core/ups/segment/definitions/s1';
const jobsById = '/data/core/ups/segment/jobs/bulk-get';

/** A job that takes three looks to end, so that a watcher sees it move. */
function createUpstream(): (call: SeenCall) => Reply | undefined {
  let looks = 0;
  let names = 0;
  return ({ path, body }) => {
    if (path === definition) {
      names += 1;
      const expression = { type: 'PQL', format: 'pql/text', value: 'true' };
      return { json: { id: 's1', name: `Name ${names}`, schema: {}, expression } };
    }
    if (path !== jobsById && path !== `/data/core/ups/segment/jobs/${jobId}`) return undefined;
    looks += 1;
    const status = looks >= 3 ? 'SUCCEEDED' : 'PROCESSING';
    const job = {
      id: jobId,
      status,
      segments: [{ segmentId: 's1' }],
      ...(status === 'PROCESSING' && { progress: 0.4 }),
      metrics: status === 'SUCCEEDED' ? { segmentedProfileCounter: { s1: 7 } } : {},
      creationTime: 1_573_203_617_195,
      updateTime: 1_573_204_395_655,
    };
    const ids = (body as { ids?: { id: string }[] } | undefined)?.ids?.map(({ id }) => id);
    if (ids === undefined) return { json: job };
    return { status: 207, json: { results: ids.includes(jobId) ? { [jobId]: job } : {} } };
  };
}

let started: StartedGateway;
beforeEach(async () => {
  started = await startGateway(createUpstream());
});
afterEach(() => started.close());

const socketUrl = (): string => `${started.gateway.url.replace('http', 'ws')}/graphql`;

/** What the server says on a raw socket, in order. */
async function openRaw(
  init: unknown = {},
  headers: Record<string, string> = {},
): Promise<{
  readonly socket: WebSocket;
  readonly say: (message: unknown) => void;
  readonly hear: () => Promise<{ readonly id?: string; readonly type: string; readonly payload?: unknown }>;
}> {
  const socket = new WebSocket(socketUrl(), 'graphql-transport-ws', { headers });
  const heard: string[] = [];
  let wake = (): void => undefined;
  socket.on('message', (data: Buffer) => {
    heard.push(data.toString('utf8'));
    wake();
  });
  await once(socket, 'open');
  const say = (message: unknown): void => socket.send(JSON.stringify(message));
  const hear = async (): Promise<never> => {
    while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return JSON.parse(heard.shift() ?? '') as never;
  };
  say({ type: 'connection_init', payload: init });
  return { socket, say, hear };
}

describe('a socket of the gateway', () => {
  it('tells a job’s state, its changes, its end, and completes; each event loads its edges anew', async () => {
    const client = createClient({ url: socketUrl(), webSocketImpl: WebSocket });
    const query = `subscription ($id: ID!) { segmentJobChanged(id: $id) { type previousStatus job { status progress { fraction basis }
      ... on SegmentJob { segments { name } results { size } } } } }`;
    const events: unknown[] = [];
    for await (const { data } of client.iterate<{ segmentJobChanged: { type: string } }>({
      query,
      variables: { id: jobId },
    })) {
      events.push(data?.segmentJobChanged);
    }
    await client.dispose();
    expect(events[0]).toEqual({
      type: 'SNAPSHOT',
      previousStatus: null,
      job: {
        status: 'PROCESSING',
        progress: { fraction: 0.4, basis: 'MEASURED' },
        segments: [{ name: 'Name 1' }],
        results: [],
      },
    });
    expect(events.at(-1)).toEqual({
      type: 'TERMINAL',
      previousStatus: 'PROCESSING',
      job: {
        status: 'SUCCEEDED',
        progress: { fraction: 1, basis: 'MEASURED' },
        segments: [{ name: expect.not.stringMatching(/^Name 1$/) as string }],
        results: [{ size: '7' }],
      },
    });
  });

  it('answers queries too', async () => {
    const { say, hear, socket } = await openRaw();
    expect(await hear()).toMatchObject({ type: 'connection_ack' });
    say({ id: '1', type: 'subscribe', payload: { query: '{ session { sandbox } }' } });
    expect(await hear()).toEqual({
      id: '1',
      type: 'next',
      payload: { data: { session: { sandbox: 'prod' } } },
    });
    expect(await hear()).toEqual({ id: '1', type: 'complete' });
    socket.close();
  });

  it('answers a bad document for that operation only', async () => {
    const { say, hear, socket } = await openRaw();
    await hear();
    say({ id: '1', type: 'subscribe', payload: { query: '{' } });
    expect(await hear()).toMatchObject({
      id: '1',
      type: 'error',
      payload: [{ extensions: { code: 'GRAPHQL_PARSE_FAILED' } }],
    });
    say({ id: '2', type: 'subscribe', payload: { query: '{ nothing }' } });
    expect(await hear()).toMatchObject({
      id: '2',
      type: 'error',
      payload: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
    });
    say({
      id: '3',
      type: 'subscribe',
      payload: { query: '{ segments(first: 100) { nodes { jobs(first: 100) { nodes { id } } } } }' },
    });
    expect(await hear()).toMatchObject({
      id: '3',
      type: 'error',
      payload: [{ extensions: { code: 'QUERY_TOO_COMPLEX' } }],
    });
    say({ id: '4', type: 'subscribe', payload: { query: '{ __typename }' } });
    expect(await hear()).toMatchObject({ id: '4', type: 'next' });
    socket.close();
  });

  it('logs a document that it refuses under the request id that it answers', async () => {
    const { say, hear, socket } = await openRaw();
    await hear();
    say({ id: '1', type: 'subscribe', payload: { query: '{ nothing }', operationName: 'Nothing' } });
    const { payload } = await hear();
    const [{ extensions }] = payload as [{ extensions: { requestId: string } }];
    const lines = started.logLines.filter((line) => line.includes(extensions.requestId));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { level: 30, operation: 'Nothing', errorCodes: ['GRAPHQL_VALIDATION_FAILED'] },
    ]);
    socket.close();
  });

  it('says that a job is not there, by its code, and stays open', async () => {
    const { say, hear, socket } = await openRaw();
    await hear();
    say({
      id: '1',
      type: 'subscribe',
      payload: { query: 'subscription { segmentJobChanged(id: "gone") { type } }' },
    });
    expect(await hear()).toMatchObject({
      id: '1',
      type: 'error',
      payload: [{ extensions: { code: 'NOT_FOUND' } }],
    });
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.close();
  });

  it('is refused to a page of another site, and to one that hides where it is from', async () => {
    for (const origin of ['https://evil.example', 'null', `${started.gateway.url}.evil.example`]) {
      const socket = new WebSocket(socketUrl(), 'graphql-transport-ws', { origin });
      const [error] = (await once(socket, 'error')) as [Error];
      expect(error.message).toContain('403');
    }
  });

  it('is open to our own pages and to Sandbox', async () => {
    for (const origin of [started.gateway.url, 'https://studio.apollographql.com']) {
      const { hear, socket } = await openRaw({}, { origin });
      expect(await hear()).toMatchObject({ type: 'connection_ack' });
      socket.close();
    }
  });

  it('closes on a frame that is too large', async () => {
    const { socket, hear, say } = await openRaw();
    await hear();
    say({ id: '1', type: 'subscribe', payload: { query: `{ __typename } #${'x'.repeat(300_000)}` } });
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1009);
  });

  it('carries a hundred operations and no more', async () => {
    const { say, hear, socket } = await openRaw();
    await hear();
    const query = `subscription { segmentJobChanged(id: "${jobId}") { type } }`;
    for (let id = 0; id < 101; id += 1) say({ id: String(id), type: 'subscribe', payload: { query } });
    for (;;) {
      const { id, type, payload } = await hear();
      if (type !== 'error') continue;
      expect(id).toBe('100');
      expect(payload).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
      break;
    }
    socket.close();
  });
});

describe('before Adobe, a socket', () => {
  it('opens for connection parameters by the names of the headers and closes with 4403 without them', async () => {
    const adobe = await startGateway(() => undefined, { defaultCaller: null });
    const url = `${adobe.gateway.url.replace('http', 'ws')}/graphql`;
    const connect = async (payload: unknown): Promise<unknown> => {
      const socket = new WebSocket(url, 'graphql-transport-ws');
      await once(socket, 'open');
      socket.send(JSON.stringify({ type: 'connection_init', payload }));
      const outcome = await Promise.race([
        once(socket, 'message').then(([data]) => JSON.parse(String(data)) as unknown),
        once(socket, 'close').then(([code]) => code as number),
      ]);
      socket.close();
      return outcome;
    };
    const parameters = {
      Authorization: 'Bearer token',
      'x-api-key': 'key',
      'x-gw-ims-org-id': 'ADA@AdobeOrg',
      'x-sandbox-name': 'prod',
    };
    expect(await connect(parameters)).toMatchObject({ type: 'connection_ack' });
    expect(await connect({})).toBe(4403);
    expect(await connect({ ...parameters, 'x-sandbox-name': 'Prod!' })).toBe(4403);
    expect(await connect({ ...parameters, authorization: 'Bearer another' })).toBe(4403);
    await adobe.close();
  });
});

describe('a gateway that closes', () => {
  it('sends its sockets to come again by 1012, and completes no subscription that has not ended', async () => {
    const job = { id: jobId, status: 'QUEUED', segments: [], creationTime: 1, updateTime: 1 };
    const waiting = await startGateway(({ path }) =>
      path === jobsById ? { status: 207, json: { results: { [jobId]: job } } } : { json: job },
    );
    const socket = new WebSocket(
      `${waiting.gateway.url.replace('http', 'ws')}/graphql`,
      'graphql-transport-ws',
    );
    const heard: string[] = [];
    const query = `subscription { segmentJobChanged(id: "${jobId}") { type } }`;
    const snapshot = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        const { type } = JSON.parse(data.toString('utf8')) as { type: string };
        heard.push(type);
        if (type === 'connection_ack')
          socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }));
        if (type === 'next') resolve();
      });
    });
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await snapshot;
    const closed = once(socket, 'close');
    await waiting.close();
    const [code] = (await closed) as [number];
    expect(heard).toEqual(['connection_ack', 'next']);
    expect(code).toBe(1012);
  });

  it('lets go of a job when its last listener leaves', async () => {
    const client = createClient({ url: socketUrl(), webSocketImpl: WebSocket, lazy: false });
    const query = `subscription { segmentJobChanged(id: "${jobId}") { type } }`;
    const stream = client.iterate({ query });
    await stream.next();
    await stream.return?.(undefined);
    for (;;) {
      const answer = await started.post({ query: '{ session { watching { subscribers watchedJobs } } }' });
      const { data } = (await answer.json()) as { data: { session: { watching: unknown } } };
      if (JSON.stringify(data.session.watching) === '{"subscribers":0,"watchedJobs":0}') break;
    }
    await client.dispose();
  });
});
