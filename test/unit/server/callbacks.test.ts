import { startCallbackRouter } from '../../support/callback-router';
import type { CallbackMessage, CallbackRouter, RoutedSubscription } from '../../support/callback-router';
import { followedJobs } from '../../support/followed-jobs';
import { startRecordingDestination } from '../../support/recording-destination';
import type { RecordingDestination } from '../../support/recording-destination';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';
import { parseAllowedHosts } from '../../../src/lib/allowed-host';
import { pause, systemTimers } from '../../../src/lib/timers';

const query =
  'subscription ($id: ID!, $after: EventCursor) { segmentJobChanged(id: $id, after: $after) { type cursor job { status } } }';
const pace = {
  callbackHeartbeatFloorMs: 5,
  callbackTimeoutMs: 1_000,
  callbackRetriesMs: [1, 2],
  callbackFarewellMs: 500,
};

const jobs = followedJobs({});
/** Of the test that runs: a job that has ended stays so for whoever saw it. */
let id = '';
let count = 0;
let router: CallbackRouter;
/** Another server that the operator has not named. */
let inner: RecordingDestination;
let started: StartedGateway;
beforeAll(async () => {
  router = await startCallbackRouter();
  inner = await startRecordingDestination();
  started = await startGateway(jobs.answer, { federation: true, callbackHosts: router.allowedHosts, pace });
});
beforeEach(() => {
  id = `j${String(++count)}`;
  jobs.statuses.set(id, 'PROCESSING');
  router.misbehave = () => false;
  router.faults.splice(0);
  started.logLines.splice(0);
  started.upstream.calls.splice(0);
});
afterEach(async () => {
  jobs.statuses.set(id, 'SUCCEEDED');
  await untilNobodyWatches();
});
afterAll(async () => {
  await started.close();
  await router.close();
  await inner.close();
});

const ask = (): { query: string; variables: { id: string } } => ({ query, variables: { id } });
const subscribe = (asked = {}): Promise<RoutedSubscription> =>
  router.subscribe(started.gateway.url, ask(), asked);
const typesOf = (heard: readonly CallbackMessage[]): unknown[] =>
  heard.flatMap(({ payload }) => (payload?.data as Data | undefined)?.segmentJobChanged.type ?? []);
interface Data {
  readonly segmentJobChanged: { readonly type: string; readonly cursor: string };
}

async function untilNobodyWatches(): Promise<void> {
  for (;;) {
    const answer = await started.post({ query: '{ session { watching { subscribers } } }' });
    if ((await answer.text()).includes('"subscribers":0')) return;
  }
}

