import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Platform, PlatformOptions } from '../../../../src/platform';
import { createPlatform } from '../../../../src/platform';
import type { AdminSettingsWire } from '../../../../src/wire/admin.wire';
import type { ExportJobWire } from '../../../../src/wire/export-job.wire';
import type { ScheduleWire } from '../../../../src/wire/schedule.wire';
import type { SegmentJobListWire, SegmentJobWire } from '../../../../src/wire/segment-job.wire';
import { createDataset, ingest, people, profileLine, schemas } from '../../../contract/data';
import type { ContractTarget } from '../../../contract/target';
import { ask, must, paths, terminal, untilAnswer } from '../../../contract/target';
import { manualTime } from '../../../support/manual-time';

const admin = '/audience/admin';
/** Waits are measured by this one alone. */
const monotonic = manualTime('1970-01-01T00:00:00Z');
let dataDir: string;
let platform: Platform;

const targetAt = (sandbox = 'prod'): ContractTarget => ({
  url: platform.url,
  headers: {
    authorization: 'Bearer t',
    'x-api-key': 'k',
    'x-gw-ims-org-id': 'ACME@AdobeOrg',
    'x-sandbox-name': sandbox,
  },
});
const target = targetAt;

async function start(options: Partial<PlatformOptions> = {}): Promise<void> {
  dataDir = await mkdtemp(join(tmpdir(), 'audience-admin-'));
  platform = await createPlatform({ dataDir, port: 0, admin: true, monotonic: monotonic.clock, ...options });
}
async function stop(): Promise<void> {
  await platform.close();
  await rm(dataDir, { recursive: true, force: true });
}

const createDefinition = (value: string): Promise<{ id: string }> =>
  must(target(), `POST ${paths.definitions}`, {
    body: {
      name: value,
      schema: { name: '_xdm.context.profile' },
      expression: { type: 'PQL', format: 'pql/text', value },
    },
  });

const runSegmentJob = async (segmentId: string): Promise<SegmentJobWire> => {
  const { id } = await must<SegmentJobWire>(target(), `POST ${paths.segmentJobs}`, { body: [{ segmentId }] });
  return untilAnswer<SegmentJobWire>(target(), `GET ${paths.segmentJobs}/${id}`, ({ status }) =>
    terminal.includes(status),
  );
};

