import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { followedJobs } from '../../support/followed-jobs';
import type { FollowedJobs } from '../../support/followed-jobs';
import { openRawStream, postForStream } from '../../support/raw-stream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const watch =
  'subscription ($id: ID!) { segmentJobChanged(id: $id) { type job { status ... on SegmentJob { segmentIds } } } }';
const partsAccept = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0, application/json';
const sandbox = 'https://studio.apollographql.com';

let jobs: FollowedJobs;
let started: StartedGateway;
beforeAll(async () => {
  jobs = followedJobs({
    running: 'PROCESSING',
    ended: 'SUCCEEDED',
    failing: 'PROCESSING',
    heavy: 'PROCESSING',
  });
  started = await startGateway(jobs.answer, {
    subscriptionsPerCaller: 3,
    pace: { heartbeatMs: 20, maxWaitingBytes: 1_000, slowMs: 1_000 },
  });
});
beforeEach(() => void started.upstream.calls.splice(0));
afterEach(untilNobodyWatches);
afterAll(() => started.close());

const ask = (id: string): { query: string; variables: { id: string } } => ({
  query: watch,
  variables: { id },
});
const byGet = (query: string, headers: Record<string, string> = {}): ReturnType<typeof openRawStream> =>
  openRawStream(
    `${started.gateway.url}/graphql?${new URLSearchParams({ query, variables: '{"id":"ended"}' }).toString()}`,
    {
      headers: { accept: 'text/event-stream', ...headers },
    },
  );

async function watching(): Promise<unknown> {
  const answer = await started.post({ query: '{ session { watching { subscribers watchedJobs } } }' });
  return ((await answer.json()) as { data: { session: { watching: unknown } } }).data.session.watching;
}

async function untilNobodyWatches(): Promise<void> {
  while (JSON.stringify(await watching()) !== '{"subscribers":0,"watchedJobs":0}');
}

describe('server-sent events', () => {
  it('are events by name, one a result, and a last one that says that it is complete', async () => {
    const stream = await postForStream(started.gateway.url, ask('ended'));
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(stream.response.headers.get('cache-control')).toBe('no-store');
    const { text, isBroken } = await stream.rest();
    expect(isBroken).toBe(false);
    expect(
      text
        .replace(/(:\n\n)+/, '')
        .split('\n\n')
        .map((event) => event.split('\n')[0]),
    ).toEqual(['event: next', 'event: next', 'event: complete', '']);
  });

  it('answer queries and mutations too', async () => {
    const { text } = await (
      await postForStream(started.gateway.url, { query: '{ session { sandbox } }' })
    ).rest();
    expect(text).toMatch(/^:\n\n/);
    expect(text.replace(/^(:\n\n)+/, '')).toBe(
      'event: next\ndata: {"data":{"session":{"sandbox":"prod"}}}\n\nevent: complete\ndata: \n\n',
    );
  });

  it('are for subscriptions alone where the client takes JSON, too', async () => {
    const accept = 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed';
    const answer = await started.post({ query: '{ session { sandbox } }' }, { accept });
    expect(answer.headers.get('content-type')).toContain('json');
    const stream = await started.post(ask('ended'), { accept });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    await stream.text();
  });

  it('show that they live while nothing happens', async () => {
    const stream = await postForStream(started.gateway.url, ask('running'));
    await stream.until('SNAPSHOT');
    await stream.until('}\n\n:\n\n:\n\n');
    stream.leave();
  });

  it('end the watch when their client leaves', async () => {
    const stream = await postForStream(started.gateway.url, ask('running'));
    await stream.until('SNAPSHOT');
    stream.leave();
    await untilNobodyWatches();
  });

  it('are so many for one caller, and are had again when one has ended', async () => {
    const open = await Promise.all([1, 2, 3].map(() => postForStream(started.gateway.url, ask('running'))));
    const refused = await postForStream(started.gateway.url, ask('running'));
    expect(refused.response.status).toBe(429);
    expect((await refused.rest()).text).toContain('"code":"RATE_LIMITED"');
    open[0]?.leave();
    await untilOneHasLeft();
    const again = await postForStream(started.gateway.url, ask('running'));
    expect(again.response.status).toBe(200);
    for (const stream of [...open, again]) stream.leave();

    async function untilOneHasLeft(): Promise<void> {
      while (!JSON.stringify(await watching()).includes('"subscribers":2'));
    }
  });

  it.each([
    ['no object', '[]', 400],
    ['no query', '{"operationName":"x"}', 400],
    ['variables that are none', '{"query":"{ __typename }","variables":[1]}', 400],
    ['no JSON', '{', 400],
  ])('are refused by the status where the body is %s', async (_what, body, status) => {
    const answer = await started.post(body, { accept: 'text/event-stream' });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_REQUEST' } }] });
  });
});