describe('a subscription of a router', () => {
  it('is confirmed, answered, told of in order, and completed with the end of the job', async () => {
    const { answer, heard, until } = await subscribe();
    expect(answer.status).toBe(200);
    expect(answer.headers.get('subscription-protocol')).toBe('callback/1.0');
    expect(await answer.json()).toEqual({ data: null });
    await until('next');
    jobs.statuses.set(id, 'SUCCEEDED');
    const last = await until('complete');
    expect(last).not.toHaveProperty('errors');
    expect(heard.map(({ action }) => action)).toEqual(['check', 'next', 'next', 'complete']);
    expect(typesOf(heard)).toEqual(['SNAPSHOT', 'TERMINAL']);
    expect(router.faults).toEqual([]);
  });

  it('shows that it lives as often as the router wants', async () => {
    const { heard, until } = await subscribe({ heartbeatIntervalMs: 5 });
    await until('check', 4);
    jobs.statuses.set(id, 'SUCCEEDED');
    await until('complete');
    expect(heard.at(-1)?.action).toBe('complete');
    expect(router.faults).toEqual([]);
  });

  // Hive's gateway gives a subscription up at the very end of an interval in which it heard nothing.
  it('shows that it lives before the interval has passed', async () => {
    const { until } = await subscribe({ heartbeatIntervalMs: 2_000 });
    await until('next');
    const silence = new AbortController();
    const passed = pause(systemTimers, 2_000, silence.signal).then(() => 'the interval has passed');
    expect(await Promise.race([until('check', 2), passed])).toMatchObject({ action: 'check' });
    silence.abort();
  });

  it('is told by one message at a time, also where the router takes its time', async () => {
    router.misbehave = (message, response) => {
      if (message.action !== 'next') return false;
      setTimeout(() => response.writeHead(200).end(), 30);
      return true;
    };
    const { until } = await subscribe({ heartbeatIntervalMs: 5 });
    await until('next');
    jobs.statuses.set(id, 'SUCCEEDED');
    await until('complete');
    expect(router.faults).toEqual([]);
  });

  it('is confirmed by a router that says 204 and does not name the protocol, too, as Hive’s does', async () => {
    router.misbehave = ({ action }, response) => {
      if (action !== 'check') return false;
      response.writeHead(204).end();
      return true;
    };
    const { answer, until } = await subscribe();
    expect(answer.status).toBe(200);
    await until('next');
  });

  it.each([
    'application/json, application/graphql-response+json, application/json;callbackSpec=1.0',
    'multipart/mixed;boundary="graphql";subscriptionSpec=1.0, application/json;callbackSpec=1.0',
    'application/json;callbackSpec=1.0; charset=utf-8',
  ])('calls back where that is accepted besides others: %s', async (accept) => {
    const { answer, until } = await router.subscribe(started.gateway.url, { ...ask(), headers: { accept } });
    expect(await answer.json()).toEqual({ data: null });
    await until('next');
  });

  it('is completed with the error that ended it', async () => {
    const { until } = await router.subscribe(started.gateway.url, { query, variables: { id: 'gone' } });
    const { errors } = await until('complete');
    expect(errors).toMatchObject([{ extensions: { code: 'NOT_FOUND' } }]);
  });

  it('ends where the router knows it no more', async () => {
    const { forget, heard, until } = await subscribe({ heartbeatIntervalMs: 5 });
    await until('next');
    forget();
    await untilNobodyWatches();
    expect(heard.map(({ action }) => action)).not.toContain('complete');
  });

  it('outlives a message that was not heard', async () => {
    let failures = 0;
    router.misbehave = ({ action }, response) => {
      if (action !== 'next' || ++failures > 2) return false;
      if (failures === 1) response.destroy();
      else response.writeHead(503).end();
      return true;
    };
    const { heard, until } = await subscribe();
    await until('next', 3);
    jobs.statuses.set(id, 'SUCCEEDED');
    await until('complete');
    expect(typesOf(heard)).toEqual(['SNAPSHOT', 'SNAPSHOT', 'SNAPSHOT', 'TERMINAL']);
  });

  it('ends where the router stays away', async () => {
    router.misbehave = ({ action }, response) => {
      if (action === 'check') return false;
      response.destroy();
      return true;
    };
    const { heard, until } = await subscribe();
    await until('next', 3);
    await untilNobodyWatches();
    expect(heard.map(({ action }) => action)).toEqual(['check', 'next', 'next', 'next']);
  });

  it('ends with an error that says so when the token ends', async () => {
    const adobe = await startGateway(jobs.answer, {
      ...{ federation: true, callbackHosts: router.allowedHosts, pace, defaultCaller: null },
      upstream: { url: '', mode: 'ADOBE' },
    });
    const claims = Buffer.from(JSON.stringify({ exp: Date.now() / 1000 + 1, user_id: 'ada' }));
    const headers = {
      authorization: `Bearer x.${claims.toString('base64url')}.x`,
      'x-api-key': 'key',
      'x-gw-ims-org-id': 'ADA@AdobeOrg',
      'x-sandbox-name': 'prod',
    };
    const { heard, until } = await router.subscribe(adobe.gateway.url, { ...ask(), headers });
    const { errors } = await until('complete');
    expect(typesOf(heard)).toEqual(['SNAPSHOT', 'AUTH_EXPIRING']);
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    await adobe.close();
  });

  it('is told to come again when the gateway closes', async () => {
    const other = await startGateway(jobs.answer, {
      federation: true,
      callbackHosts: router.allowedHosts,
      pace,
    });
    const { until } = await router.subscribe(other.gateway.url, ask());
    await until('next');
    await other.close();
    const { errors } = await until('complete');
    expect(errors).toMatchObject([{ message: expect.stringContaining('subscribe again') as string }]);
  });
});

