import {
  UpstreamForbidden,
  UpstreamInvalidResponse,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamTimeout,
  UpstreamUnauthorized,
  UpstreamUnavailable,
} from '../../../src/errors/upstream-error';
import type { RestCall } from '../../../src/datasources/rest-call';
import { createRestClient } from '../../../src/datasources/rest-client';
import type { RestClient, RestLimits } from '../../../src/datasources/rest-client';
import { ada, startFakeUpstream } from '../../support/fake-upstream';
import type { FakeUpstream, Reply, SeenCall } from '../../support/fake-upstream';

let upstream: FakeUpstream;
let client: RestClient;

async function start(
  answer: (call: SeenCall) => Reply | undefined,
  limits: Partial<RestLimits> = {},
): Promise<void> {
  upstream = await startFakeUpstream(answer);
  client = createRestClient({
    baseUrl: `${upstream.url}/`,
    limits: { backoffBaseMs: 1, ...limits },
    random: () => 0.5,
  });
}

/** Answers in turn; the last one again and again. */
function inTurn(...replies: readonly Reply[]): (call: SeenCall) => Reply | undefined {
  let next = 0;
  return () => replies[Math.min(next++, replies.length - 1)];
}

function request(call: Partial<RestCall> = {}): ReturnType<RestClient['request']> {
  return client.request({
    method: 'GET',
    path: '/data/core/ups/segment/jobs/1',
    caller: ada,
    requestId: 'request-1',
    signal: new AbortController().signal,
    ...call,
  });
}

async function failure(call: Partial<RestCall> = {}): Promise<Error> {
  return request(call).then(
    () => {
      throw new Error('The call succeeded');
    },
    (error: unknown) => error as Error,
  );
}

afterEach(async () => {
  await client.close();
  await upstream.close();
});

const fine: Reply = { json: { id: '1' } };

describe('headers', () => {
  it('sends the four of the caller, the request id and what the body needs, and nothing else', async () => {
    await start(() => fine);
    await request({ method: 'POST', body: { a: 1 } });
    const { host, connection, 'content-length': length, ...headers } = upstream.calls[0]?.headers ?? {};
    expect([host, connection, length]).not.toContain(undefined);
    expect(headers).toEqual({
      authorization: 'Bearer adas-token',
      'x-api-key': 'adas-key',
      'x-gw-ims-org-id': 'ADA@AdobeOrg',
      'x-sandbox-name': 'prod',
      'x-request-id': 'request-1',
      accept: 'application/json',
      'content-type': 'application/json',
    });
  });

  it('leaves out query values that are undefined', async () => {
    await start(() => fine);
    await request({ query: { limit: 2, status: undefined, property: 'segments~segmentId==a b' } });
    expect([...(upstream.calls[0]?.query ?? [])]).toEqual([
      ['limit', '2'],
      ['property', 'segments~segmentId==a b'],
    ]);
  });
});

describe('answers', () => {
  it('takes 207 for a success', async () => {
    await start(() => ({ status: 207, json: { results: {} } }));
    await expect(request()).resolves.toEqual({ status: 207, body: { results: {} } });
  });

  it('keeps ids beyond 2^53 as texts', async () => {
    await start(() => ({ raw: (response) => response.end('{"id":12345678901234567890,"n":7}') }));
    await expect(request()).resolves.toMatchObject({ body: { id: '12345678901234567890', n: 7 } });
  });

  it('accepts a 204 and a text that is no JSON after DELETE', async () => {
    await start(
      inTurn(
        { raw: (response) => response.writeHead(204).end() },
        { raw: (response) => response.end('done') },
      ),
    );
    await expect(request({ method: 'DELETE' })).resolves.toEqual({ status: 204, body: null });
    await expect(request({ method: 'DELETE' })).resolves.toEqual({ status: 200, body: null });
  });

  it('refuses an HTML page under 200, and shows nothing of it', async () => {
    await start(() => ({ raw: (response) => response.end('<html>secret</html>') }));
    const error = await failure();
    expect(error).toBeInstanceOf(UpstreamInvalidResponse);
    expect(error.message).not.toContain('secret');
  });

  it('refuses an empty 200 after one more look', async () => {
    await start(() => ({ raw: (response) => response.end() }));
    expect(await failure()).toBeInstanceOf(UpstreamInvalidResponse);
    expect(upstream.calls).toHaveLength(2);
  });

  it('never follows a redirect', async () => {
    await start(() => ({
      raw: (response) => response.writeHead(302, { location: '/data/core/ups/else' }).end(),
    }));
    expect(await failure()).toBeInstanceOf(UpstreamInvalidResponse);
    expect(upstream.calls).toHaveLength(1);
  });

  it.each([
    ['declared', true],
    ['undeclared', false],
  ])('cuts a body of %s length at the limit', async (_name, isDeclared) => {
    const large = JSON.stringify({ text: 'x'.repeat(5_000) });
    const headers = isDeclared ? { 'content-length': String(large.length) } : {};
    await start(() => ({ raw: (response) => response.writeHead(200, headers).end(large) }), {
      maxBodyBytes: 1_000,
    });
    expect(await failure()).toBeInstanceOf(UpstreamInvalidResponse);
    expect(upstream.calls).toHaveLength(1);
  });
});

