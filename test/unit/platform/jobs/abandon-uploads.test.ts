import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { abandonUploads } from '../../../../src/platform/jobs/abandon-uploads';
import { silentLog } from '../../../../src/platform/jobs/surroundings';
import { randomIds } from '../../../../src/platform/jobs/system-surroundings';
import type { Batch } from '../../../../src/platform/records';
import { nameOfPartUpload, partUpload } from '../../../../src/platform/store/files/part-upload';
import type { PlatformStore } from '../../../../src/platform/store/platform-store';
import { manualTime } from '../../../support/manual-time';
import { openTemporaryStore } from '../../../support/temporary-store';
import { acme } from './fixtures';

const time = manualTime('2026-11-21T00:00:00Z');
const start = time.clock();
const ageMs = 1000;
let store: PlatformStore;
beforeEach(async () => {
  store = await openTemporaryStore({ now: time.clock });
});
afterEach(() => store.close());

async function statusAfter(batch: Partial<Batch>): Promise<Batch | undefined> {
  await store.batches.insert(acme, {
    id: 'b',
    datasetId: 'd',
    status: 'loading',
    direction: 'input',
    recordCount: 0,
    failedRecordCount: 0,
    errors: [],
    files: [],
    createdAt: start - 10 * ageMs,
    updatedAt: start - ageMs,
    ...batch,
  });
  const surroundings = {
    clock: time.clock,
    monotonic: time.clock,
    timers: time.timers,
    ids: randomIds,
    log: silentLog,
  };
  await abandonUploads(store, { ageMs, surroundings });
  return store.batches.get(acme, 'b');
}

test('a batch that waits too long for a file is abandoned, and says why', async () => {
  expect(await statusAfter({})).toMatchObject({
    status: 'abandoned',
    errors: [{ code: 'abandoned' }],
    completedAt: start,
  });
});

test.each<[string, Partial<Batch>]>([
  ['to which a file came lately', { updatedAt: start - ageMs + 1 }],
  ['that is closed', { status: 'staging' }],
  ['of an export', { direction: 'output' }],
])('a batch %s is left alone', async (_, batch) => {
  expect((await statusAfter(batch))?.status).toBe({ status: 'loading', ...batch }.status);
});

test('a batch whose upload a killed process broke off is abandoned at once, and nothing of it is left', async () => {
  const folder = await (await store.profileData(acme)).uploadFolder('b');
  writeFileSync(join(folder, partUpload('people.ndjson', randomIds.uuid())), '{"identityMap":');
  expect(await statusAfter({ updatedAt: start })).toMatchObject({
    status: 'abandoned',
    errors: [
      { code: 'abandoned', description: expect.stringMatching(/people\.ndjson.*broken off/) as string },
    ],
  });
  expect(existsSync(folder)).toBe(false);
});

test('a batch with whole files and their hashes alone goes on waiting', async () => {
  const folder = await (await store.profileData(acme)).uploadFolder('b');
  for (const name of ['part-1.ndjson', '.sha256-part-1.ndjson']) writeFileSync(join(folder, name), 'x');
  expect((await statusAfter({ updatedAt: start }))?.status).toBe('loading');
  expect(nameOfPartUpload('.sha256-.part-')).toBeUndefined();
});