describe('a router that is not let in', () => {
  interface Refusal {
    readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  }
  const refusalOf = async ({ answer }: RoutedSubscription): Promise<unknown[]> => {
    const [error] = ((await answer.json()) as Refusal).errors;
    return [answer.status, error?.extensions.code, error?.message];
  };

  it.each([
    ['a host that is not named', () => ({ callbackUrl: `${inner.url}/callback` }), 403, 'FORBIDDEN'],
    [
      'the named host by another name',
      () => ({ callbackUrl: `http://localhost:${router.host.split(':')[1] ?? ''}/` }),
      403,
      'FORBIDDEN',
    ],
    ['another scheme', () => ({ callbackUrl: 'file:///etc/passwd' }), 400, 'BAD_REQUEST'],
    ['a URL with a user', () => ({ callbackUrl: `http://a:b@${router.host}/` }), 400, 'BAD_REQUEST'],
    ['no URL', () => ({ callbackUrl: 7 }), 400, 'BAD_REQUEST'],
    ['no verifier', () => ({ verifier: '' }), 400, 'BAD_REQUEST'],
    ['too many signs of life', () => ({ heartbeatIntervalMs: 1 }), 400, 'BAD_REQUEST'],
    ['a wrong verifier', () => ({ verifier: 'guessed' }), 400, 'BAD_REQUEST'],
    ['a subscription of nobody', () => ({ callbackUrl: `http://${router.host}/none` }), 400, 'BAD_REQUEST'],
  ])('%s is refused in clear words, and nothing is watched', async (_what, asked, status, code) => {
    const subscription = await subscribe(asked());
    expect(await refusalOf(subscription)).toEqual([status, code, expect.any(String)]);
    expect(subscription.heard).toEqual([]);
    expect(inner.connections()).toBe(0);
    expect(started.upstream.lines()).toEqual([]);
    expect(started.logLines.filter((line) => line.includes('"transport":"callback"'))).toHaveLength(1);
  });

  it('is one that sends elsewhere', async () => {
    router.misbehave = (_message, response) => {
      response.writeHead(307, { location: `${inner.url}/` }).end();
      return true;
    };
    expect((await refusalOf(await subscribe())).slice(0, 2)).toEqual([400, 'BAD_REQUEST']);
    expect(inner.connections()).toBe(0);
  });

  it.each([
    ['another protocol', 204, 'smoke-signals/1.0'],
    ['the protocol, but by another status', 200, 'callback/1.0'],
  ])('is one that speaks %s', async (_what, status, protocol) => {
    router.misbehave = (_message, response) => {
      response.writeHead(status, { 'subscription-protocol': protocol }).end();
      return true;
    };
    expect((await refusalOf(await subscribe())).slice(0, 2)).toEqual([400, 'BAD_REQUEST']);
  });

  it('is one that says more than a router has to say', async () => {
    router.misbehave = (_message, response) => {
      response.writeHead(200).end('x'.repeat(100_000));
      return true;
    };
    expect((await refusalOf(await subscribe())).slice(0, 2)).toEqual([503, 'UPSTREAM_UNAVAILABLE']);
  });

  it('is every one where the operator names none', async () => {
    const closed = await startGateway(jobs.answer, { federation: true });
    const subscription = await router.subscribe(closed.gateway.url, ask());
    expect(await refusalOf(subscription)).toEqual([
      403,
      'FORBIDDEN',
      `This gateway calls no router back: SUBSCRIPTION_CALLBACK_HOSTS names no host. If it is meant, its operator adds ${router.host} to SUBSCRIPTION_CALLBACK_HOSTS; else let the router subscribe over graphql-transport-ws.`,
    ]);
    expect(subscription.heard).toEqual([]);
    await closed.close();
  });

  it('is one whose name stands for an address within', async () => {
    const named = await startGateway(jobs.answer, {
      federation: true,
      callbackHosts: parseAllowedHosts('localhost') ?? [],
    });
    const subscription = await router.subscribe(named.gateway.url, ask(), {
      callbackUrl: 'https://localhost/callback',
    });
    expect(await refusalOf(subscription)).toEqual([
      403,
      'FORBIDDEN',
      expect.stringContaining('localhost stands for an address that is not public'),
    ]);
    await named.close();
  });
});

it('callbacks are a subgraph’s alone', async () => {
  const alone = await startGateway(jobs.answer, { callbackHosts: router.allowedHosts });
  const { answer, heard } = await router.subscribe(alone.gateway.url, ask());
  expect(answer.status).toBe(400);
  expect(heard).toEqual([]);
  await alone.close();
});

it('neither the verifier nor the address of a callback is logged', async () => {
  jobs.statuses.set(id, 'SUCCEEDED');
  const { until } = await subscribe();
  await until('complete');
  await subscribe({ verifier: 'verifier-guessed' });
  const text = started.logLines.join('');
  expect(text).toContain('"transport":"callback"');
  expect(text).not.toContain('verifier-');
  expect(text).not.toContain('/callback/');
});