describe('retries', () => {
  it.each([500, 502, 503, 504])('repeats a GET after %i until it succeeds', async (status) => {
    await start(inTurn({ status, json: {} }, { status, json: {} }, fine));
    await expect(request()).resolves.toMatchObject({ status: 200 });
    expect(upstream.calls).toHaveLength(3);
  });

  it('gives up after three attempts', async () => {
    await start(() => ({ status: 503, json: {} }));
    expect(await failure()).toBeInstanceOf(UpstreamUnavailable);
    expect(upstream.calls).toHaveLength(3);
  });

  it('repeats nothing where who counts the calls has none left', async () => {
    await start(() => ({ status: 503, json: {} }));
    let left = 1;
    const tally = { upstreamCalls: 0, mayRepeat: () => (left -= 1) >= 0 };
    expect(await failure({ tally })).toBeInstanceOf(UpstreamUnavailable);
    expect([upstream.calls.length, tally.upstreamCalls]).toEqual([2, 2]);
  });

  it.each(['POST', 'PATCH', 'PUT', 'DELETE'] as const)('sends a %s once', async (method) => {
    await start(() => ({ status: 503, json: {} }));
    expect(await failure({ method })).toBeInstanceOf(UpstreamUnavailable);
    expect(upstream.calls).toHaveLength(1);
  });

  it.each([400, 401, 403, 404, 422])('does not repeat after %i', async (status) => {
    await start(() => ({ status, json: {} }));
    await failure();
    expect(upstream.calls).toHaveLength(1);
  });

  it('repeats a GET whose connection is reset', async () => {
    await start(inTurn({ raw: (response) => response.destroy() }, fine));
    await expect(request()).resolves.toMatchObject({ status: 200 });
  });

  it('says of a reset write that its outcome is unknown', async () => {
    await start(() => ({ raw: (response) => response.destroy() }));
    expect(await failure({ method: 'POST' })).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      outcomeUnknown: true,
    });
    expect(upstream.calls).toHaveLength(1);
  });

  it('says of a refused connection that nothing was done', async () => {
    await start(() => fine);
    await upstream.close();
    expect(await failure({ method: 'POST' })).toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      outcomeUnknown: false,
    });
  });

  it('waits as long as Retry-After asks', async () => {
    const waits: number[] = [];
    await start((call) => {
      waits.push(performance.now());
      return upstream.calls.length === 1 && call.method === 'GET'
        ? { status: 429, json: {}, headers: { 'retry-after': '0.2' } }
        : fine;
    });
    await request();
    const [first = 0, second = 0] = waits;
    expect(second - first).toBeGreaterThanOrEqual(195);
  });

  it('fails at once where Retry-After is longer than it may wait, and tells it', async () => {
    await start(() => ({ status: 429, json: {}, headers: { 'retry-after': '6' } }));
    expect(await failure()).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 6_000 });
    expect(upstream.calls).toHaveLength(1);
  });

  it.each([
    ['-5', null],
    ['soon', null],
    ['999999', 86_400_000],
  ])('does not sleep for a Retry-After of %s', async (value, retryAfterMs) => {
    await start(() => ({ status: 429, json: {}, headers: { 'retry-after': value } }));
    const error = await failure();
    expect(error).toBeInstanceOf(UpstreamRateLimited);
    expect(error).toMatchObject({ retryAfterMs });
    expect(upstream.calls).toHaveLength(1);
  });
});

