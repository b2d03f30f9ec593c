import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { firstOperations } from '../../../src/server/first-operations';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

let started: StartedGateway;

beforeAll(async () => {
  started = await startGateway(() => undefined);
});
afterAll(() => started.close());

const get = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${started.gateway.url}${path}`, { redirect: 'manual', ...init });

describe('the routes of the gateway', () => {
  it('says where subscriptions go when one is sent as POST', async () => {
    const response = await started.post({
      query: 'subscription { segmentJobChanged(id: "1") { type } }',
    });
    expect(response.status).toBe(400);
    const { errors } = (await response.json()) as {
      errors: { message: string; extensions: { code: string } }[];
    };
    expect(Object.keys(errors[0]?.extensions ?? {}).sort()).toEqual(['code', 'requestId']);
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors[0]?.message).toMatch(/WebSocket/);
  });

  it('answers an operation', async () => {
    const response = await started.post({ query: '{ session { orgId sandbox upstream credential } }' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      data: {
        session: {
          orgId: 'EMBEDDED@AdobeOrg',
          sandbox: 'prod',
          upstream: 'EMBEDDED',
          credential: 'EMBEDDED',
        },
      },
    });
  });

  it('repeats a harmless request id and replaces any other', async () => {
    const query = { query: '{ __typename }' };
    const kept = await started.post(query, { 'x-request-id': 'my-id.1' });
    const replaced = await started.post(query, { 'x-request-id': 'a b"c' });
    expect(kept.headers.get('x-request-id')).toBe('my-id.1');
    expect(replaced.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('shows Sandbox to browsers, with the first step of the road in it', async () => {
    for (const path of ['/', '/graphql']) {
      const response = await get(path, { headers: { accept: 'text/html,application/xhtml+xml' } });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toMatch(/text\/html/);
      expect(await response.text()).toContain('CreateSegment');
    }
  });

  it('serves a GraphiQL that loads nothing from elsewhere and has a tab for every step', async () => {
    const response = await get('/graphiql');
    const page = await response.text();
    expect(page.match(/<(script|link)[^>]+(src|href)="https?:/g)).toBeNull();
    for (const { title } of firstOperations)
      expect(page).toContain(JSON.stringify(`# ${title}`).slice(1, -1));
  });

  it('is alive, and ready only when it can serve', async () => {
    expect((await get('/healthz')).status).toBe(200);
    expect((await get('/readyz')).status).toBe(200);
    const loading = await startGateway(() => undefined, {
      isReady: () => ({ ready: false, reason: 'the demonstration data are being loaded' }),
    });
    const response = await fetch(`${loading.gateway.url}/readyz`);
    await loading.close();
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      status: 'not ready',
      reason: 'the demonstration data are being loaded',
      checks: { gateway: 'the demonstration data are being loaded', upstream: 'ok' },
    });
  });

  it.each(['/nothing', '/graphql/', '/files/a', '/constructor', '/%2e%2e/etc/passwd'])(
    'has nothing at %s',
    async (path) => {
      expect((await get(path)).status).toBe(404);
    },
  );

  it('names the methods that an address takes', async () => {
    const response = await get('/healthz', { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET');
  });
});

describe('in production', () => {
  let production: StartedGateway;
  beforeAll(async () => {
    production = await startGateway(() => undefined, { development: false });
  });
  afterAll(() => production.close());

  it('has no pages', async () => {
    for (const path of ['/', '/graphiql']) {
      expect(
        (await fetch(`${production.gateway.url}${path}`, { headers: { accept: 'text/html' } })).status,
      ).toBe(404);
    }
  });

  it('does not show its schema, not even by suggestions', async () => {
    const introspection = await (await production.post({ query: '{ __schema { types { name } } }' })).text();
    expect(introspection).not.toContain('Segment');
    const misspelt = await (await production.post({ query: '{ segment(id: "1") { nam } }' })).text();
    expect(misspelt).not.toMatch(/did you mean/i);
  });

  it('lets no foreign page ask', async () => {
    const response = await fetch(`${production.gateway.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'https://studio.apollographql.com', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(403);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('what is refused before GraphQL', () => {
  it('executes no GET', async () => {
    const response = await get(`/graphql?query=${encodeURIComponent('{ __typename }')}`, {
      headers: { accept: 'text/html' },
    });
    expect(response.status).toBe(405);
    expect(await response.text()).not.toContain('data');
  });

  it.each([
    ['text/plain', 415],
    ['application/x-www-form-urlencoded', 415],
    ['application/json; charset=utf-16', 415],
  ])('refuses a body of %s', async (contentType, status) => {
    const response = await started.post({ query: '{ __typename }' }, { 'content-type': contentType });
    expect(response.status).toBe(status);
  });

  it.each(['{', 'null', '[]', '[{"query":"{__typename}"}]', '{}', '{"query":1}', '\ufffe'])(
    'answers 400 to the body %j',
    async (body) => {
      expect((await started.post(body)).status).toBe(400);
    },
  );

  it('refuses a body of more than 1 MiB, told or untold', async () => {
    const body = JSON.stringify({ query: `{ __typename } #${'x'.repeat(1_100_000)}` });
    expect((await started.post(body)).status).toBe(413);
    const chunked = await sendRaw(
      `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n` +
        `${(1_200_000).toString(16)}\r\n${'x'.repeat(1_200_000)}\r\n0\r\n\r\n`,
    );
    expect(chunked).toMatch(/^HTTP\/1.1 413/);
  });

  it('takes a client that leaves within its body for no fault of its own', async () => {
    const { port, hostname } = new URL(started.gateway.url);
    const logged = started.logLines.length;
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        'POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"que',
        () => socket.destroy(),
      );
    });
    const later = (): string[] => started.logLines.slice(logged);
    while (!later().some((line) => line.includes('"err"'))) await nextTurn();
    expect(later().filter((line) => (JSON.parse(line) as { level: number }).level > 30)).toEqual([]);
  });

  it('lets Sandbox ask from its own site, and no other site', async () => {
    const preflight = (origin: string): Promise<Response> =>
      get('/graphql', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    const sandbox = await preflight('https://studio.apollographql.com');
    expect(sandbox.headers.get('access-control-allow-origin')).toBe('https://studio.apollographql.com');
    const foreign = await preflight('https://evil.example');
    expect(foreign.status).toBe(403);
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('lets the pages ask that the operator names, and shows them the request id', async () => {
    const origin = 'https://app.example.com';
    const open = await startGateway(() => undefined, { allowedOrigins: [origin], development: false });
    const answer = await open.post({ query: '{ session { sandbox } }' }, { origin });
    const refused = await fetch(`${open.gateway.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.com.evil.example' },
    });
    await open.close();
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-expose-headers')).toContain('x-request-id');
    expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([403, null]);
  });
});

/** Sends bytes as they are and gives back what comes, until the server closes. */
async function sendRaw(text: string): Promise<string> {
  const { port, hostname } = new URL(started.gateway.url);
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (chunk) => {
      answer += String(chunk);
      socket.end();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', () => resolve(answer));
  });
}
