import { setMaxListeners } from 'node:events';
import { createServiceCredential } from '../../../src/credentials/service-credential';
import type { ServiceCredential } from '../../../src/credentials/service-credential';
import { createCaller } from '../../../src/datasources/caller';
import { createDataSources } from '../../../src/datasources/create-data-sources';
import type { DataSources } from '../../../src/datasources';
import { createRestClient } from '../../../src/datasources/rest-client';
import type { RestClient } from '../../../src/datasources/rest-client';
import { Secret } from '../../../src/lib/secret';
import { createLog } from '../../../src/telemetry/log';
import { noTelemetry } from '../../../src/telemetry/telemetry';
import { startFakeUpstream } from '../../support/fake-upstream';
import type { FakeUpstream, Reply, SeenCall } from '../../support/fake-upstream';
import { json, startTokenService, token } from '../../support/token-service';
import type { TokenService } from '../../support/token-service';

const caller = createCaller({
  authorization: undefined,
  apiKey: undefined,
  orgId: 'ORG1@AdobeOrg',
  sandbox: 'prod',
  principal: 'key ada',
});
const scope = { caller, requestId: 'request-1', signal: new AbortController().signal };
const day = 86_399;
const secret = 'the-secret-of-the-client';

let ims: TokenService;
let upstream: FakeUpstream;
let answerOf: (call: SeenCall) => Reply | undefined;
let credential: ServiceCredential;
let client: RestClient;
let time: { monotonicMs: number; wallMs: number };
let logged: string[];

beforeAll(() => setMaxListeners(0, scope.signal));
beforeEach(async () => {
  ims = await startTokenService(token('token-1', day), token('token-2', day), token('token-3', day));
  answerOf = () => ({ json: { segments: [], page: { totalCount: 0 } } });
  upstream = await startFakeUpstream((call) => answerOf(call));
  time = { monotonicMs: 1_000, wallMs: Date.parse('2026-01-01T00:00:00Z') };
  logged = [];
  credential = createServiceCredential({
    client: {
      tokenUrl: ims.url,
      clientId: 'client-1',
      clientSecret: new Secret(secret),
      scopes: 'openid,session',
    },
    clock: () => time.monotonicMs,
    now: () => new Date(time.wallMs),
    random: () => 1,
    telemetry: noTelemetry,
    log: createLog({ level: 'trace', write: (line) => void logged.push(line), secrets: [] }),
  });
  client = createRestClient({ baseUrl: upstream.url, credential });
});
afterEach(async () => {
  await Promise.all([client.close(), credential.close()]);
  await Promise.all([ims.close(), upstream.close()]);
});

const authorization = async (): Promise<string | undefined> =>
  (await credential.headersFor(scope, 1_000)).authorization;
const sources = (): DataSources => createDataSources({ client, ...scope });
const sentTokens = (): (string | undefined)[] => upstream.calls.map(({ headers }) => headers.authorization);

