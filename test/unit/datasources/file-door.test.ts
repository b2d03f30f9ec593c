import { createCaller } from '../../../src/datasources/caller';
import type { Caller } from '../../../src/datasources/caller';
import type { FileAnswer } from '../../../src/datasources/rest-call';
import { createRestClient } from '../../../src/datasources/rest-client';
import type { RestClient, RestLimits } from '../../../src/datasources/rest-client';
import { ada, startFakeUpstream } from '../../support/fake-upstream';
import type { FakeUpstream } from '../../support/fake-upstream';

const eve = createCaller({ authorization: 'Bearer e', apiKey: 'k', orgId: 'EVE@AdobeOrg', sandbox: 'prod' });

let upstream: FakeUpstream;
let client: RestClient;

/** Every file begins and never ends, but for `missing`. */
async function start(limits: Partial<RestLimits>): Promise<void> {
  upstream = await startFakeUpstream(({ path }) => {
    if (path.endsWith('missing')) return undefined;
    if (!path.includes('/files/')) return { json: { id: '1' } };
    return { raw: (response) => response.writeHead(200).write('begin') };
  });
  client = createRestClient({ baseUrl: upstream.url, limits: { deadlineMs: 100, ...limits } });
}

afterEach(async () => {
  await client.close();
  await upstream.close();
});

const open = (caller: Caller = ada, name = '1'): Promise<FileAnswer> =>
  client.stream({
    method: 'GET',
    path: `/data/foundation/export/files/${name}`,
    caller,
    requestId: 'request-1',
    signal: new AbortController().signal,
  });

describe('files', () => {
  it('leave the connections of all other calls alone', async () => {
    await start({ connections: 1, deadlineMs: 5_000 });
    await Promise.all([open(), open()]);
    const answer = await client.request({
      method: 'GET',
      path: '/data/core/ups/segment/jobs/1',
      caller: ada,
      requestId: 'request-1',
      signal: new AbortController().signal,
    });
    expect(answer.body).toEqual({ id: '1' });
  });

  it('are open in bounded number for one org, whatever another one does', async () => {
    await start({ filesPerTenant: 2 });
    await Promise.all([open(), open()]);
    await expect(open()).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect((await open(eve)).status).toBe(200);
  });

  it('make room for the next one when they close', async () => {
    await start({ filesPerTenant: 1, deadlineMs: 5_000 });
    const first = await open();
    const second = open();
    first.body?.destroy();
    expect((await second).status).toBe(200);
  });

  it('make room for the next one when they cannot be opened', async () => {
    await start({ filesPerTenant: 1 });
    await expect(open(ada, 'missing')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await open()).status).toBe(200);
  });
});
