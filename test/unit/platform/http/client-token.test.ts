import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '../../../../src/platform';
import { createPlatform } from '../../../../src/platform';
import { createDataset, createDefinition, schemas } from '../../../contract/data';
import type { ContractTarget } from '../../../contract/target';
import { ask, must, paths } from '../../../contract/target';

let dataDir: string;
let platform: Platform;
let bodies: Readonly<Record<string, unknown>>;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'audience-token-'));
  platform = await createPlatform({ dataDir, port: 0 });
  const { id: segmentId } = await createDefinition(target('prod'));
  await createDefinition(target('dev'));
  bodies = {
    [paths.segmentJobs]: [{ segmentId }],
    [paths.exportJobs]: {
      schema: { name: '_xdm.context.profile' },
      destination: { datasetId: await createDataset(target('prod'), schemas.union) },
    },
  };
});
afterAll(async () => {
  await platform.close();
  await rm(dataDir, { recursive: true, force: true });
});

const target = (sandbox: string): ContractTarget => ({
  url: platform.url,
  headers: {
    authorization: 'Bearer t',
    'x-api-key': 'k',
    'x-gw-ims-org-id': 'TOKEN@AdobeOrg',
    'x-sandbox-name': sandbox,
  },
});
const create = async (path: string, token: string): Promise<string | number> =>
  (
    await must<{ id: string | number }>(target('prod'), `POST ${path}`, {
      body: bodies[path],
      headers: { 'idempotency-key': token },
    })
  ).id;

describe.each([[paths.segmentJobs], [paths.exportJobs]])('POST %s', (path) => {
  test('with one Idempotency-Key, many times at once, is one job and its id each time', async () => {
    const ids = await Promise.all(Array.from({ length: 10 }, () => create(path, `${path}-1`)));
    expect(new Set(ids).size).toBe(1);
    expect(await create(path, `${path}-1`)).toBe(ids[0]);
  });

  test('with another one, or none, is another job', async () => {
    const first = await create(path, `${path}-2`);
    expect(await create(path, `${path}-3`)).not.toBe(first);
    const bare = await must<{ id: unknown }>(target('prod'), `POST ${path}`, { body: bodies[path] });
    expect(bare.id).not.toBe(first);
  });

  test('with one that is no token is a 400', async () => {
    const headers = { 'idempotency-key': 'with space' };
    expect((await ask(target('prod'), `POST ${path}`, { body: bodies[path], headers })).status).toBe(400);
  });
});

test('the keys of two sandboxes have nothing to do with each other', async () => {
  const token = 'shared';
  const mine = await create(paths.segmentJobs, token);
  const theirs = await must<{ id: string }>(target('dev'), `POST ${paths.segmentJobs}`, {
    body: { schema: { name: '_xdm.context.profile' }, segments: [{ segmentId: '*' }] },
    headers: { 'idempotency-key': token },
  });
  expect(theirs.id).not.toBe(mine);
  expect((await ask(target('dev'), `GET ${paths.segmentJobs}/${mine}`)).status).toBe(404);
});
