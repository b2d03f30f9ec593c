import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPair, generateSecret, SignJWT } from 'jose';
import { WebSocket } from 'ws';
import {
  adasKey,
  audience,
  bobsKey,
  createIssuer,
  issuer,
  serviceOrg,
  startServiceGateway,
} from '../../support/service-gateway';
import type { Issuer, ServiceGateway } from '../../support/service-gateway';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const session = { query: '{ session { orgId sandbox credential tokenExpiresAt } }' };
const segments = { query: '{ segments(first: 1) { nodes { id } } }' };

let keys: Issuer;
let started: ServiceGateway;
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const noSegments = { json: { segments: [], page: { totalCount: 0 } } };

beforeAll(async () => {
  keys = await createIssuer();
  const jwt = { keys: { jwks: keys.jwks }, issuer, audience, sandboxClaim: 'sandboxes' };
  started = await startServiceGateway(() => noSegments, { jwt });
});
afterAll(() => started.close());

async function refusalOf(
  headers: Record<string, string>,
): Promise<{ status: number; code: string; message: string }> {
  const response = await started.post(session, headers);
  const { errors } = (await response.json()) as {
    errors: [{ message: string; extensions: { code: string } }];
  };
  return { status: response.status, code: errors[0].extensions.code, message: errors[0].message };
}

