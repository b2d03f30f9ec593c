import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { PortInUse } from '../../../src/errors/port-in-use';
import type { Platform } from '../../../src/platform';
import { createPlatform } from '../../../src/platform';
import { createDataset, ingest, people, profileLine, schemas } from '../../contract/data';
import { must, type ContractTarget } from '../../contract/target';
import type { BatchWire, CatalogMapWire } from '../../../src/wire/catalog.wire';

let dataDir: string;
const open: Platform[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'audience-platform-'));
});
afterEach(async () => {
  for (const platform of open.splice(0)) await platform.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(options: { port?: number; folder?: string } = {}): Promise<Platform> {
  const platform = await createPlatform({
    dataDir: join(dataDir, options.folder ?? 'one'),
    port: options.port ?? 0,
  });
  open.push(platform);
  return platform;
}

const headers = {
  authorization: 'Bearer t',
  'x-api-key': 'k',
  'x-gw-ims-org-id': 'ACME@AdobeOrg',
  'content-type': 'application/json',
};

test('it listens on loopback and is ready', async () => {
  const platform = await start();
  expect(platform.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect([platform.isReady(), (await fetch(`${platform.url}/readyz`)).status]).toEqual([true, 200]);
});

test('a port that is taken is an error that names it, and the folder is free again', async () => {
  const first = await start();
  const port = Number(new URL(first.url).port);
  await expect(start({ port, folder: 'two' })).rejects.toEqual(
    expect.objectContaining({ port, code: 'PORT_IN_USE' }),
  );
  await expect(start({ port, folder: 'two' })).rejects.toBeInstanceOf(PortInUse);
  await start({ folder: 'two' });
});

test('a folder that another platform uses is refused', async () => {
  await start();
  await expect(start()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', reason: 'locked' });
});

test('closing twice is closing once, and afterwards nobody answers', async () => {
  const platform = await start();
  await Promise.all([platform.close(), platform.close()]);
  expect(platform.isReady()).toBe(false);
  await expect(fetch(`${platform.url}/healthz`)).rejects.toThrow();
});

test('what was answered is there after a restart', async () => {
  const first = await start();
  const made = await fetch(`${first.url}/data/foundation/catalog/dataSets`, {
    method: 'POST',
    headers,
    body: '{"name":"kept"}',
  });
  const [reference = ''] = (await made.json()) as string[];
  await first.close();
  const second = await start();
  const read = await fetch(
    `${second.url}/data/foundation/catalog/dataSets/${reference.split('/')[2] ?? ''}`,
    { headers },
  );
  expect(read.status).toBe(200);
});

test('an upload that a kill broke off leaves no file, its batch says so, and the import works again', async () => {
  const killed = await start();
  const target = ({ url }: Platform): ContractTarget => ({ url, headers });
  const datasetId = await createDataset(target(killed), schemas.profile);
  const { id } = await must<{ id: string }>(target(killed), 'POST /data/foundation/import/batches', {
    body: { datasetId, inputFormat: { format: 'json' } },
  });
  const upload = request(
    `${killed.url}/data/foundation/import/batches/${id}/datasets/${datasetId}/files/people.ndjson`,
    { method: 'PUT', headers: { ...headers, 'content-type': 'application/octet-stream' } },
  ).on('error', () => undefined);
  upload.write(`${profileLine({ name: 'Ada', country: 'GB' })}\n`);
  const inUploads = async (folder: string): Promise<readonly string[]> =>
    (await readdir(join(dataDir, folder), { recursive: true })).filter((path) =>
      path.includes(`uploads/${id}`),
    );
  while (!(await inUploads('one')).some((path) => path.endsWith('people.ndjson'))) await setImmediate();
  // What a kill at this moment would leave.
  await cp(join(dataDir, 'one'), join(dataDir, 'two'), { recursive: true });
  upload.destroy();
  const again = await start({ folder: 'two' });
  expect(await inUploads('two')).toEqual([]);
  const batches = await must<CatalogMapWire<BatchWire>>(
    target(again),
    `GET /data/foundation/catalog/batches/${id}`,
  );
  expect(batches[id]).toMatchObject({
    status: 'abandoned',
    errors: [
      { code: 'abandoned', description: expect.stringContaining('people.ndjson was broken off') as string },
    ],
  });
  await ingest(target(again), datasetId, people.map(profileLine));
});