describe('the token of a service credential', () => {
  it('is asked for by a form, once for all who wait', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, authorization));
    expect(new Set(all)).toEqual(new Set(['Bearer token-1']));
    expect(ims.asked.map((form) => Object.fromEntries(form))).toEqual([
      {
        grant_type: 'client_credentials',
        client_id: 'client-1',
        client_secret: secret,
        scope: 'openid,session',
      },
    ]);
  });

  it('goes upstream with the client id as key, and the org and sandbox of the caller', async () => {
    await sources().segmentDefinitions.page({ first: 1 });
    expect(upstream.calls[0]?.headers).toMatchObject({
      authorization: 'Bearer token-1',
      'x-api-key': 'client-1',
      'x-gw-ims-org-id': 'ORG1@AdobeOrg',
      'x-sandbox-name': 'prod',
    });
  });

  it('is renewed before its end, while the old one serves', async () => {
    await authorization();
    time.monotonicMs += (day - 599) * 1000;
    expect(await authorization()).toBe('Bearer token-1');
    await credential.renew({ authorization: 'Bearer token-1' }, scope, 1_000);
    expect(ims.asked).toHaveLength(2);
    expect(await authorization()).toBe('Bearer token-2');
  });

  it('is not sent after its end', async () => {
    await authorization();
    time.monotonicMs += day * 1000;
    expect(await authorization()).toBe('Bearer token-2');
  });

  it.each([
    ['seconds', 600, { aliveMs: 300_000, lifeMs: 600_000 }],
    [
      'milliseconds, where there are more than a million',
      86_399_992,
      { aliveMs: 85_000_000, lifeMs: 86_399_992 },
    ],
  ])('may tell its life in %s (quirk D8)', async (_unit, expiresIn, { aliveMs, lifeMs }) => {
    ims.answerWith(token('first', expiresIn), token('second', day));
    await authorization();
    time.monotonicMs += aliveMs;
    expect(await authorization()).toBe('Bearer first');
    expect(ims.asked).toHaveLength(1);
    time.monotonicMs += lifeMs - aliveMs;
    expect(await authorization()).toBe('Bearer second');
  });

  it('does not mind a wall clock that jumps', async () => {
    await authorization();
    for (const jumpMs of [86_400_000, -172_800_000]) {
      time.wallMs += jumpMs;
      expect(await authorization()).toBe('Bearer token-1');
    }
    expect(ims.asked).toHaveLength(1);
  });

  it('tells its end by the wall clock, for people', async () => {
    expect(credential.tokenEndsAt()).toBeNull();
    await authorization();
    expect(credential.tokenEndsAt()?.toISOString()).toBe('2026-01-01T23:59:54.000Z');
  });

  it('is not lent to a caller that nobody has asked who he is', async () => {
    const stranger = createCaller({ ...caller, principal: undefined });
    await expect(credential.headersFor({ ...scope, caller: stranger }, 1_000)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(ims.asked).toHaveLength(0);
  });
});

