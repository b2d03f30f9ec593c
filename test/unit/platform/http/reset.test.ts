import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform } from '../../../../src/platform';
import { createPlatform } from '../../../../src/platform';
import { tenantFolderName } from '../../../../src/platform/store/data-folder';
import type { ResetAnswerWire } from '../../../../src/wire/reset.wire';
import type { SegmentJobWire } from '../../../../src/wire/segment-job.wire';
import {
  createDataset,
  createDefinition,
  ingest,
  people,
  profileLine,
  schemas,
} from '../../../contract/data';
import type { Answer, ContractTarget } from '../../../contract/target';
import { ask, must, paths, terminal, untilAnswer } from '../../../contract/target';

const orgId = 'ACME@AdobeOrg';
let dataDir: string;
let platform: Platform;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'audience-reset-'));
  platform = await createPlatform({ dataDir, port: 0, admin: true });
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
    'x-gw-ims-org-id': orgId,
    'x-sandbox-name': sandbox,
  },
});

const reset = (sandbox: string, scope = 'sandbox', key: string = platform.operatorKey): Promise<Answer> =>
  ask(target(sandbox), 'POST /audience/reset', {
    body: { scope },
    headers: { 'x-audience-operator-key': key },
  });

const untilEnded = (sandbox: string, id: string): Promise<SegmentJobWire> =>
  untilAnswer<SegmentJobWire>(target(sandbox), `GET ${paths.segmentJobs}/${id}`, ({ status }) =>
    terminal.includes(status),
  );

/** People, a definition and its memberships. */
async function fill(sandbox: string): Promise<string> {
  await ingest(
    target(sandbox),
    await createDataset(target(sandbox), schemas.profile),
    people.map(profileLine),
  );
  const { id } = await createDefinition(target(sandbox));
  const job = await must<SegmentJobWire>(target(sandbox), `POST ${paths.segmentJobs}`, {
    body: [{ segmentId: id }],
  });
  expect((await untilEnded(sandbox, job.id)).metrics?.segmentedProfileCounter).toEqual({ [id]: 3 });
  return id;
}

async function filesOf(sandbox: string): Promise<readonly string[]> {
  const root = join(dataDir, 'tenants', tenantFolderName({ orgId, sandbox }));
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

test('one sandbox is emptied, files and all; another is not touched, and the first works as on its first day', async () => {
  const kept = await fill('kept');
  await fill('gone');
  expect((await filesOf('gone')).length).toBeGreaterThan(0);
  const answer = await reset('gone');
  expect([answer.status, answer.body]).toMatchObject([
    200,
    {
      emptied: [
        {
          imsOrgId: orgId,
          sandboxName: 'gone',
          removed: { 'segment definition': 1, 'segment job': 1, dataset: 1, batch: 1, 'merge policy': 1 },
        },
      ],
    },
  ]);
  expect(await filesOf('gone')).toEqual([]);
  expect(await must(target('gone'), `GET ${paths.definitions}`)).toMatchObject({ segments: [] });
  expect(await must(target('kept'), `GET ${paths.definitions}/${kept}`)).toMatchObject({ id: kept });
  expect((await filesOf('kept')).length).toBeGreaterThan(0);
  await fill('gone');
});

test('what runs and waits in the sandbox ends, and nothing of it comes back', async () => {
  const segmentId = await fill('busy');
  await must(target('busy'), 'PUT /audience/admin/pace', { body: { ms: 3_600_000 } });
  const create = (): Promise<SegmentJobWire> =>
    must(target('busy'), `POST ${paths.segmentJobs}`, { body: [{ segmentId }] });
  await Promise.all([create(), create()]);
  expect((await reset('busy')).status).toBe(200);
  await must(target('busy'), 'DELETE /audience/admin');
  expect(await must(target('busy'), `GET ${paths.segmentJobs}`)).toMatchObject({ children: [] });
  await fill('busy');
});

test('requests that come while it is emptied are refused for the moment or answered, never broken', async () => {
  await fill('asked');
  const requests = Array.from({ length: 40 }, async (_, turn) => {
    if (turn === 20) return (await reset('asked')).status;
    return (await ask(target('asked'), `GET ${paths.definitions}`)).status;
  });
  const others = (await Promise.all(requests)).filter((status) => status !== 200 && status !== 503);
  expect(others).toEqual([]);
});

test('everything is emptied where that is asked for', async () => {
  await fill('one');
  await fill('two');
  const { emptied } = (await reset('one', 'everything')).body as ResetAnswerWire;
  expect(emptied.map(({ sandboxName }) => sandboxName)).toEqual(expect.arrayContaining(['one', 'two']));
  expect([await filesOf('one'), await filesOf('two')]).toEqual([[], []]);
});

test('without the key of the data folder nothing is removed', async () => {
  const id = await fill('safe');
  const keys = ['', 'guess', platform.operatorKey.replace(/.$/u, '?')];
  for (const key of keys) expect((await reset('safe', 'sandbox', key)).status).toBe(403);
  expect((await ask(target('safe'), `POST /audience/reset`, { body: { scope: 'sandbox' } })).status).toBe(
    403,
  );
  expect((await ask(target('safe'), `GET ${paths.definitions}/${id}`)).status).toBe(200);
});
