import { abandonUploads } from '../../../../src/platform/jobs/abandon-uploads';
import { silentLog } from '../../../../src/platform/jobs/surroundings';
import { randomIds } from '../../../../src/platform/jobs/system-surroundings';
import type { Batch } from '../../../../src/platform/records';
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