describe('a gateway with a credential of its own', () => {
  it('lets in who has a key of its list, as x-api-key or as bearer', async () => {
    for (const headers of [{ 'x-api-key': adasKey }, bearer(adasKey)]) {
      const response = await started.post(session, headers);
      expect(await response.json()).toMatchObject({
        data: { session: { orgId: serviceOrg, sandbox: 'prod', credential: 'SERVICE' } },
      });
    }
  });

  it('lets in who has a JWT of its issuer, and shows when that ends', async () => {
    const exp = Math.floor(Date.now() / 1000) + 600;
    const response = await started.post(session, bearer(await keys.sign({ exp, sandboxes: ['prod'] })));
    expect(await response.json()).toMatchObject({
      data: { session: { tokenExpiresAt: new Date(exp * 1000).toISOString() } },
    });
  });

  it('sends its own token upstream, and nothing of what the caller came with', async () => {
    started.upstream.calls.length = 0;
    const jwt = await keys.sign({ sandboxes: 'prod dev' });
    await started.post(segments, {
      ...bearer(jwt),
      'x-api-key': 'the-callers-own-key',
      'x-sandbox-name': 'dev',
    });
    const [call] = started.upstream.calls;
    expect(call?.headers).toMatchObject({
      authorization: 'Bearer token-of-the-gateway',
      'x-api-key': 'client-1',
      'x-gw-ims-org-id': serviceOrg,
      'x-sandbox-name': 'dev',
    });
    expect(JSON.stringify(call?.headers)).not.toMatch(/the-callers-own-key|traceparent/);
    expect(JSON.stringify(call?.headers)).not.toContain(jwt);
  });

  it('shares no read between two principals', async () => {
    started.upstream.calls.length = 0;
    const asked = [adasKey, bobsKey, adasKey].map((key) =>
      started.post(segments, { 'x-api-key': key, 'x-sandbox-name': 'dev' }),
    );
    await Promise.all(asked);
    expect(started.upstream.calls.length).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['nothing', {}, 'wants to know who you are'],
    ['a key that it does not know', { 'x-api-key': 'no-key-of-ours-0123456789' }, 'not known'],
    ['a bearer that is no JWT and no key', bearer('not-a-key-of-ours-0123456789'), 'not known'],
    ['the org and nothing else', { 'x-gw-ims-org-id': serviceOrg }, 'wants to know who you are'],
  ])('refuses who comes with %s', async (_what, headers, words) => {
    expect(await refusalOf(headers)).toEqual({
      status: 401,
      code: 'UNAUTHENTICATED',
      message: expect.stringContaining(words) as string,
    });
  });

  it.each([
    ['of another issuer', { iss: 'https://other.example.com/' }, 'iss'],
    ['for another audience', { aud: 'other' }, 'aud'],
    ['that has ended', { exp: Math.floor(Date.now() / 1000) - 3600 }, 'has ended'],
    ['without an end', { exp: undefined }, 'exp'],
    ['without a subject', { sub: undefined }, 'sub'],
    ['that is not yet good', { nbf: Math.floor(Date.now() / 1000) + 3600 }, 'nbf lies in the future'],
    ['that comes from the future', { iat: Math.floor(Date.now() / 1000) + 3600 }, 'iat lies in the future'],
  ])('refuses a JWT %s', async (_what, claims, words) => {
    expect(await refusalOf(bearer(await keys.sign({ sandboxes: ['prod'], ...claims })))).toMatchObject({
      status: 401,
      message: expect.stringContaining(words) as string,
    });
  });

  it('takes a JWT of an issuer whose clock is a little ahead', async () => {
    const iat = Math.floor(Date.now() / 1000) + 20;
    const ahead = bearer(await keys.sign({ iat, sandboxes: ['prod'] }));
    expect((await started.post(session, ahead)).status).toBe(200);
  });

  it('refuses a JWT that others signed: by another key, by a shared secret, by nothing', async () => {
    const claims = { iss: issuer, aud: audience, sub: 'ada', sandboxes: ['prod'], exp: 9_999_999_999 };
    const { privateKey } = await generateKeyPair('ES256');
    const foreign = new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(privateKey);
    const shared = new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(await generateSecret('HS256'));
    const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${encode({ alg: 'none' })}.${encode(claims)}.`;
    for (const token of [await foreign, await shared, unsigned])
      expect(await refusalOf(bearer(token))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it.each([
    ['another org', { 'x-api-key': adasKey, 'x-gw-ims-org-id': 'OTHER@AdobeOrg' }, 'another org'],
    [
      'a sandbox that the gateway may not use',
      { 'x-api-key': adasKey, 'x-sandbox-name': 'secret' },
      'This gateway',
    ],
    ['a sandbox that his key may not use', { 'x-api-key': bobsKey, 'x-sandbox-name': 'prod' }, 'You may not'],
  ])('forbids %s', async (_what, headers, words) => {
    expect(await refusalOf(headers)).toEqual({
      status: 403,
      code: 'FORBIDDEN',
      message: expect.stringContaining(words) as string,
    });
  });

  it('forbids a sandbox that the claim of the JWT does not name, and every one where there is no claim', async () => {
    for (const claims of [{ sandboxes: ['dev'] }, {}, { sandboxes: 7 }])
      expect(await refusalOf(bearer(await keys.sign(claims)))).toMatchObject({ status: 403 });
  });

  it('reads the keys of its issuer from an address, once for many; and is patient where they cannot be had', async () => {
    let fetched = 0;
    let isAway = true;
    const server = createServer((_request, response) => {
      fetched += 1;
      if (isAway) response.writeHead(503).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(keys.jwks));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/keys`;
    let now = Date.now();
    const jwt = { keys: { url }, issuer, audience, sandboxClaim: null };
    const remote = await startServiceGateway(() => noSegments, { jwt, now: () => new Date(now) });
    const headers = bearer(await keys.sign({}));
    const statuses = async (): Promise<number[]> =>
      Promise.all([1, 2, 3].map(async () => (await remote.post(session, headers)).status));
    expect((await remote.post(session, headers)).status).toBe(503);
    expect(await statuses()).toEqual([503, 503, 503]);
    expect(fetched).toBe(1);
    isAway = false;
    now += 3_000;
    expect(await statuses()).toEqual([200, 200, 200]);
    expect(fetched).toBe(2);
    await remote.close();
    server.close();
  });

  it('takes no key where an issuer alone is known', async () => {
    const jwt = { keys: { jwks: keys.jwks }, issuer, audience, sandboxClaim: null };
    const only = await startServiceGateway(() => noSegments, { jwt, keys: [] });
    expect((await only.post(session, { 'x-api-key': adasKey })).status).toBe(401);
    expect((await only.post(session, bearer(await keys.sign({})))).status).toBe(200);
    await only.close();
  });

  it('lets in everybody where it is open, but no page that has rebound its name', async () => {
    const open = await startServiceGateway(() => noSegments, { keys: [], isOpen: true });
    expect((await open.post(session)).status).toBe(200);
    const port = new URL(open.gateway.url).port;
    const { request } = await import('node:http');
    const asked = request({
      port,
      method: 'POST',
      path: '/graphql',
      headers: { host: `evil.example:${port}` },
    });
    asked.end('{}');
    const [answer] = (await once(asked, 'response')) as [{ statusCode: number; resume: () => void }];
    answer.resume();
    expect(answer.statusCode).toBe(403);
    await open.close();
  });
});