describe('server-sent events by GET', () => {
  it('are had as an EventSource asks for them', async () => {
    const { text } = await (await byGet(watch)).rest();
    expect(text).toContain('event: complete');
  });

  it.each([
    ['a page of another site', { origin: 'https://evil.example' }],
    ['a page that hides where it is from', { origin: 'null' }],
    ['a page whose browser sends no origin', { 'sec-fetch-site': 'cross-site' }],
  ])('are refused to %s', async (_who, headers: Record<string, string>) => {
    const stream = await rawGet(headers);
    expect(stream).toMatch(/^HTTP\/1.1 403 /);
    expect(started.upstream.calls).toEqual([]);
  });

  it('are open to pages that may ask', async () => {
    const stream = await byGet(watch, { origin: sandbox });
    expect(stream.response.headers.get('access-control-allow-origin')).toBe(sandbox);
    await stream.rest();
  });

  it('never run a mutation', async () => {
    const stream = await byGet('mutation { cancelSegmentJob(id: "running") { userErrors { code } } }');
    expect(stream.response.status).toBe(405);
    expect(stream.response.headers.get('allow')).toBe('POST');
    expect(started.upstream.calls).toEqual([]);
  });

  // `fetch` of Node sets no `sec-fetch-site` of ours.
  async function rawGet(headers: Record<string, string>): Promise<string> {
    const socket = connectTo(started.gateway.url);
    const lines = Object.entries({
      host: new URL(started.gateway.url).host,
      accept: 'text/event-stream',
      ...headers,
    });
    const path = `/graphql?${new URLSearchParams({ query: watch, variables: '{"id":"ended"}' }).toString()}`;
    socket.write(
      `GET ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}connection: close\r\n\r\n`,
    );
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return text;
  }
});

describe('a multipart answer', () => {
  it('has a part for each result, signs of life between, and a closing boundary', async () => {
    const stream = await postForStream(started.gateway.url, ask('failing'), { accept: partsAccept });
    expect(stream.response.headers.get('content-type')).toBe(
      'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    );
    await stream.until('\r\ncontent-type: application/json\r\n\r\n{}\r\n--graphql');
    jobs.statuses.set('failing', 'FAILED');
    const { text } = await stream.rest();
    const bodies = text.split('--graphql').map((part) => part.split('\r\n\r\n')[1]?.trim());
    expect(bodies.filter((body) => body?.startsWith('{"payload":{"data"'))).toHaveLength(2);
    expect(text.endsWith('\r\n--graphql--\r\n')).toBe(true);
  });

  it('is for subscriptions alone', async () => {
    const answer = await started.post({ query: '{ session { sandbox } }' }, { accept: partsAccept });
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toEqual({ data: { session: { sandbox: 'prod' } } });
  });
});

describe('a client that does not read its stream', () => {
  it('is cut off when too much waits for too long, and one beside it is told everything', async () => {
    jobs.weight = 9_000;
    const deaf = connectTo(started.gateway.url);
    deaf.pause();
    const body = JSON.stringify(ask('heavy'));
    deaf.write(
      `POST /graphql HTTP/1.1\r\nhost: ${new URL(started.gateway.url).host}\r\naccept: text/event-stream\r\n` +
        `content-type: application/json\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`,
    );
    const reader = await postForStream(started.gateway.url, ask('heavy'));
    await reader.until('SNAPSHOT');
    const heard = reader.rest();
    while (!JSON.stringify(await watching()).includes('"subscribers":1'));
    jobs.statuses.set('heavy', 'SUCCEEDED');
    const { text, isBroken } = await heard;
    expect(text).toContain('TERMINAL');
    expect(isBroken).toBe(false);
    deaf.destroy();
  });
});

function connectTo(url: string): Socket {
  const { port, hostname } = new URL(url);
  return connect(Number(port), hostname);
}
