import { once } from 'node:events';
import { WebSocket } from 'ws';
import { createAudienceClient } from '../../../src/client';
import { newRun } from '../../support/audience-run-records';
import { startCallbackRouter } from '../../support/callback-router';
import type { CallbackRouter } from '../../support/callback-router';
import type { Reply, SeenCall } from '../../support/fake-upstream';
import { followedJobs } from '../../support/followed-jobs';
import type { FollowedJobs } from '../../support/followed-jobs';
import { postForStream } from '../../support/raw-stream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';
import { openTemporaryState } from '../../support/temporary-state';
import { headersWith, openTokenSocket, tokenFor } from '../../support/token-socket';
import type { TokenSocket } from '../../support/token-socket';
import type { GatewayState } from '../../../src/state/open-gateway-state';

/** Streams that are not of jobs, and have neither cursors nor AUTH_EXPIRING events of their own. */
const streams = [
  ['previewChanged', 'subscription { previewChanged(id: "p1") { state } }'],
  [
    'audienceRunChanged',
    `subscription { audienceRunChanged(id: "${newRun().id}") { status step waitingFor segmentJob { status } } }`,
  ],
] as const;

let jobs: FollowedJobs;
let previewState: string;
let state: GatewayState;
let router: CallbackRouter;
let started: StartedGateway;
beforeAll(async () => {
  router = await startCallbackRouter();
});
afterAll(() => router.close());

function answer(call: SeenCall): Reply | undefined {
  const reply = jobs.answer(call);
  if (reply !== undefined || call.path !== '/data/core/ups/estimate/p1') return reply;
  return { json: { state: previewState, estimatedSize: 1, numRowsToRead: 1, totalRows: 1 } };
}

beforeEach(async () => {
  jobs = followedJobs({ j1: 'PROCESSING' });
  previewState = 'RUNNING';
  state = await openTemporaryState();
  await state.audienceRuns.insert(newRun({ segmentJob: { kind: 'made', id: 'j1', hasEnded: false } }));
  const upstream = { url: '', mode: 'ADOBE' } as const;
  const subgraph = { federation: true, callbackHosts: router.allowedHosts };
  started = await startGateway(answer, { defaultCaller: null, upstream, state, ...subgraph });
});
afterEach(async () => {
  await started.close();
  await state.close();
});

async function watch(line: TokenSocket, query: string): Promise<unknown> {
  line.say({ id: 'one', type: 'subscribe', payload: { query } });
  return nextOf(line);
}

async function nextOf(line: TokenSocket): Promise<Readonly<Record<string, unknown>> | string> {
  const { type, payload } = await line.hear();
  return Object.values(payload?.data ?? {})[0] ?? `${type} ${JSON.stringify(payload)}`;
}

async function untilAskedWith(authorization: string, path: string): Promise<void> {
  const isAsked = (call: SeenCall): boolean =>
    call.headers.authorization === authorization && call.path.includes(path);
  while (!started.upstream.calls.some(isAsked)) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(streams)('%s', (name, query) => {
  it('ends with the token that it came with: the socket closes by 4403', async () => {
    const line = await openTokenSocket(started.gateway.url, tokenFor(700));
    await watch(line, query);
    const [code] = (await once(line.socket, 'close')) as [number];
    expect(code).toBe(4403);
    expect(line.pings).toEqual([
      { type: 'AUTH_EXPIRING', tokenExpiresAt: expect.stringMatching(/Z$/) as string },
    ]);
  });

  it.each(['text/event-stream', 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'])(
    'ends an answer of %s by the error',
    async (accept) => {
      const headers = { ...headersWith(tokenFor(700)), accept };
      const { text, isBroken } = await (await postForStream(started.gateway.url, { query }, headers)).rest();
      expect([isBroken, text.includes(`{"data":{"${name}":{`)]).toEqual([false, true]);
      expect(text).toContain('"code":"UNAUTHENTICATED"');
    },
  );

  it('is completed by the error where a router is called back', async () => {
    const request = { query, headers: headersWith(tokenFor(700)) };
    const { heard, until } = await router.subscribe(started.gateway.url, request);
    expect(await until('complete')).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(heard.find(({ action }) => action === 'next')?.payload?.data).toHaveProperty(name);
    expect(router.faults).toEqual([]);
  });
});

describe('a fresh token on a live socket', () => {
  it('keeps a preview that is watched', async () => {
    const [old, fresh] = [tokenFor(700), tokenFor(600_000)];
    const line = await openTokenSocket(started.gateway.url, old);
    expect(await watch(line, streams[0][1])).toEqual({ state: 'RUNNING' });
    await renew(line, fresh);
    await untilAskedWith(fresh, '/estimate/p1');
    previewState = 'RESULT_READY';
    expect(await nextOf(line)).toEqual({ state: 'RESULT_READY' });
    expect(await line.hear()).toEqual({ id: 'one', type: 'complete' });
    line.socket.close();
  });

  it('keeps a run that is watched, and the run goes on with it', async () => {
    const [old, fresh] = [tokenFor(700), tokenFor(600_000)];
    const line = await openTokenSocket(started.gateway.url, old);
    const heard = [await watch(line, streams[1][1])];
    while (!JSON.stringify(heard.at(-1)).includes('PROCESSING')) heard.push(await nextOf(line));
    await renew(line, fresh);
    await untilAskedWith(fresh, '/segment/jobs');
    jobs.statuses.set('j1', 'SUCCEEDED');
    const news = [];
    for (;;) {
      const told = await nextOf(line);
      if (typeof told === 'string') break;
      news.push(told);
    }
    // There is nothing to export to: what matters is that it came so far.
    expect(news.at(-1)).toMatchObject({ status: 'FAILED', step: 'EXPORT' });
    expect(news).not.toContainEqual(expect.objectContaining({ segmentJob: null }));
    line.socket.close();
  });

  it('is asked for by a ping of the gateway, to which the answer of any client is nothing', async () => {
    const line = await openTokenSocket(started.gateway.url, tokenFor(700));
    while (line.pings.length === 0) await new Promise((resolve) => setImmediate(resolve));
    line.say({ type: 'pong', payload: line.pings[0] });
    line.say({ type: 'ping' });
    expect(await line.hear()).toEqual({ type: 'pong' });
    line.socket.close();
  });

  it('is sent by the client package, which no event of these streams tells', async () => {
    const tokens = [tokenFor(700), tokenFor(600_000)];
    let asked = 0;
    const headers = (): Record<string, string> => headersWith(tokens[Math.min(asked++, 1)] ?? '');
    const client = createAudienceClient({ url: started.gateway.url, webSocketImpl: WebSocket, headers });
    const states: unknown[] = [];
    for await (const event of client.subscribe<Record<string, object>>(streams[0][1])) {
      states.push(event['previewChanged']);
      await untilAskedWith(tokens[1] ?? '', '/estimate/p1');
      previewState = 'RESULT_READY';
    }
    expect(states).toEqual([{ state: 'RUNNING' }, { state: 'RESULT_READY' }]);
    await client.close();
  });

  async function renew(line: TokenSocket, fresh: string): Promise<void> {
    while (line.pings.length === 0) await new Promise((resolve) => setImmediate(resolve));
    line.say({ type: 'ping', payload: { authorization: fresh } });
    let message = await line.hear();
    while (message.type !== 'pong') message = await line.hear();
    expect(message.payload).toMatchObject({ accepted: true });
    // The upstream, too, takes the old one no more.
    for (const { headers } of started.upstream.calls)
      if (headers.authorization !== fresh) jobs.refusedTokens.add(headers.authorization ?? '');
  }
});