describe('time', () => {
  it('ends a call that hangs by the deadline, with a second attempt inside it', async () => {
    await start(() => ({ raw: () => undefined }), { attemptTimeoutMs: 150, deadlineMs: 250 });
    expect(await failure()).toBeInstanceOf(UpstreamTimeout);
    expect(upstream.calls).toHaveLength(2);
  });

  it('counts the whole body: a slow drip does not outlive the deadline', async () => {
    await start(() => ({ raw: (response) => response.writeHead(200).write('{') }), {
      attemptTimeoutMs: 100,
      deadlineMs: 150,
    });
    expect(await failure()).toBeInstanceOf(UpstreamTimeout);
  });

  it('stops when the operation ends', async () => {
    const operation = new AbortController();
    await start(() => {
      setImmediate(() => operation.abort());
      return { raw: () => undefined };
    });
    expect(await failure({ signal: operation.signal })).toBeInstanceOf(UpstreamTimeout);
    expect(upstream.calls).toHaveLength(1);
  });

  it('is usable again after a time-out', async () => {
    await start(inTurn({ raw: () => undefined }, fine), { attemptTimeoutMs: 60, deadlineMs: 60 });
    await failure();
    await expect(request()).resolves.toMatchObject({ status: 200 });
  });
});

describe('circuit', () => {
  const fail = async (count: number, orgId: string): Promise<void> => {
    for (let done = 0; done < count; done += 1) await failure({ method: 'POST', caller: { ...ada, orgId } });
  };

  it('opens at twenty failures of a tenant, and then does not ask', async () => {
    await start(() => ({ status: 503, json: {} }));
    await fail(20, 'ADA@AdobeOrg');
    const before = upstream.calls.length;
    const error = await failure();
    expect(error).toBeInstanceOf(UpstreamUnavailable);
    expect(upstream.calls).toHaveLength(before);
    expect(client.health('ADA@AdobeOrg')[0]).toMatchObject({ service: 'segmentation', circuit: 'OPEN' });
  });

  it('leaves other tenants and other services alone', async () => {
    await start((call) =>
      call.headers['x-gw-ims-org-id'] === 'BOB@AdobeOrg' ? fine : { status: 503, json: {} },
    );
    await fail(20, 'ADA@AdobeOrg');
    await expect(request({ caller: { ...ada, orgId: 'BOB@AdobeOrg' } })).resolves.toMatchObject({
      status: 200,
    });
    expect(client.health('ADA@AdobeOrg')[1]).toMatchObject({ service: 'catalog', circuit: 'CLOSED' });
  });

  it('is not opened by what the caller got wrong', async () => {
    await start(() => ({ status: 403, json: {} }));
    await fail(40, 'ADA@AdobeOrg');
    expect(await failure()).toBeInstanceOf(UpstreamForbidden);
  });
});

it('lets one tenant hold only its share of connections', async () => {
  let inFlight = 0;
  let most = 0;
  await start(
    () => ({
      raw: (response) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        setImmediate(() => {
          inFlight -= 1;
          response.end('{}');
        });
      },
    }),
    { callsPerTenant: 4 },
  );
  await Promise.all(Array.from({ length: 20 }, () => request()));
  expect(most).toBeLessThanOrEqual(4);
});