describe('a 401 from the upstream', () => {
  it('renews the token once for all calls that it hit, and repeats each once', async () => {
    answerOf = ({ headers }) =>
      headers.authorization === 'Bearer token-1'
        ? { status: 401, json: { error_code: '401013', message: 'Oauth token is not valid' } }
        : { json: { segments: [], page: { totalCount: 0 } } };
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => sources().segmentDefinitions.page({ first: index + 1 })),
    );
    expect(ims.asked).toHaveLength(2);
    expect(sentTokens().filter((sent) => sent === 'Bearer token-2')).toHaveLength(10);
    expect(upstream.calls).toHaveLength(20);
  });

  it('renews a token that has worked before, however young it is', async () => {
    let valid = 1;
    answerOf = ({ headers }) =>
      Number(headers.authorization?.split('-')[1]) >= valid
        ? { json: { segments: [], page: { totalCount: 0 } } }
        : { status: 401, json: {} };
    ims.answerWith(...[1, 2, 3, 4].map((number) => token(`token-${number}`, day)));
    for (valid of [1, 2, 3, 4]) await sources().segmentDefinitions.page({ first: valid });
    expect(ims.asked).toHaveLength(4);
  });

  it('asks for no token after token where one service alone refuses each of them', async () => {
    answerOf = ({ path }) =>
      path.includes('jobs') ? { status: 401, json: {} } : { json: { segments: [], page: { totalCount: 0 } } };
    const writes = { ...scope, method: 'POST', path: '/data/core/ups/segment/jobs', body: [] } as const;
    for (const first of [1, 2, 3, 4]) {
      await sources().segmentDefinitions.page({ first });
      await expect(client.request(writes)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    }
    expect(ims.asked).toHaveLength(2);
  });

  it('repeats a write, too: nothing was done', async () => {
    answerOf = ({ headers }) =>
      headers.authorization === 'Bearer token-1' ? { status: 401, json: {} } : { json: { id: 'job-1' } };
    await client.request({ ...scope, method: 'POST', path: '/data/core/ups/segment/jobs', body: [] });
    expect(upstream.lines()).toEqual(['POST /segment/jobs', 'POST /segment/jobs']);
  });

  it('repeats the opening of a file', async () => {
    answerOf = ({ headers }) =>
      headers.authorization === 'Bearer token-1' ? { status: 401, json: {} } : { json: 'the file' };
    const path = '/data/foundation/export/files/f1';
    const file = await client.stream({ ...scope, method: 'HEAD', path });
    expect(file.status).toBe(200);
    expect(sentTokens()).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('is no less the gateway’s trouble where a file was to be opened', async () => {
    answerOf = () => ({ status: 401, json: {} });
    const path = '/data/foundation/export/files/f1';
    await expect(client.stream({ ...scope, method: 'HEAD', path })).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  it('to a fresh token is the gateway’s trouble: nobody is asked on and on, and the operator hears of it', async () => {
    answerOf = () => ({ status: 401, json: {} });
    for (let call = 0; call < 5; call += 1) {
      await expect(sources().segmentDefinitions.page({ first: 1 })).rejects.toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        service: 'segmentation',
        status: 401,
        message: expect.stringContaining("refused the gateway's own credential") as string,
      });
    }
    expect(logged.filter((line) => line.includes("refuses the gateway's own token"))).toHaveLength(1);
    expect(ims.asked).toHaveLength(2);
    expect(upstream.calls).toHaveLength(6);
  });
});

describe('a token service that gives no token', () => {
  it('refuses: the client hears that it is not his fault, the operator which variables to look at', async () => {
    ims.answerWith(json(401, { error: 'invalid_client', error_description: `no such secret: ${secret}` }));
    await expect(authorization()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      service: 'ims',
      status: 401,
      errorCode: 'invalid_client',
      message: expect.stringContaining('Whoever runs the gateway') as string,
    });
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('AEP_CLIENT_SECRET');
    expect(logged.join('')).not.toContain(secret);
    expect(credential.problem()).toContain('invalid_client');
  });

  it('is left alone for a while that doubles, and asked again after it', async () => {
    ims.answerWith(json(400, { error: 'invalid_scope' }));
    const ask = (): Promise<unknown> => authorization().catch((error: unknown) => error);
    for (let call = 0; call < 10; call += 1) await ask();
    expect(ims.asked).toHaveLength(1);
    time.monotonicMs += 5_000;
    await ask();
    time.monotonicMs += 5_000;
    await ask();
    expect(ims.asked).toHaveLength(2);
    ims.answerWith(token('token-9', day));
    time.monotonicMs += 5_000;
    expect(await authorization()).toBe('Bearer token-9');
    expect(credential.problem()).toBeNull();
  });

  it.each([
    ['answers 503', json(503, {})],
    ['answers 200 without a token', json(200, { expires_in: 5 })],
    ['answers with a token that is no header', json(200, { access_token: 'a\r\nb', expires_in: 5 })],
    ['breaks off', (response: { destroy: () => void }) => response.destroy()],
    ['redirects', json(302, {}, { location: 'http://127.0.0.1:1/' })],
  ])('%s: UPSTREAM_UNAVAILABLE', async (_how, answer) => {
    ims.answerWith(answer);
    await expect(authorization()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', service: 'ims' });
  });

  it('says how long to leave it alone', async () => {
    ims.answerWith(json(429, {}, { 'retry-after': '60' }));
    await expect(authorization()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    time.monotonicMs += 59_000;
    await expect(authorization()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(ims.asked).toHaveLength(1);
  });

  it('does not take a token from those who have one', async () => {
    await authorization();
    ims.answerWith(json(503, {}));
    time.monotonicMs += (day - 300) * 1000;
    expect(await authorization()).toBe('Bearer token-1');
    await expect(credential.renew({ authorization: 'Bearer token-1' }, scope, 1_000)).resolves.toBe(false);
    expect(await authorization()).toBe('Bearer token-1');
  });

  it('hangs: each who waits goes when his time is up', async () => {
    ims.answerWith(() => undefined);
    await expect(credential.headersFor(scope, 30)).rejects.toMatchObject({ code: 'UPSTREAM_TIMEOUT' });
  });
});
