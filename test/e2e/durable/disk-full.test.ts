import type { ExportJobWire } from '../../../src/wire/export-job.wire';
import type { SegmentJobWire } from '../../../src/wire/segment-job.wire';
import { tenantFolderName } from '../../../src/platform/store/data-folder';
import {
  createDataset,
  createDefinition,
  ingest,
  runExport,
  runSegmentJob,
  schemas,
} from '../../contract/data';
import type { ContractTarget } from '../../contract/target';
import { ask, must, paths, uniqueName } from '../../contract/target';
import type { OnSmallDisk } from '../../support/durability/small-disk';
import { startOnSmallDisk } from '../../support/durability/small-disk';

const tenant = { orgId: 'SMALL@AdobeOrg', sandbox: 'prod' };
const lines = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      identityMap: { Email: [{ id: `${from + index}@example.com`, primary: true }] },
      person: { name: { firstName: `name ${((from + index) * 7919) % 100_003}` } },
    }),
  );

let disk: OnSmallDisk;
let target: ContractTarget;
let profiles: string;
let union: string;
let everybody: string;

beforeAll(async () => {
  disk = await startOnSmallDisk(64);
  const [, url = ''] = await disk.gateway.printed(/Platform +(\S+)/);
  await disk.gateway.printed(/Ready/);
  target = {
    url,
    headers: {
      authorization: 'Bearer t',
      'x-api-key': 'k',
      'x-gw-ims-org-id': tenant.orgId,
      'x-sandbox-name': tenant.sandbox,
    },
  };
  profiles = await createDataset(target, schemas.profile);
  union = await createDataset(target, schemas.union);
  everybody = (await createDefinition(target, 'person.name.firstName.startsWith("name")')).id;
  await ingest(target, profiles, lines(0, 20_000));
  expect((await runSegmentJob(target, [everybody])).status).toBe('SUCCEEDED');
});
afterAll(() => disk.stop());
afterEach(() => disk.free());

const unfinishedFiles = (): Promise<readonly string[]> =>
  disk.list(`tenants/${tenantFolderName(tenant)}/temp`);

describe('on a disk that is nearly full', () => {
  beforeEach(() => disk.fill(256 * 1024));

  test('a segment job fails as DISK_FULL, leaves no file, and the next one succeeds once there is space', async () => {
    if (disk.hasRoomForRecords) {
      const failed = await runSegmentJob(target, [everybody]);
      expect([failed.status, failed.errors?.[0]?.code]).toEqual(['FAILED', 'DISK_FULL']);
    } else {
      const refused = await ask(target, `POST ${paths.segmentJobs}`, { body: [{ segmentId: everybody }] });
      expect(refused.status).toBe(507);
    }
    expect(await unfinishedFiles()).toEqual([]);
    disk.free();
    const next = await runSegmentJob(target, [everybody]);
    expect([next.status, next.metrics?.totalProfiles]).toEqual(['SUCCEEDED', 20_000]);
  });

  test('an export fails as DISK_FULL, leaves no file, and the next one succeeds once there is space', async () => {
    const request = { destination: { datasetId: union } };
    if (disk.hasRoomForRecords) {
      const failed = await runExport(target, request);
      // Adobe's code stands before ours.
      expect([failed.status, failed.errors?.map(({ code }) => code)]).toEqual([
        'FAILED',
        ['0090000009', 'DISK_FULL'],
      ]);
    } else {
      const body = { ...request, schema: { name: '_xdm.context.profile' } };
      expect((await ask(target, `POST ${paths.exportJobs}`, { body })).status).toBe(507);
    }
    expect(await unfinishedFiles()).toEqual([]);
    disk.free();
    const next: ExportJobWire = await runExport(target, request);
    expect([next.status, next.metrics?.totalExportedProfileCounter]).toEqual(['SUCCEEDED', 20_000]);
  });

  test('an upload is 507, and on the same connection rows come in once there is space', async () => {
    disk.free();
    const opened = await must<{ id: string }>(target, `POST ${paths.ingestion}`, {
      body: { datasetId: profiles, inputFormat: { format: 'json' } },
    });
    disk.fill(256 * 1024);
    const upload = await ask(
      target,
      `PUT ${paths.ingestion}/${opened.id}/datasets/${profiles}/files/rows.ndjson`,
      {
        raw: lines(20_000, 10_000).join('\n'),
        headers: { 'content-type': 'application/octet-stream' },
      },
    );
    expect(upload.status).toBe(507);
    disk.free();
    const batch = await ingest(target, profiles, lines(20_000, 10));
    expect([batch.status, batch.recordCount]).toEqual(['success', 10]);
    expect(await unfinishedFiles()).toEqual([]);
  });
});

test('on a full disk writes are 507 and reads go on; what was acknowledged is there, and there is no need to restart', async () => {
  disk.fill(0);
  const acknowledged: string[] = [];
  let status = 0;
  // The log has room of its own for some.
  for (let turn = 0; turn < 3_000 && (status === 0 || status < 300); turn += 1) {
    const name = uniqueName('on a full disk');
    const answer = await ask(target, `POST ${paths.datasets}`, {
      body: { name, description: 'x'.repeat(4_000), schemaRef: { id: schemas.profile } },
    });
    ({ status } = answer);
    if (status < 300) acknowledged.push(((answer.body as string[])[0] ?? '').split('/').at(-1) ?? '');
  }
  expect(status).toBe(507);
  for (const id of acknowledged) expect((await ask(target, `GET ${paths.datasets}/${id}`)).status).toBe(200);
  const jobs = await must<{ children: SegmentJobWire[] }>(target, `GET ${paths.segmentJobs}`);
  expect(jobs.children.length).toBeGreaterThan(0);
  disk.free();
  await createDataset(target, schemas.profile);
  expect((await runSegmentJob(target, [everybody])).status).toBe('SUCCEEDED');
});
