import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '../../../../src/platform';
import { createPlatform } from '../../../../src/platform';

let dataDir: string;
let platform: Platform;
const start = (): Promise<Platform> =>
  createPlatform({ dataDir, port: 0, clients: [{ id: 'ada', secret: 'lovelace' }] });

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'audience-clients-'));
  platform = await start();
});
afterEach(async () => {
  await platform.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function tokenOf(secret: string): Promise<{ readonly status: number; readonly token: string }> {
  const parameters = {
    grant_type: 'client_credentials',
    client_id: 'ada',
    client_secret: secret,
    scope: 'openid',
  };
  const answer = await fetch(`${platform.url}/ims/token/v3`, {
    method: 'POST',
    body: new URLSearchParams(parameters),
  });
  const body = (await answer.json()) as { readonly access_token?: string };
  return { status: answer.status, token: body.access_token ?? '' };
}

async function codeOf(token: string, apiKey = 'ada'): Promise<unknown> {
  const answer = await fetch(`${platform.url}/data/core/ups/segment/definitions`, {
    headers: {
      authorization: `Bearer ${token}`,
      'x-api-key': apiKey,
      'x-gw-ims-org-id': 'ACME@AdobeOrg',
    },
  });
  const body = (await answer.json()) as { readonly error_code?: string };
  return body.error_code ?? answer.status;
}

test('where clients are named, only tokens that were issued to them are taken, each with its own key', async () => {
  const { token } = await tokenOf('lovelace');
  expect([await codeOf(token), await codeOf(token, 'eve'), await codeOf('any-token')]).toEqual([
    200,
    '403003',
    '401013',
  ]);
});

test('a client with another secret gets no token', async () => {
  expect(await tokenOf('byron')).toEqual({ status: 401, token: '' });
});

test('a token outlives the process that issued it', async () => {
  const { token } = await tokenOf('lovelace');
  await platform.close();
  platform = await start();
  expect(await codeOf(token)).toBe(200);
});
