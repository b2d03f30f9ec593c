import type { Ingest } from '../../../../src/platform/jobs/ingest-runner';
import { IngestRunner } from '../../../../src/platform/jobs/ingest-runner';
import { resumeIngests } from '../../../../src/platform/jobs/resume-ingests';
import { silentLog } from '../../../../src/platform/jobs/surroundings';
import { randomIds } from '../../../../src/platform/jobs/system-surroundings';
import type { Batch } from '../../../../src/platform/records';
import { manualTime } from '../../../support/manual-time';
import { openTemporaryStore } from '../../../support/temporary-store';
import { acme } from './fixtures';

const datasetId = 'a'.repeat(24);

function batch(id: string, times: { readonly opened: number; readonly closed: number }): Batch {
  return {
    id,
    datasetId,
    status: 'staging',
    direction: 'input',
    recordCount: 0,
    failedRecordCount: 0,
    errors: [],
    files: [],
    createdAt: times.opened,
    updatedAt: times.closed,
  };
}

test('after a restart batches are taken in in the order in which they were closed', async () => {
  const time = manualTime('2026-11-21T00:00:00Z');
  const store = await openTemporaryStore({ now: time.clock });
  await store.datasets.insert(acme, {
    id: datasetId,
    name: 'people',
    schemaId: 'https://ns.adobe.com/xdm/context/profile',
    createdAt: 1,
    updatedAt: 1,
  });
  await store.batches.insert(acme, batch('opened-first', { opened: 1, closed: 20 }));
  await store.batches.insert(acme, batch('closed-first', { opened: 2, closed: 10 }));
  const surroundings = {
    clock: time.clock,
    monotonic: time.clock,
    timers: time.timers,
    ids: randomIds,
    log: silentLog,
  };
  const ingests = new IngestRunner({ store, surroundings });
  const resumed: string[] = [];
  const resume = ingests.resume.bind(ingests);
  jest.spyOn(ingests, 'resume').mockImplementation((ingest: Ingest) => {
    resumed.push(ingest.batch.id);
    resume(ingest);
  });
  await resumeIngests(store, ingests);
  await ingests.close();
  await store.close();
  expect(resumed).toEqual(['closed-first', 'opened-first']);
});