describe('a socket of such a gateway', () => {
  const open = async (
    params: unknown,
    { gateway }: StartedGateway = started,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ socket: WebSocket; first: Promise<string>; closed: Promise<string> }> => {
    const url = `${gateway.url.replace('http', 'ws')}/graphql`;
    const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
    const closed = once(socket, 'close').then(([code, reason]) => `${String(code)} ${String(reason)}`);
    const first = Promise.race([once(socket, 'message').then(([text]) => String(text)), closed]);
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init', payload: params }));
    return { socket, first, closed };
  };

  it('lets in by its connectionParams', async () => {
    for (const params of [{ 'x-api-key': adasKey }, bearer(await keys.sign({ sandboxes: ['prod'] }))]) {
      const { socket, first } = await open(params);
      expect(await first).toContain('connection_ack');
      socket.close();
    }
  });

  it('lets in by the headers of its upgrade, which its connectionParams come before', async () => {
    const jwt = bearer(await keys.sign({ sandboxes: ['prod'] }));
    for (const headers of [{ 'x-api-key': adasKey }, jwt]) {
      const { socket, first } = await open(undefined, started, headers);
      expect(await first).toContain('connection_ack');
      socket.close();
    }
    const { first } = await open({ 'x-api-key': 'no-key-of-ours-0123456789' }, started, {
      'x-api-key': adasKey,
    });
    expect(await first).toContain('4403 This API key is not known');
  });

  const wrongKey = { 'x-api-key': 'no-key-of-ours-0123456789' };
  const past = Math.floor(Date.now() / 1000) - 3_600;
  const refused: readonly (readonly [string, () => unknown, string])[] = [
    ['who is not known', () => ({}), 'This gateway wants to know who you are'],
    ['a key that it does not know', () => wrongKey, 'This API key is not known'],
    [
      'a JWT of another issuer',
      () => keys.sign({ iss: 'https://other.example.com/' }).then(bearer),
      'claim iss',
    ],
    ['a JWT that has ended', () => keys.sign({ exp: past }).then(bearer), 'The token has ended'],
    ['a sandbox that is not his', () => ({ 'X-Api-Key': bobsKey }), 'You may not use the sandbox prod'],
    [
      'a sandbox that his JWT does not name',
      () => keys.sign({ sandboxes: ['dev'] }).then(bearer),
      'You may not use the sandbox prod',
    ],
    [
      'a sandbox that the gateway may not use',
      () => ({ 'x-api-key': adasKey, 'x-sandbox-name': 'secret' }),
      'This gateway may not use the sandbox secret',
    ],
  ];

  it.each(refused)(
    'refuses %s, in its params as in its headers, and says why',
    async (_what, make, words) => {
      const proof = (await make()) as Record<string, string>;
      for (const { first } of [await open(proof), await open(undefined, started, proof)])
        expect(await first).toMatch(new RegExp(`^4403 .*${words}`));
    },
  );

  it('closes with 4403 when the JWT ends under a subscription that runs', async () => {
    const job = { id: 'j1', status: 'PROCESSING', segments: [], creationTime: 1, updateTime: 2 };
    const watched = await startServiceGateway(() => ({ json: job }), {
      jwt: { keys: { jwks: keys.jwks }, issuer, audience, sandboxClaim: null },
    });
    const exp = Math.floor(Date.now() / 1000) + 3;
    const { socket, first, closed } = await open(bearer(await keys.sign({ exp })), watched);
    const heard: string[] = [];
    socket.on('message', (frame: Buffer) => heard.push(String(frame)));
    expect(await first).toContain('connection_ack');
    const query = 'subscription { segmentJobChanged(id: "j1") { type } }';
    socket.send(JSON.stringify({ type: 'subscribe', id: 'w1', payload: { query } }));
    expect(await closed).toBe('4403 The token has ended; come again with a fresh one');
    expect(heard.join()).toContain('SNAPSHOT');
    await watched.close();
  });

  it('closes with 4403 when the JWT ends', async () => {
    // 30 s behind its end a token is still taken, for clocks that differ; what it lets in ends at once.
    const exp = Math.floor(Date.now() / 1000) - 1;
    const { closed } = await open(bearer(await keys.sign({ exp, sandboxes: ['prod'] })));
    expect(await closed).toBe('4403 The token has ended; come again with a fresh one');
  });

  it('closes at that moment too where the token is passed through', async () => {
    const adobe = await startGateway(() => undefined, { defaultCaller: null });
    const token = await keys.sign({ exp: Math.floor(Date.now() / 1000) });
    const { closed } = await open(
      { ...bearer(token), 'x-api-key': 'k', 'x-gw-ims-org-id': 'ADA@AdobeOrg', 'x-sandbox-name': 'prod' },
      adobe,
    );
    expect(await closed).toBe('4403 The token has ended; come again with a fresh one');
    await adobe.close();
  });
});
