import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PortInUse } from '../../../src/errors/port-in-use';
import type { Platform } from '../../../src/platform';
import { createPlatform } from '../../../src/platform';

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
