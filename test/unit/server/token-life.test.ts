import { once } from 'node:events';
import { WebSocket } from 'ws';
import { followedJobs } from '../../support/followed-jobs';
import type { FollowedJobs } from '../../support/followed-jobs';
import { postForStream } from '../../support/raw-stream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const query =
  'subscription ($id: ID!) { segmentJobChanged(id: $id) { type cursor previousStatus job { status } } }';

/** A token that says when it ends and whose it is; nobody signs it, for the fake upstream believes it. */
function tokenFor(lifeMs: number, user = 'ada', mark = ''): string {
  const claims = { exp: (Date.now() + lifeMs) / 1000, user_id: user, mark };
  return `Bearer x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
}

const parameters = (authorization: string): Record<string, string> => ({
  authorization,
  'x-api-key': 'key',
  'x-gw-ims-org-id': 'ADA@AdobeOrg',
  'x-sandbox-name': 'prod',
});

interface Message {
  readonly id?: string;
  readonly type: string;
  readonly payload?: Record<string, unknown> & { data?: { segmentJobChanged: Record<string, unknown> } };
}

interface Line {
  readonly socket: WebSocket;
  say(message: unknown): void;
  hear(): Promise<Message>;
}

let jobs: FollowedJobs;
let started: StartedGateway;
beforeAll(async () => {
  jobs = followedJobs({});
  started = await startGateway(jobs.answer, { defaultCaller: null, upstream: { url: '', mode: 'ADOBE' } });
});
beforeEach(() => {
  jobs.refusedTokens.clear();
  jobs.statuses.clear();
  jobs.statuses.set('j1', 'PROCESSING');
});
afterAll(() => started.close());

async function open(authorization: string): Promise<Line> {
  const socket = new WebSocket(
    `${started.gateway.url.replace('http', 'ws')}/graphql`,
    'graphql-transport-ws',
  );
  const heard: Message[] = [];
  let wake = (): void => undefined;
  socket.on('message', (data: Buffer) => {
    heard.push(JSON.parse(data.toString('utf8')) as Message);
    wake();
  });
  await once(socket, 'open');
  const line: Line = {
    socket,
    say: (message) => socket.send(JSON.stringify(message)),
    hear: async () => {
      while (heard.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return heard.shift() as Message;
    },
  };
  line.say({ type: 'connection_init', payload: parameters(authorization) });
  expect(await line.hear()).toEqual({ type: 'connection_ack' });
  return line;
}

async function watch(line: Line, id = 'j1'): Promise<Record<string, unknown>> {
  line.say({ id, type: 'subscribe', payload: { query, variables: { id } } });
  return eventOf(await line.hear());
}

function eventOf({ payload }: Message): Record<string, unknown> {
  return payload?.data?.segmentJobChanged ?? {};
}

describe('a token that ends', () => {
  it('is announced on the stream, and then closes the socket by 4403', async () => {
    const line = await open(tokenFor(1_200));
    const snapshot = await watch(line);
    const event = eventOf(await line.hear());
    expect(event).toEqual({
      type: 'AUTH_EXPIRING',
      cursor: snapshot['cursor'],
      previousStatus: null,
      job: null,
    });
    const [code] = (await once(line.socket, 'close')) as [number];
    expect(code).toBe(4403);
  });

  it.each(['text/event-stream', 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'])(
    'is announced and ends an answer of %s by its error',
    async (accept) => {
      const stream = await postForStream(
        started.gateway.url,
        { query, variables: { id: 'j1' } },
        { ...parameters(tokenFor(1_200)), accept },
      );
      const { text, isBroken } = await stream.rest();
      expect(isBroken).toBe(false);
      expect(text.indexOf('AUTH_EXPIRING')).toBeGreaterThan(text.indexOf('SNAPSHOT'));
      expect(text.indexOf('"code":"UNAUTHENTICATED"')).toBeGreaterThan(text.indexOf('AUTH_EXPIRING'));
    },
  );
});

describe('a fresh token on a live socket', () => {
  it('is taken by a ping, and streams go on with it without a seam', async () => {
    const old = tokenFor(1_200);
    const fresh = tokenFor(600_000);
    const line = await open(old);
    await watch(line);
    expect(eventOf(await line.hear())['type']).toBe('AUTH_EXPIRING');
    line.say({ type: 'ping', payload: { authorization: fresh } });
    expect(await line.hear()).toEqual({
      type: 'pong',
      payload: { accepted: true, tokenExpiresAt: expect.stringMatching(/Z$/) as string },
    });
    jobs.refusedTokens.add(old);
    while (!started.upstream.calls.some(({ headers }) => headers.authorization === fresh))
      await new Promise((resolve) => setImmediate(resolve));
    jobs.statuses.set('j1', 'SUCCEEDED');
    const next = eventOf(await line.hear());
    expect(next).toMatchObject({
      type: 'TERMINAL',
      previousStatus: 'PROCESSING',
      job: { status: 'SUCCEEDED' },
    });
    expect(await line.hear()).toEqual({ id: 'j1', type: 'complete' });
    line.socket.close();
  });

  it('serves the operations that come after it', async () => {
    const fresh = tokenFor(600_000, 'ada', 'later');
    const line = await open(tokenFor(500_000));
    line.say({ type: 'ping', payload: { Authorization: fresh } });
    await line.hear();
    await watch(line);
    expect(started.upstream.calls.at(-1)?.headers.authorization).toBe(fresh);
    line.socket.close();
  });

  it.each([
    ['another org', { 'x-gw-ims-org-id': 'BOB@AdobeOrg' }],
    ['another sandbox', { 'x-sandbox-name': 'dev' }],
    ['another person', { authorization: tokenFor(600_000, 'bob') }],
    ['one that has ended', { authorization: tokenFor(-1_000) }],
    ['one that is malformed', { authorization: 'Basic x' }],
  ])('is refused where it is of %s, and the old one stays', async (_what, payload) => {
    const line = await open(tokenFor(600_000));
    line.say({ type: 'ping', payload: { authorization: tokenFor(700_000), ...payload } });
    expect(await line.hear()).toEqual({
      type: 'pong',
      payload: { accepted: false, message: expect.any(String) as string },
    });
    expect(await watch(line)).toMatchObject({ type: 'SNAPSHOT' });
    line.socket.close();
  });

  it('that the upstream refuses ends the stream by its error, and not the socket', async () => {
    const fresh = tokenFor(600_000, 'ada', 'refused');
    const line = await open(tokenFor(500_000));
    await watch(line);
    jobs.refusedTokens.add(fresh);
    line.say({ type: 'ping', payload: { authorization: fresh } });
    await line.hear();
    expect(await line.hear()).toMatchObject({
      id: 'j1',
      type: 'error',
      payload: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(line.socket.readyState).toBe(WebSocket.OPEN);
    line.socket.close();
  });
});

it('a token that the upstream no longer takes closes the socket by 4403', async () => {
  const token = tokenFor(600_000, 'ada', 'withdrawn');
  const line = await open(token);
  await watch(line);
  jobs.refusedTokens.add(token);
  const [code] = (await once(line.socket, 'close')) as [number];
  expect(code).toBe(4403);
});

it('a ping without a token is a plain one', async () => {
  const line = await open(tokenFor(600_000));
  line.say({ type: 'ping' });
  expect(await line.hear()).toEqual({ type: 'pong' });
  line.say({ type: 'ping', payload: { at: 1 } });
  expect(await line.hear()).toEqual({ type: 'pong', payload: { at: 1 } });
  line.socket.close();
});
