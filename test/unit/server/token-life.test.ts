import { once } from 'node:events';
import { followedJobs } from '../../support/followed-jobs';
import type { FollowedJobs } from '../../support/followed-jobs';
import { postForStream } from '../../support/raw-stream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';
import { headersWith, openTokenSocket, tokenFor } from '../../support/token-socket';
import type { SocketMessage, TokenSocket } from '../../support/token-socket';

const query =
  'subscription ($id: ID!) { segmentJobChanged(id: $id) { type cursor previousStatus job { status } } }';

let jobs: FollowedJobs;
let started: StartedGateway;
beforeAll(async () => {
  jobs = followedJobs({});
  started = await startGateway(jobs.answer, { defaultCaller: null, upstream: { url: '', mode: 'ADOBE' } });
});
beforeEach(() => {
  jobs.refusedTokens.clear();
  jobs.statuses.clear();
  jobs.isAway = false;
  jobs.statuses.set('j1', 'PROCESSING');
});
afterAll(() => started.close());

const open = (authorization: string): Promise<TokenSocket> =>
  openTokenSocket(started.gateway.url, authorization);

async function watch(line: TokenSocket, id = 'j1'): Promise<Record<string, unknown>> {
  line.say({ id, type: 'subscribe', payload: { query, variables: { id } } });
  return eventOf(await line.hear());
}

function eventOf({ payload }: SocketMessage): Record<string, unknown> {
  return payload?.data?.['segmentJobChanged'] ?? {};
}

describe('a token that ends', () => {
  it('is announced on the stream, and then closes the socket by 4403', async () => {
    const line = await open(tokenFor(1_200));
    const snapshot = await watch(line);
    const event = eventOf(await line.hear());
    expect(line.pings).toEqual([
      { type: 'AUTH_EXPIRING', tokenExpiresAt: expect.stringMatching(/Z$/) as string },
    ]);
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
        { ...headersWith(tokenFor(1_200)), accept },
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

  it('that the upstream refuses is not taken, and streams go on with the old one', async () => {
    const fresh = tokenFor(600_000, 'ada', 'refused');
    const line = await open(tokenFor(500_000));
    await watch(line);
    jobs.refusedTokens.add(fresh);
    line.say({ type: 'ping', payload: { authorization: fresh } });
    expect(await line.hear()).toEqual({
      type: 'pong',
      payload: { accepted: false, message: expect.stringContaining('the old one stays') as string },
    });
    jobs.statuses.set('j1', 'SUCCEEDED');
    expect(eventOf(await line.hear())).toMatchObject({ type: 'TERMINAL', previousStatus: 'PROCESSING' });
    line.socket.close();
  });

  it('is not taken while the upstream cannot be asked about it', async () => {
    const line = await open(tokenFor(500_000));
    jobs.isAway = true;
    line.say({ type: 'ping', payload: { authorization: tokenFor(600_000, 'ada', 'away') } });
    const { payload } = await line.hear();
    expect(payload).toEqual({ accepted: false, message: expect.stringContaining('try again') as string });
    jobs.isAway = false;
    expect(await watch(line)).toMatchObject({ type: 'SNAPSHOT' });
    line.socket.close();
  });

  it('leaves no seam in a list: what changed around it is told as events', async () => {
    const line = await open(tokenFor(500_000));
    const list = 'subscription { jobsChanged(kinds: [SEGMENT]) { type job { id status } } }';
    line.say({ id: 'list', type: 'subscribe', payload: { query: list } });
    const next = async (): Promise<unknown> => (await line.hear()).payload?.data;
    expect(await next()).toMatchObject({ jobsChanged: { type: 'SNAPSHOT', job: { id: 'j1' } } });
    jobs.statuses.set('j1', 'SUCCEEDED').set('quick', 'FAILED');
    line.say({ type: 'ping', payload: { authorization: tokenFor(600_000, 'ada', 'list') } });
    const heard = [];
    while (heard.length < 3) {
      const data = await next();
      if (JSON.stringify(data)?.includes('jobsChanged')) heard.push(data);
    }
    expect(heard).toEqual([
      { jobsChanged: { type: 'TERMINAL', job: { id: 'j1', status: 'SUCCEEDED' } } },
      { jobsChanged: { type: 'CREATED', job: { id: 'quick', status: 'FAILED' } } },
      { jobsChanged: { type: 'TERMINAL', job: { id: 'quick', status: 'FAILED' } } },
    ]);
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
