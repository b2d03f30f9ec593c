import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '../../../../src/platform';
import { createPlatform } from '../../../../src/platform';
import type { SegmentJobWire } from '../../../../src/wire/segment-job.wire';
import {
  createDataset,
  createDefinition,
  ingest,
  people,
  profileLine,
  runSegmentJob,
  schemas,
} from '../../../contract/data';
import type { ContractTarget } from '../../../contract/target';
import { ask, must, paths, terminal, untilAnswer } from '../../../contract/target';
import { seededRandom } from '../../../support/seeded-random';

let dataDir: string;
let platform: Platform;
let segmentId: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'audience-cancel-'));
  platform = await createPlatform({ dataDir, port: 0 });
  await ingest(target(), await createDataset(target(), schemas.profile), people.map(profileLine));
  segmentId = (await createDefinition(target())).id;
});
afterAll(async () => {
  await platform.close();
  await rm(dataDir, { recursive: true, force: true });
});

const target = (): ContractTarget => ({
  url: platform.url,
  headers: {
    authorization: 'Bearer t',
    'x-api-key': 'k',
    'x-gw-ims-org-id': 'CANCEL@AdobeOrg',
    'x-sandbox-name': 'prod',
  },
});

const random = seededRandom(5);
const jobPath = (id: string): string => `${paths.segmentJobs}/${id}`;
const statusOf = async (id: string): Promise<string> =>
  (await must<SegmentJobWire>(target(), `GET ${jobPath(id)}`)).status;

test.each(Array.from({ length: 12 }, (_, turn) => [turn]))(
  'a cancel that races the end of a job leaves one final state, which nothing changes any more (%i)',
  async () => {
    const { id } = await must<SegmentJobWire>(target(), `POST ${paths.segmentJobs}`, {
      body: [{ segmentId }],
    });
    // Anywhere between its first moment and some time after its end.
    for (let looks = Math.floor(random() * 25); looks > 0; looks -= 1) await statusOf(id);
    const cancels = await Promise.all([0, 1, 2].map(() => ask(target(), `DELETE ${jobPath(id)}`)));
    expect(cancels.map(({ status }) => status)).toEqual([204, 204, 204]);
    const ended = await untilAnswer<SegmentJobWire>(target(), `GET ${jobPath(id)}`, ({ status }) =>
      terminal.includes(status),
    );
    expect(['SUCCEEDED', 'CANCELLED']).toContain(ended.status);
    expect(ended.metrics?.segmentedProfileCounter).toEqual(
      ended.status === 'SUCCEEDED' ? { [segmentId]: 3 } : undefined,
    );
    expect((await ask(target(), `DELETE ${jobPath(id)}`)).status).toBe(204);
    expect(await must(target(), `GET ${jobPath(id)}`)).toEqual(ended);
  },
);

test('after all that, the next job succeeds', async () => {
  expect((await runSegmentJob(target(), [segmentId])).status).toBe('SUCCEEDED');
});
