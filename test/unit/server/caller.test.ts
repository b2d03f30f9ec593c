import { request as httpRequest } from 'node:http';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

const complete = {
  authorization: 'Bearer token-of-ada',
  'x-api-key': 'key-of-ada',
  'x-gw-ims-org-id': 'ADA@AdobeOrg',
  'x-sandbox-name': 'prod',
} as const;
const query = { query: '{ session { orgId sandbox credential tokenExpiresAt } }' };

let adobe: StartedGateway;
beforeAll(async () => {
  adobe = await startGateway(() => undefined, {
    defaultCaller: null,
    upstream: { url: 'http://127.0.0.1:9', mode: 'ADOBE' },
  });
});
afterAll(() => adobe.close());

async function answerOf(
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; body: unknown }> {
  const response = await adobe.post(query, headers);
  return { status: response.status, body: await response.json() };
}

describe('the caller of a request', () => {
  it('is read from four headers', async () => {
    expect(await answerOf(complete)).toEqual({
      status: 200,
      body: {
        data: {
          session: {
            orgId: 'ADA@AdobeOrg',
            sandbox: 'prod',
            credential: 'PASS_THROUGH',
            tokenExpiresAt: null,
          },
        },
      },
    });
  });

  it.each([
    ['authorization', 401, 'UNAUTHENTICATED'],
    ['x-api-key', 401, 'UNAUTHENTICATED'],
    ['x-gw-ims-org-id', 400, 'BAD_USER_INPUT'],
    ['x-sandbox-name', 400, 'BAD_USER_INPUT'],
  ])('is refused without %s, by the name of the header', async (name, status, code) => {
    const headers = Object.fromEntries(Object.entries(complete).filter(([each]) => each !== name));
    const answer = await answerOf(headers);
    expect(answer).toMatchObject({ status, body: { errors: [{ extensions: { code } }] } });
    expect(JSON.stringify(answer.body)).toContain(name);
  });

  it.each([
    ['authorization', 'Basic YTpi'],
    ['authorization', 'Bearer a b'],
    ['x-api-key', 'a/b'],
    ['x-gw-ims-org-id', 'ADA@AdobeOrg, EVE@AdobeOrg'],
    ['x-gw-ims-org-id', 'ADA@example.org'],
    ['x-sandbox-name', '../prod'],
    ['x-sandbox-name', 'Prod'],
  ])('is refused with %s: %s, without repeating it', async (name, value) => {
    const answer = await answerOf({ ...complete, [name]: value });
    expect([400, 401]).toContain(answer.status);
    expect(JSON.stringify(answer.body)).not.toContain(value);
  });

  it.each(Object.keys(complete))('is refused where %s comes twice', async (name) => {
    const status = await statusOfRaw({
      ...complete,
      [name]: [complete[name as keyof typeof complete], 'second'],
    });
    expect(status).toBe(400);
  });

  it('takes the end of its token from the token', async () => {
    const claims = Buffer.from(JSON.stringify({ exp: 1_800_000_000 })).toString('base64url');
    const { body } = await answerOf({ ...complete, authorization: `Bearer head.${claims}.signature` });
    expect(body).toMatchObject({ data: { session: { tokenExpiresAt: '2027-01-15T08:00:00.000Z' } } });
  });

  it('never reaches the log', async () => {
    await answerOf(complete);
    await answerOf({ ...complete, 'x-sandbox-name': 'Prod' });
    expect(adobe.logLines.join('')).not.toMatch(/token-of-ada|key-of-ada/);
  });
});

/** fetch joins repeated headers; this sends them apart. */
function statusOfRaw(
  headers: Readonly<Record<string, string | readonly string[]>>,
): Promise<number | undefined> {
  const { hostname, port } = new URL(adobe.gateway.url);
  return new Promise((resolve, reject) => {
    const entries = Object.entries({ ...headers, 'content-type': 'application/json' });
    const flat = entries.flatMap(([name, value]) => [value].flat().flatMap((one) => [name, String(one)]));
    const sent = httpRequest({
      hostname,
      port,
      path: '/graphql',
      method: 'POST',
      headers: ['host', hostname, ...flat],
    });
    sent.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end(JSON.stringify(query));
  });
}