/** Bodies of the seven families. Source: REST contract §3 (Adobe's troubleshooting guides and OpenAPI files). */
describe('error bodies', () => {
  const bodies: readonly [
    string,
    number,
    unknown,
    new (...parts: never[]) => Error,
    Record<string, unknown>,
  ][] = [
    [
      'A, the API gateway',
      401,
      { error_code: '401013', message: 'Oauth token is not valid' },
      UpstreamUnauthorized,
      { errorCode: '401013', message: expect.stringContaining('Oauth token is not valid') },
    ],
    [
      'B, a stale E-Tag',
      412,
      { errorMessage: 'Supplied version=[1] does not match the current version on entity=[x]' },
      Error,
      { code: 'CONFLICT', heard: expect.stringContaining('does not match the current version') },
    ],
    [
      'C, a problem',
      404,
      { type: '/placeholder/type/uri', status: 404, title: 'NotFoundError', detail: 'DataSet not found.' },
      UpstreamNotFound,
      { title: 'NotFoundError', errorCode: null, message: expect.stringContaining('DataSet not found.') },
    ],
    [
      'D, with places of a PQL error',
      400,
      {
        requestId: 'r-9',
        errors: {
          '400': [
            {
              code: 'unknown-attribute',
              message: 'Unknown attribute',
              from: 3,
              to: 8,
              line: 1,
              column: 4,
              suggestion: 'workAddress',
            },
          ],
        },
        type: 'https://ns.adobe.com/aep/errors/UPAPI-113434-400',
        title: 'Bad request',
        status: 400,
      },
      UpstreamRejected,
      {
        requestId: 'r-9',
        errorCode: 'UPAPI-113434-400',
        problems: [
          {
            code: 'unknown-attribute',
            message: 'Unknown attribute',
            from: 3,
            to: 8,
            line: 1,
            column: 4,
            suggestion: 'workAddress',
          },
        ],
      },
    ],
    [
      'D, with its type inside `errors`',
      403,
      {
        errors: {
          '403': [{ code: 403, message: 'No.' }],
          type: 'https://ns.adobe.com/aep/errors/UPAPI-113631-403',
          title: 'Has dependents',
          status: 400,
        },
      },
      UpstreamForbidden,
      { errorCode: 'UPAPI-113631-403', title: 'Has dependents' },
    ],
    [
      'E, a list with its wait in the body',
      429,
      [{ message: 'Too many', cause: 'rate', retryAfterMs: '7000', statusCode: '429' }],
      UpstreamRateLimited,
      { retryAfterMs: 7_000, message: expect.stringContaining('Too many') },
    ],
    [
      'E, its code in the sentence',
      422,
      { message: 'UPS-MRG-1000001: identities cannot be retrieved', statusCode: '422' },
      UpstreamRejected,
      { errorCode: 'UPS-MRG-1000001' },
    ],
    [
      'F, job errors',
      400,
      { errors: [{ code: '0090000009', msg: 'Writing failed' }] },
      UpstreamRejected,
      { problems: [{ code: '0090000009', message: 'Writing failed' }] },
    ],
    [
      'G, batch errors',
      400,
      { errors: [{ code: '106', description: 'Bad row', rows: ['3-5'] }] },
      UpstreamRejected,
      { problems: [{ code: '106', message: 'Bad row' }] },
    ],
    ['nothing known', 400, ['?', 7, null], UpstreamRejected, { problems: [], errorCode: null }],
  ];

  it.each(bodies)('reads family %s', async (_name, status, json, type, expected) => {
    await start(() => ({ status, json }), { maxAttempts: 1 });
    const error = await failure({ method: 'POST' });
    expect(error).toBeInstanceOf(type);
    expect(error).toMatchObject({ status, service: 'segmentation', ...expected });
  });

  it('never repeats addresses, tokens or e-mails of the upstream', async () => {
    const message =
      "Cannot write to 'adl://va7.azuredatalakestore.net/snapshot/722' for ada@example.com with Bearer abc.def at http://10.0.0.1/x\nat com.adobe.X";
    await start(() => ({ status: 400, json: { message } }));
    const error = await failure();
    expect(error.message).toBe('The segmentation service rejected the request (400)');
    expect(String(error.cause)).toContain('Cannot write to […] for […] with […]');
    expect(`${error.message} ${String(error.cause)}`).not.toMatch(
      /azuredatalake|example\.com|abc\.def|10\.0\.0\.1|\n/,
    );
  });

  it('takes the request id of the header where the body has none', async () => {
    await start(() => ({ status: 404, json: {}, headers: { 'x-request-id': 'up-7' } }));
    expect(await failure()).toMatchObject({ requestId: 'up-7' });
  });
});

it('fails where the answer is no HTTP', async () => {
  await start(() => ({ raw: (response) => void response.socket?.end('not http at all\r\n\r\n') }));
  expect(await failure({ method: 'POST' })).toMatchObject({ service: 'segmentation', status: null });
});
