import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '../../../../src/platform';
import { createPlatform } from '../../../../src/platform';
import {
  createDataset,
  createDefinition,
  ingest,
  profileLine,
  runSegmentJob,
  schemas,
} from '../../../contract/data';
import type { ContractTarget } from '../../../contract/target';
import { must, paths } from '../../../contract/target';

let dataDir: string;
let platform: Platform;

afterEach(async () => {
  await platform.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** What the second job over one member says: its counters, and the member's status. */
async function secondRun(membershipDialect: 'three' | 'two'): Promise<unknown> {
  dataDir = await mkdtemp(join(tmpdir(), 'audience-dialect-'));
  platform = await createPlatform({ dataDir, port: 0, membershipDialect });
  const target: ContractTarget = {
    url: platform.url,
    headers: { authorization: 'Bearer t', 'x-api-key': 'k', 'x-gw-ims-org-id': 'ACME@AdobeOrg' },
  };
  const dataset = await createDataset(target, schemas.profile);
  await ingest(target, dataset, [profileLine({ name: 'Ada', country: 'US' })]);
  const { id } = await createDefinition(target);
  await runSegmentJob(target, [id]);
  const { metrics } = await runSegmentJob(target, [id]);
  const query = 'schema.name=_xdm.context.profile&entityId=ada@example.com&entityIdNS=Email';
  const found = await must<
    Record<string, { entity: { segmentMembership: { ups: Record<string, { status: string }> } } }>
  >(target, `GET ${paths.entities}?${query}`);
  const status = Object.values(found)[0]?.entity.segmentMembership.ups[id]?.status;
  return [metrics?.segmentedProfileByStatusCounter?.[id], status];
}

test('with three statuses, who was in before is existing', async () => {
  expect(await secondRun('three')).toEqual([{ realized: 0, existing: 1, exited: 0 }, 'existing']);
});

test('with two statuses, who is in is realized', async () => {
  expect(await secondRun('two')).toEqual([{ realized: 1, exited: 0 }, 'realized']);
});