describe('when it is switched on', () => {
  beforeAll(() => start());
  afterEach(() => must(target(), `DELETE ${admin}`));
  afterAll(stop);

  test('it shows that nothing is set', async () => {
    const settings = await must<AdminSettingsWire>(target(), `GET ${admin}`);
    expect(settings).toMatchObject({ clock: { offsetMs: 0 }, pace: { ms: 0 }, failures: [], answers: [] });
    expect(Math.abs(Date.parse(settings.clock.now) - Date.now())).toBeLessThan(60_000);
  });

  test('the clock moves to a time, by a span, and back; times of records follow', async () => {
    await must(target(), `PUT ${admin}/clock`, { body: { now: '2031-05-01T00:00:00Z' } });
    const moved = await must<AdminSettingsWire>(target(), `PUT ${admin}/clock`, {
      body: { advanceSeconds: -86_400 },
    });
    expect(moved.clock.now).toMatch(/^2031-04-30T00:00/);
    const { id } = await createDefinition('person.name.firstName = "clock"');
    const definition = await must<{ updateTime: number }>(target(), `GET ${paths.definitions}/${id}`);
    expect(new Date(definition.updateTime).toISOString()).toMatch(/^2031-04-30/);
    const reset = await must<AdminSettingsWire>(target(), `DELETE ${admin}/clock`);
    expect(reset.clock.offsetMs).toBe(0);
  });

  test('rules take the moved time for now', async () => {
    await ingest(target(), await createDataset(target(), schemas.profile), people.map(profileLine));
    const purchase = {
      _id: 'e1',
      timestamp: new Date().toISOString(),
      eventType: 'purchase',
      identityMap: { Email: [{ id: 'ada@example.com', primary: true }] },
    };
    await ingest(target(), await createDataset(target(), schemas.event), [JSON.stringify(purchase)]);
    const { id } = await createDefinition('xEvent[timestamp occurs > 5 years before now].count() = 1');
    const before = await runSegmentJob(id);
    await must(target(), `PUT ${admin}/clock`, { body: { now: '2036-01-01T00:00:00Z' } });
    const after = await runSegmentJob(id);
    expect([before, after].map(({ metrics }) => metrics?.segmentedProfileCounter?.[id])).toEqual([0, 1]);
  });

  test('a schedule that the clock is moved over fires at once, and not again when the clock is reset', async () => {
    await createDefinition('person.name.firstName = "schedule"');
    const { id } = await must<ScheduleWire>(target(), `POST ${paths.schedules}`, {
      body: {
        name: 'nightly',
        type: 'batch_segmentation',
        properties: { segments: ['*'] },
        state: 'active',
      },
    });
    const list = `GET ${paths.segmentJobs}?property=properties.scheduleId==${id}`;
    await must(target(), `PUT ${admin}/clock`, { body: { advanceSeconds: 2 * 86_400 } });
    await untilAnswer<SegmentJobListWire>(target(), list, ({ children }) => children.length === 1);
    await must(target(), `DELETE ${admin}/clock`);
    await must(target(), `PUT ${admin}/clock`, { body: { advanceSeconds: 86_400 } });
    // A change of a schedule waits until all that is due has fired.
    await must(target(), `PATCH ${paths.schedules}/${id}`, {
      body: [{ op: 'add', path: '/state', value: 'inactive' }],
    });
    const { children } = await must<SegmentJobListWire>(target(), list);
    const dues = children.map(({ properties }) => properties?.dueTime);
    expect(new Set(dues).size).toBe(children.length);
    expect(children.length).toBeLessThanOrEqual(2);
    await must(target(), `DELETE ${paths.schedules}/${id}`);
  });

  test('a job rests between its steps as it is told', async () => {
    const { id } = await createDefinition('person.name.firstName = "pace"');
    await must(target(), `PUT ${admin}/pace`, { body: { ms: 3_600_000 } });
    const job = await must<SegmentJobWire>(target(), `POST ${paths.segmentJobs}`, {
      body: [{ segmentId: id }],
    });
    await must(target(), `DELETE ${paths.segmentJobs}/${job.id}`);
    const ended = await untilAnswer<SegmentJobWire>(
      target(),
      `GET ${paths.segmentJobs}/${job.id}`,
      ({ status }) => terminal.includes(status),
    );
    expect(ended.status).toBe('CANCELLED');
    expect(await must<AdminSettingsWire>(target(), `DELETE ${admin}/pace`)).toMatchObject({
      pace: { ms: 0 },
    });
  });

  test.each([
    [{ job: 'segment' }, { code: '8.0000018E7' }],
    [
      { job: 'segment', code: '0090000009' },
      { code: '0090000009', msg: 'Error writing profiles to output path' },
    ],
    [
      { job: 'segment', code: 'E-1', message: 'as wished' },
      { code: 'E-1', msg: 'as wished' },
    ],
  ])('the next segment job fails as %j says, the one after it not', async (body, error) => {
    const { id } = await createDefinition(`person.name.firstName = "${JSON.stringify(body).length}"`);
    await must(target(), `POST ${admin}/failures`, { body });
    const [first, second] = [await runSegmentJob(id), await runSegmentJob(id)];
    expect([first.status, first.errors]).toMatchObject(['FAILED', [error]]);
    expect(second.status).toBe('SUCCEEDED');
  });

  test('the next export job fails, and its dataset keeps nothing of it', async () => {
    const datasetId = await createDataset(target(), schemas.union);
    await must(target(), `POST ${admin}/failures`, { body: { job: 'export', times: 1 } });
    const { id } = await must<ExportJobWire>(target(), `POST ${paths.exportJobs}`, {
      body: { destination: { datasetId }, schema: { name: '_xdm.context.profile' } },
    });
    const job = await untilAnswer<ExportJobWire>(target(), `GET ${paths.exportJobs}/${id}`, ({ status }) =>
      terminal.includes(status),
    );
    expect([job.status, job.errors]).toMatchObject([
      'FAILED',
      [{ code: '0100000003', msg: 'Error in Export Job' }],
    ]);
    expect(await must(target(), `GET ${paths.batches}?dataSet=${datasetId}&status=success`)).toEqual({});
  });

  test('a path answers 429 with Retry-After as often as it is told, all others as ever', async () => {
    await must(target(), `POST ${admin}/answers`, {
      body: { status: 429, path: paths.segmentJobs, retryAfterSeconds: 7, times: 2 },
    });
    const answers = [
      await ask(target(), `GET ${paths.segmentJobs}`),
      await ask(target(), `GET ${paths.definitions}`),
      await ask(target(), `GET ${paths.segmentJobs}/some-job`),
      await ask(target(), `GET ${paths.segmentJobs}`),
    ];
    expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
      [429, '7'],
      [200, null],
      [429, '7'],
      [200, null],
    ]);
    expect(answers[0]?.body).toMatchObject({ status: 429, title: 'TooManyRequestsError' });
  });

  test('one method alone is refused where one is named', async () => {
    await must(target(), `POST ${admin}/answers`, {
      body: { status: 503, path: paths.schedules, method: 'POST', times: 1 },
    });
    expect((await ask(target(), `GET ${paths.schedules}`)).status).toBe(200);
    expect((await ask(target(), `POST ${paths.schedules}`, { body: {} })).status).toBe(503);
  });

  test('everything is refused for a while, but for the settings themselves; then it is over', async () => {
    await must(target(), `POST ${admin}/answers`, { body: { status: 503, forSeconds: 30 } });
    expect((await ask(target(), `GET ${paths.definitions}`)).status).toBe(503);
    monotonic.advance(10_000);
    expect(await must(target(), `GET ${admin}`)).toMatchObject({
      answers: [{ path: '/', status: 503, secondsLeft: 20 }],
    });
    monotonic.advance(20_000);
    expect((await ask(target(), `GET ${paths.definitions}`)).status).toBe(200);
    expect(await must(target(), `GET ${admin}`)).toMatchObject({ answers: [] });
  });

  test('profile access answers 429 as a list with the wait in milliseconds', async () => {
    await must(target(), `POST ${admin}/answers`, {
      body: { status: 429, path: paths.entities, retryAfterSeconds: 2, times: 1 },
    });
    const { status, body } = await ask(target(), `GET ${paths.entities}?entityId=x`);
    expect([status, body]).toMatchObject([429, [{ statusCode: '429', retryAfterMs: '2000' }]]);
  });

  test('failures and answers hold for the sandbox that asked, and are shown to it alone', async () => {
    await must(target('dev'), `POST ${admin}/answers`, { body: { status: 429 } });
    await must(target('dev'), `POST ${admin}/failures`, { body: { job: 'segment' } });
    expect((await ask(target(), `GET ${paths.definitions}`)).status).toBe(200);
    expect(await must(target(), `GET ${admin}`)).toMatchObject({ failures: [], answers: [] });
    expect(await must(target('dev'), `GET ${admin}`)).toMatchObject({
      failures: [{ job: 'segment', times: 1 }],
      answers: [{ status: 429 }],
    });
    await must(target('dev'), `DELETE ${admin}`);
  });

  test.each([
    ['PUT', '/clock', {}],
    ['PUT', '/clock', { now: 'tomorrow' }],
    ['PUT', '/clock', { now: '2500-01-01T00:00:00Z' }],
    ['PUT', '/pace', { ms: -1 }],
    ['POST', '/failures', { job: 'import' }],
    ['POST', '/answers', { status: 200 }],
    ['POST', '/answers', { status: 429, path: 'no-path' }],
    ['POST', '/answers', { status: 429, minutes: 3 }],
  ])('%s %s with %j is a 400 and sets nothing', async (method, path, body) => {
    expect((await ask(target(), `${method} ${admin}${path}`, { body })).status).toBe(400);
    expect(await must(target(), `GET ${admin}`)).toMatchObject({
      clock: { offsetMs: 0 },
      failures: [],
      answers: [],
    });
  });
});

describe('unless it is switched on', () => {
  beforeAll(() => start({ admin: false }));
  afterAll(stop);

  test.each([
    ['GET', ''],
    ['PUT', '/clock'],
    ['POST', '/failures'],
    ['POST', '/answers'],
  ])('%s %s is not there', async (method, path) => {
    const body = method === 'GET' ? {} : { body: {} };
    expect((await ask(target(), `${method} ${admin}${path}`, body)).status).toBe(404);
  });
});
