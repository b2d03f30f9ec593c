import type { Lacks } from './needs';
import { testNeeding } from './needs';
import type { GetTarget } from './target';
import { ask, paths } from './target';

const without = (...names: string[]): { headers: Record<string, null> } => ({
  headers: Object.fromEntries(names.map((name) => [name, null])),
});

/** Contract §2.2 and family A of §3. */
export function headersContract(target: GetTarget, lacks: Lacks): void {
  const list = `GET ${paths.definitions}`;
  const all = ['authorization', 'x-api-key', 'x-gw-ims-org-id', 'x-sandbox-name'];

  test.each([
    ['the token first', all, 403, '403010', 'Oauth token is missing.'],
    ['then the key', all.slice(1), 403, '403000', 'Api Key is required'],
    ['then the org', all.slice(2), 400, '400003', 'Missing header'],
  ])('missing headers are told in order: %s', async (_what, missing, status, code, message) => {
    const answer = await ask(target(), list, without(...missing));
    expect([answer.status, answer.body]).toEqual([status, { error_code: code, message }]);
  });

  test('a missing sandbox means prod', async () => {
    expect((await ask(target(), list, without('x-sandbox-name'))).status).toBe(200);
  });

  test.each([
    ['authorization', 'Basic abc', '401013'],
    ['x-gw-ims-org-id', 'acme', '403027'],
    ['x-gw-ims-org-id', "a'--@AdobeOrg", '403027'],
    ['x-sandbox-name', '../prod', '400000'],
  ])('a malformed %s (%s) is refused', async (name, value, code) => {
    const answer = await ask(target(), list, { headers: { [name]: value } });
    expect([answer.status, answer.body]).toMatchObject([Number(code.slice(0, 3)), { error_code: code }]);
  });

  test('x-request-id is echoed, in the header and in an error body', async () => {
    const answer = await ask(target(), `GET ${paths.definitions}/unknown`, {
      headers: { 'x-request-id': 'my-request-7' },
    });
    expect([answer.headers.get('x-request-id'), answer.body]).toMatchObject([
      'my-request-7',
      { requestId: 'my-request-7' },
    ]);
  });

  testNeeding('health', lacks)('health and readiness need no headers', async () => {
    expect((await ask(target(), 'GET /healthz', without(...all))).status).toBe(200);
    expect((await ask(target(), 'GET /readyz', without(...all))).status).toBe(200);
  });
}
