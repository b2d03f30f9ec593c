import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '../../../../src/platform';
import { createPlatform } from '../../../../src/platform';
import { tenantFolderName } from '../../../../src/platform/store/data-folder';
import type { Engine } from '../../../../src/platform/store/engine/engine';
import { openEngine } from '../../../../src/platform/store/engine/engine';
import { EngineFault } from '../../../../src/platform/store/engine/engine-fault';
import { createDataset, createDefinition, ingest, runSegmentJob, schemas } from '../../../contract/data';
import type { ContractTarget } from '../../../contract/target';
import { ask, paths } from '../../../contract/target';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audience-engine-faults-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a query that wants more memory than there is', () => {
  const open = (): Promise<Engine> =>
    openEngine({ limits: { threads: 2, memoryLimit: '32MB', tempFolder: folder } });
  const greedy = "SELECT len(list(i || repeat('x', 100))) FROM range(3_000_000) numbers(i)";

  test('fails alone: the engine answers the next one, and so does another engine', async () => {
    const engine = await open();
    await expect(engine.rows(greedy)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
    expect(await engine.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    engine.close();
    const other = await open();
    expect(await other.rows('SELECT 2 AS two')).toEqual([{ two: 2 }]);
    other.close();
  });

  test('memory and what is put aside are limited, and no statement can lift that', async () => {
    const engine = await open();
    const [limits] = await engine.rows(
      `SELECT current_setting('memory_limit') AS memory, current_setting('temp_directory') AS folder,
        current_setting('max_temp_directory_size') AS aside`,
    );
    expect(limits).toEqual({
      memory: '30.5 MiB',
      folder,
      aside: expect.stringMatching(/\d/) as string,
    });
    await expect(engine.run(`SET memory_limit = '8GB'`)).rejects.toBeInstanceOf(EngineFault);
    engine.close();
  });
});

describe('data that the engine cannot read', () => {
  let platform: Platform;
  beforeEach(async () => {
    platform = await createPlatform({ dataDir: folder, port: 0 });
  });
  afterEach(() => platform.close());

  async function reopen(memoryLimit: string): Promise<void> {
    await platform.close();
    platform = await createPlatform({ dataDir: folder, port: 0, memoryLimit });
  }

  const orgId = 'FAULTY@AdobeOrg';
  const target = (): ContractTarget => ({
    url: platform.url,
    headers: {
      authorization: 'Bearer t',
      'x-api-key': 'k',
      'x-gw-ims-org-id': orgId,
      'x-sandbox-name': 'prod',
    },
  });

  test('fail the one job that meets them; once they are whole, the next lookup works, and the next job', async () => {
    await ingest(target(), await createDataset(target(), schemas.profile), namedLines(2_000));
    const { id } = await createDefinition(target(), 'person.name.firstName.startsWith("name")');
    const generations = join(folder, 'tenants', tenantFolderName({ orgId, sandbox: 'prod' }), 'generations');
    const [file = ''] = readdirSync(generations).map((name) => join(generations, name));
    const whole = readFileSync(file);
    const damaged = Buffer.from(whole);
    damaged.fill(0xa5, 8_192);
    writeFileSync(file, damaged);
    const failed = await runSegmentJob(target(), [id]);
    expect([failed.status, failed.errors?.length]).toEqual(['FAILED', 1]);
    expect(JSON.stringify(failed.errors)).not.toMatch(/generations|tenants|SELECT/);
    writeFileSync(file, whole);
    const found = await ask(
      target(),
      `GET ${paths.entities}?schema.name=_xdm.context.profile&entityId=7@example.com&entityIdNS=Email`,
    );
    const next = await runSegmentJob(target(), [id]);
    expect([next.status, next.metrics?.totalProfiles, found.status]).toEqual(['SUCCEEDED', 2_000, 200]);
  });

  test('with too little memory, job and import say so, and succeed again where there is more', async () => {
    const datasetId = await createDataset(target(), schemas.profile);
    await ingest(target(), datasetId, namedLines(2_000));
    const { id } = await createDefinition(target(), 'person.name.firstName.startsWith("name")');
    await reopen('1MB');
    const failed = await runSegmentJob(target(), [id]);
    const refused = await ingest(target(), datasetId, namedLines(3_000));
    await reopen('500MB');
    const next = await runSegmentJob(target(), [id]);
    expect({
      job: [failed.status, failed.errors],
      batch: [refused.status, refused.errors],
      next: [next.status, next.metrics?.totalProfiles],
    }).toEqual({
      job: ['FAILED', [{ code: 'OUT_OF_MEMORY', msg: tooLittle }]],
      batch: ['failed', [expect.objectContaining({ code: 'OUT_OF_MEMORY', description: tooLittle })]],
      next: ['SUCCEEDED', 2_000],
    });
  });
});

const tooLittle =
  'The evaluation engine needs more memory for this than it may take. Raise PLATFORM_MEMORY_LIMIT and try again.';

function namedLines(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({
      identityMap: { Email: [{ id: `${index}@example.com`, primary: true }] },
      person: { name: { firstName: `name ${index}` } },
    }),
  );
}
