import type { GetTarget } from './target';
import { ask, paths } from './target';

interface TokenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const credentials = {
  grant_type: 'client_credentials',
  client_id: 'contract-client',
  client_secret: 'contract-secret',
  scope: 'openid,session,AdobeID,read_organizations,additional_info.projectedProductContext',
};

/** Contract §2.1 and quirk M21; a token is asked for without any of the four headers. */
export function tokensContract(target: GetTarget): void {
  const post = async (path: string, body?: URLSearchParams): Promise<TokenAnswer> => {
    const answer = await fetch(target().url + path, {
      method: 'POST',
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.status, body: (await answer.json()) as TokenAnswer['body'] };
  };
  const form = (changes: Readonly<Record<string, string | null>> = {}): URLSearchParams =>
    new URLSearchParams(
      Object.entries({ ...credentials, ...changes }).filter(
        (entry): entry is [string, string] => entry[1] !== null,
      ),
    );

  test.each([
    ['as a form on v3', '/ims/token/v3', true],
    ['as a form on v2', '/ims/token/v2', true],
    ['in the query string on v2, without a body', '/ims/token/v2', false],
    ['in the query string on v3, with a slash at the end', '/ims/token/v3/', false],
  ])('client credentials %s are a bearer token of a day', async (_how, path, isForm) => {
    const answer = isForm ? await post(path, form()) : await post(`${path}?${form()}`);
    expect([answer.status, answer.body]).toEqual([
      200,
      { access_token: expect.any(String) as string, token_type: 'bearer', expires_in: 86399 },
    ]);
  });

  test('parameters that are not sent as a form are a 415 that names it', async () => {
    const answer = await fetch(`${target().url}/ims/token/v3`, {
      method: 'POST',
      body: JSON.stringify(credentials),
      headers: { 'content-type': 'application/json' },
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      415,
      { error_description: expect.stringContaining('application/x-www-form-urlencoded') as string },
    ]);
  });

  test('the token is taken', async () => {
    const { body } = await post('/ims/token/v3', form());
    const headers = { authorization: `Bearer ${String(body['access_token'])}` };
    expect((await ask(target(), `GET ${paths.definitions}`, { headers })).status).toBe(200);
  });

  test('a token that was tampered with is not', async () => {
    const { body } = await post('/ims/token/v3', form());
    const [head, , signature] = String(body['access_token']).split('.');
    const forged = Buffer.from(JSON.stringify({ client_id: 'x', created_at: '0', expires_in: '1e20' }));
    const headers = {
      authorization: `Bearer ${head ?? ''}.${forged.toString('base64url')}.${signature ?? ''}`,
    };
    const answer = await ask(target(), `GET ${paths.definitions}`, { headers });
    expect([answer.status, answer.body]).toEqual([
      401,
      { error_code: '401013', message: 'Oauth token is not valid' },
    ]);
  });

  test.each([
    [{ grant_type: null }, 400, 'invalid_request'],
    [{ grant_type: 'authorization_code' }, 400, 'unsupported_grant_type'],
    [{ client_id: null }, 401, 'invalid_client'],
    [{ client_secret: null }, 401, 'invalid_client'],
    [{ scope: null }, 400, 'invalid_scope'],
  ])('%j is refused in the words of OAuth', async (changes, status, error) => {
    const answer = await post('/ims/token/v3', form(changes));
    expect([answer.status, answer.body]).toEqual([
      status,
      { error, error_description: expect.any(String) as string },
    ]);
    expect(JSON.stringify(answer.body)).not.toContain(credentials.client_secret);
  });

  test('a body that is no form, and another method, are refused in the same words', async () => {
    const json = await fetch(`${target().url}/ims/token/v3`, {
      method: 'POST',
      body: JSON.stringify(credentials),
      headers: { 'content-type': 'application/json' },
    });
    expect([json.status, await json.json()]).toMatchObject([415, { error: 'invalid_request' }]);
    const read = await fetch(`${target().url}/ims/token/v3`);
    expect([read.status, await read.json()]).toMatchObject([405, { error: 'invalid_request' }]);
  });
}
