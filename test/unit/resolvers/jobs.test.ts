import { UpstreamNotFound, UpstreamRejected, UpstreamUnavailable } from '../../../src/errors/upstream-error';
import type { JobChange } from '../../../src/subscriptions/job-watchers';
import type { ExportJobBodyWire, ExportJobWire } from '../../../src/wire/export-job.wire';
import type { SegmentDefinitionWire } from '../../../src/wire/segment-definition.wire';
import type { SegmentJobWire } from '../../../src/wire/segment-job.wire';
import { createTestContext, pageOf, runQuery } from '../../support/run-query';

function segmentJob(status: string, creationTime = 1e12, id = 'j1'): SegmentJobWire {
  return {
    id,
    status,
    segments: [{ segmentId: 's1' }, { segmentId: 's2' }],
    creationTime,
    updateTime: creationTime,
  };
}
function exportJob(status: string, creationTime = 1e12, id = 1): ExportJobWire {
  return { id, status, destination: { datasetId: 'd' }, schema: {}, creationTime, updateTime: creationTime };
}
function change(type: JobChange['type'], status: string): JobChange {
  return {
    cursor: type,
    type,
    at: new Date(1e12),
    replayed: false,
    watched: { kind: 'SEGMENT', job: segmentJob(status) },
    previousStatus: null,
  };
}

describe('createSegmentJob', () => {
  const create = `mutation ($input: CreateSegmentJobInput!) { createSegmentJob(input: $input) {
    timedOut segmentJob { id status } userErrors { code field } } }`;
  const segmentJobs = { create: () => Promise.resolve(segmentJob('NEW')) };

  it('answers at once and has the job looked at', async () => {
    const test = createTestContext({ sources: { segmentJobs } });
    const { data } = await runQuery(create, test, { input: { segments: { ids: ['s1'] } } });
    expect(data).toEqual({
      createSegmentJob: { timedOut: false, segmentJob: { id: 'j1', status: 'NEW' }, userErrors: [] },
    });
    expect(test.nudged).toEqual(['SEGMENT j1']);
  });

  it('waits for the end where it is told to', async () => {
    const changes = [change('SNAPSHOT', 'PROCESSING'), change('TERMINAL', 'SUCCEEDED')];
    const test = createTestContext({ sources: { segmentJobs }, changes });
    const { data } = await runQuery(create, test, { input: { segments: { all: true }, awaitMs: 60_000 } });
    expect(data).toMatchObject({
      createSegmentJob: { timedOut: false, segmentJob: { status: 'SUCCEEDED' } },
    });
    expect(test.released.count).toBe(1);
  });

  it('answers with the job that it has made where that cannot be watched', async () => {
    const watchFailure = new UpstreamUnavailable('away', { service: 'segmentation', status: 503 });
    const test = createTestContext({ sources: { segmentJobs }, watchFailure });
    const { data, errors } = await runQuery(create, test, {
      input: { segments: { all: true }, awaitMs: 60_000 },
    });
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      createSegmentJob: { timedOut: true, segmentJob: { id: 'j1', status: 'NEW' } },
    });
  });

  it('answers with what is known when the time is up, and lets go of the job', async () => {
    const test = createTestContext({ sources: { segmentJobs }, changes: [change('SNAPSHOT', 'PROCESSING')] });
    const { data } = await runQuery(create, test, { input: { segments: { ids: ['s1'] }, awaitMs: 5 } });
    expect(data).toMatchObject({
      createSegmentJob: { timedOut: true, segmentJob: { status: 'PROCESSING' } },
    });
    expect(test.released.count).toBe(1);
  });

  it.each([
    [{ segments: { ids: [] } }, ['input', 'segments', 'ids']],
    [{ segments: { all: false } }, ['input', 'segments', 'all']],
    [{ segments: { all: true }, awaitMs: -1 }, ['input', 'awaitMs']],
    [{ segments: { all: true }, awaitMs: 60_001 }, ['input', 'awaitMs']],
  ])('says what is wrong with %j', async (input, field) => {
    const { data } = await runQuery(create, createTestContext(), { input });
    expect(data).toMatchObject({
      createSegmentJob: { segmentJob: null, userErrors: [{ code: 'INVALID_INPUT', field }] },
    });
  });
});

describe('cancelSegmentJob', () => {
  const cancel = 'mutation { cancelSegmentJob(id: "j1") { segmentJob { status } userErrors { code } } }';

  it('answers with the job as it then stands', async () => {
    const found = ['PROCESSING', 'CANCELLING'];
    const segmentJobs = {
      find: () => Promise.resolve(segmentJob(found.shift() ?? '')),
      cancel: () => Promise.resolve(),
    };
    const test = createTestContext({ sources: { segmentJobs } });
    const { data } = await runQuery(cancel, test);
    expect(data).toEqual({ cancelSegmentJob: { segmentJob: { status: 'CANCELLING' }, userErrors: [] } });
    expect(test.nudged).toEqual(['SEGMENT j1']);
  });

  it.each(['SUCCEEDED', 'FAILED', 'CANCELLED'])('cannot cancel one that is %s', async (status) => {
    const segmentJobs = { find: () => Promise.resolve(segmentJob(status)) };
    const { data } = await runQuery(cancel, createTestContext({ sources: { segmentJobs } }));
    expect(data).toEqual({
      cancelSegmentJob: { segmentJob: { status }, userErrors: [{ code: 'JOB_NOT_CANCELABLE' }] },
    });
  });

  it('says that there is none', async () => {
    const segmentJobs = { find: () => Promise.resolve(null) };
    const { data } = await runQuery(cancel, createTestContext({ sources: { segmentJobs } }));
    expect(data).toEqual({ cancelSegmentJob: { segmentJob: null, userErrors: [{ code: 'NOT_FOUND' }] } });
  });
});

describe('createExportJob', () => {
  const create = `mutation ($input: CreateExportJobInput!) { createExportJob(input: $input) {
    exportJob { id datasetId } userErrors { code field } } }`;

  it.each([
    ['no segments', {}, 'EXPORTS_ALL_PROFILES', ['input', 'segments']],
    ['an empty list', { segments: [] }, 'EXPORTS_ALL_PROFILES', ['input', 'segments']],
    [
      'both',
      { segments: [{ segmentId: 's' }], allProfiles: true },
      'INVALID_INPUT',
      ['input', 'allProfiles'],
    ],
    [
      'no status',
      { segments: [{ segmentId: 's', statuses: [] }] },
      'INVALID_INPUT',
      ['input', 'segments', '0', 'statuses'],
    ],
    [
      'a range that ends before it begins',
      { allProfiles: true, qualifiedFrom: '2026-02-01T00:00:00Z', qualifiedTo: '2026-01-01T00:00:00Z' },
      'INVALID_INPUT',
      ['input', 'qualifiedTo'],
    ],
    [
      'a batch for each of no segments',
      { allProfiles: true, segmentPerBatch: true },
      'INVALID_INPUT',
      ['input', 'segmentPerBatch'],
    ],
    ...['a..b', '', '..', 'a,b'].map((path): [string, object, string, string[]] => [
      `the path "${path}"`,
      { allProfiles: true, fields: ['person', path] },
      'INVALID_INPUT',
      ['input', 'fields', '1'],
    ]),
  ])('refuses %s before anything is made', async (_name, given, code, field) => {
    const input = { destination: { newDatasetName: 'D' }, ...given };
    const { data } = await runQuery(create, createTestContext(), { input });
    expect(data).toEqual({ createExportJob: { exportJob: null, userErrors: [{ code, field }] } });
  });

  it.each([
    [
      'There is no merge policy with id "nope".',
      { code: 'NOT_FOUND', message: 'There is no merge policy nope.', field: ['input', 'mergePolicyId'] },
    ],
    [
      'destination.datasetId must name a dataset that exists; there is none with id "d1"',
      { code: 'NOT_FOUND', message: 'There is no dataset d1.', field: ['input', 'destination', 'datasetId'] },
    ],
    [
      'fields must name fields of the schema; it has no "nope.x"',
      {
        code: 'INVALID_INPUT',
        message: '"fields" must name fields of the schema; it has no "nope.x".',
        field: ['input', 'fields'],
      },
    ],
    [
      'schema must be {"name": "_xdm.context.profile"}',
      {
        code: 'INVALID_INPUT',
        message: 'The upstream does not take this "schemaName"; leave it out for profiles.',
        field: ['input', 'schemaName'],
      },
    ],
    [
      'filter.segments.3.segmentNs must have at most 64 character(s)',
      {
        code: 'INVALID_INPUT',
        message: '"namespace" must have at most 64 character(s).',
        field: ['input', 'segments', '3', 'namespace'],
      },
    ],
  ])('says in the input’s own places: %s', async (message, userError) => {
    const problems = [{ code: null, message }];
    const refused = new UpstreamRejected('No.', { service: 'segmentation', status: 400, problems });
    const exportJobs = { create: () => Promise.reject(refused) };
    const input = { destination: { datasetId: 'd1' }, allProfiles: true, mergePolicyId: 'nope' };
    const { data } = await runQuery(
      create.replace('code field', 'code message field'),
      createTestContext({ sources: { exportJobs } }),
      { input },
    );
    expect(data).toEqual({ createExportJob: { exportJob: null, userErrors: [userError] } });
  });

  it('names a segment that is given twice once, with the statuses of both', async () => {
    const sent: ExportJobBodyWire[] = [];
    const exportJobs = {
      create: (body: ExportJobBodyWire) => {
        sent.push(body);
        return Promise.resolve(exportJob('NEW'));
      },
    };
    const segments = ['REALIZED', 'EXITED'].map((status) => ({ segmentId: 's1', statuses: [status] }));
    const input = { destination: { datasetId: 'd1' }, segments, evaluateFirst: true };
    await runQuery(create, createTestContext({ sources: { exportJobs } }), { input });
    expect(sent[0]?.filter?.segments).toEqual([
      { segmentId: 's1', segmentNs: 'ups', status: ['realized', 'exited'] },
    ]);
  });

  it('makes a dataset on the union schema first where it is given a name', async () => {
    const made: unknown[] = [];
    const sources = {
      segmentDefinitions: { find: () => Promise.resolve({ id: 's1' } as SegmentDefinitionWire) },
      segmentJobs: { newestSucceeded: () => Promise.resolve(segmentJob('SUCCEEDED')) },
      catalog: {
        createDataset: (body: unknown) => {
          made.push(body);
          return Promise.resolve('d9');
        },
      },
      exportJobs: {
        create: (body: ExportJobBodyWire) =>
          Promise.resolve({ ...exportJob('NEW'), destination: body.destination }),
      },
    };
    const input = { destination: { newDatasetName: ' D ' }, segments: [{ segmentId: 's1' }] };
    const { data } = await runQuery(create, createTestContext({ sources }), { input });
    expect(made).toMatchObject([
      { name: 'D', schemaRef: { id: 'https://ns.adobe.com/xdm/context/profile__union' } },
    ]);
    expect(data).toEqual({ createExportJob: { exportJob: { id: '1', datasetId: 'd9' }, userErrors: [] } });
  });
});

describe('createExportJob of a segment that was never evaluated', () => {
  const create = `mutation ($input: CreateExportJobInput!) { createExportJob(input: $input) {
    exportJob { id } userErrors { code field hint } } }`;
  const input = { destination: { newDatasetName: 'D' }, segments: [{ segmentId: 's1' }] };
  const definition = (evaluationInfo?: SegmentDefinitionWire['evaluationInfo']): object => ({
    find: () => Promise.resolve({ id: 's1', ...(evaluationInfo && { evaluationInfo }) }),
  });
  const segmentJobs = { newestSucceeded: () => Promise.resolve(null) };
  const exporting = {
    catalog: { createDataset: () => Promise.resolve('d9') },
    exportJobs: { create: () => Promise.resolve(exportJob('NEW')) },
  };
  const streams = { batch: { enabled: false }, continuous: { enabled: true } };
  const made = { createExportJob: { exportJob: { id: '1' }, userErrors: [] } };

  it.each([input, { ...input, destination: { datasetId: 'd1' } }])(
    'is refused before anything is made (%j)',
    async (given) => {
      const sources = { segmentJobs, segmentDefinitions: definition() };
      const { data } = await runQuery(create, createTestContext({ sources }), { input: given });
      expect(data).toEqual({
        createExportJob: {
          exportJob: null,
          userErrors: [
            {
              code: 'SEGMENT_NOT_EVALUATED',
              field: ['input', 'segments', '0', 'segmentId'],
              hint: 'Run createSegmentJob first, or set evaluateFirst: true.',
            },
          ],
        },
      });
    },
  );

  it('is made where it is evaluated first', async () => {
    const sources = { ...exporting, segmentDefinitions: definition() };
    const test = createTestContext({ sources });
    expect((await runQuery(create, test, { input: { ...input, evaluateFirst: true } })).data).toEqual(made);
  });

  it('is made where Adobe evaluates it as data come in', async () => {
    const sources = { ...exporting, segmentJobs, segmentDefinitions: definition(streams) };
    const atAdobe = createTestContext({ sources, mode: 'ADOBE' });
    expect((await runQuery(create, atAdobe, { input })).data).toEqual(made);
    const embedded = createTestContext({ sources });
    expect((await runQuery(create, embedded, { input })).data).toMatchObject({
      createExportJob: { userErrors: [{ code: 'SEGMENT_NOT_EVALUATED' }] },
    });
  });

  it('is left to the upstream where its jobs cannot be looked at', async () => {
    const away = new UpstreamUnavailable('Away.', { service: 'segmentation', status: 503 });
    const sources = {
      ...exporting,
      segmentJobs: { newestSucceeded: () => Promise.reject(away) },
      segmentDefinitions: definition(),
    };
    expect((await runQuery(create, createTestContext({ sources }), { input })).data).toEqual(made);
  });

  it('is told to be unknown where it is not there', async () => {
    const sources = { segmentJobs, segmentDefinitions: { find: () => Promise.resolve(null) } };
    const given = { ...input, destination: { datasetId: 'd1' } };
    expect((await runQuery(create, createTestContext({ sources }), { input: given })).data).toMatchObject({
      createExportJob: {
        userErrors: [{ code: 'NOT_FOUND', field: ['input', 'segments', '0', 'segmentId'] }],
      },
    });
  });
});

describe('SegmentJob.segments', () => {
  it('leaves a null for what was deleted and an error at its place for what cannot be read', async () => {
    const sources = {
      segmentJobs: { find: () => Promise.resolve(segmentJob('NEW')) },
      segmentDefinitions: {
        find: (id: string) =>
          id === 's1'
            ? Promise.resolve(null)
            : Promise.reject(new UpstreamUnavailable('Away.', { service: 'segmentation', status: 503 })),
      },
    };
    const result = await runQuery(
      '{ segmentJob(id: "j1") { segmentIds segments { id } } }',
      createTestContext({ sources }),
    );
    expect(result.data).toEqual({ segmentJob: { segmentIds: ['s1', 's2'], segments: [null, null] } });
    expect(result.errors?.map(({ path }) => path)).toEqual([['segmentJob', 'segments', 1]]);
  });
});

describe('jobs', () => {
  const sources = {
    segmentJobs: {
      page: () => Promise.resolve(pageOf([segmentJob('NEW', 3e12, 'a'), segmentJob('NEW', 1e12, 'b')])),
    },
    exportJobs: { page: () => Promise.resolve(pageOf([exportJob('NEW', 2e12, 7)])) },
  };

  it('are both kinds in one list, newest first, each of its own type', async () => {
    const { data } = await runQuery(
      '{ jobs { totalCount nodes { __typename id } } }',
      createTestContext({ sources }),
    );
    expect(data).toEqual({
      jobs: {
        totalCount: 3,
        nodes: [
          { __typename: 'SegmentJob', id: 'a' },
          { __typename: 'ExportJob', id: '7' },
          { __typename: 'SegmentJob', id: 'b' },
        ],
      },
    });
  });

  it('go on in each list where an earlier page ended', async () => {
    const asked: Record<string, unknown> = {};
    const paged = {
      segmentJobs: {
        page: ({ after }: { after?: string | undefined }) => {
          asked['segment'] = after;
          return Promise.resolve(pageOf([segmentJob('NEW', 3e12, 'a'), segmentJob('NEW', 1e12, 'b')]));
        },
      },
      exportJobs: {
        page: ({ after }: { after?: string | undefined }) => {
          asked['export'] = after;
          return Promise.resolve(pageOf([exportJob('NEW', 2e12, 7)]));
        },
      },
    };
    const test = createTestContext({ sources: paged });
    const first = await runQuery('{ jobs(first: 2) { pageInfo { endCursor hasNextPage } } }', test);
    const { endCursor, hasNextPage } = (
      first.data as { jobs: { pageInfo: { endCursor: string; hasNextPage: boolean } } }
    ).jobs.pageInfo;
    expect(hasNextPage).toBe(true);
    await runQuery('query ($after: String) { jobs(first: 2, after: $after) { totalCount } }', test, {
      after: endCursor,
    });
    expect(asked).toEqual({ segment: 'cursor-a', export: 'cursor-7' });
  });

  it('hold back what may not come next, where a filter has left one list short, and go on behind it', async () => {
    const asked: Record<string, unknown> = {};
    const short = {
      segmentJobs: {
        page: ({ after }: { after?: string | undefined }) => {
          asked['segment'] = after;
          return Promise.resolve({
            ...pageOf([segmentJob('NEW', 3e12, 'a')]),
            hasNextPage: true,
            endCursor: 'far-behind-a',
          });
        },
      },
      exportJobs: {
        page: ({ after }: { after?: string | undefined }) => {
          asked['export'] = after;
          return Promise.resolve(pageOf([exportJob('NEW', 2e12, 7)]));
        },
      },
    };
    const test = createTestContext({ sources: short });
    const query =
      'query ($after: String) { jobs(first: 5, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }';
    const { data } = await runQuery(query, test);
    const { nodes, pageInfo } = (
      data as { jobs: { nodes: unknown; pageInfo: { endCursor: string; hasNextPage: boolean } } }
    ).jobs;
    expect(nodes).toEqual([{ id: 'a' }]);
    expect(pageInfo.hasNextPage).toBe(true);
    await runQuery(query, test, { after: pageInfo.endCursor });
    expect(asked).toEqual({ segment: 'far-behind-a', export: undefined });
  });

  it('refuse a cursor of another list', async () => {
    const test = createTestContext({ sources });
    const first = await runQuery('{ jobs(kinds: [SEGMENT]) { pageInfo { endCursor } } }', test);
    const { endCursor } = (first.data as { jobs: { pageInfo: { endCursor: string } } }).jobs.pageInfo;
    for (const after of [endCursor, 'nonsense', '']) {
      const result = await runQuery('query ($after: String) { jobs(after: $after) { totalCount } }', test, {
        after,
      });
      expect(result.errors?.[0]?.message).toContain('"after"');
    }
  });

  it('have only exports where they are asked for by dataset', async () => {
    const onlyExports = { exportJobs: sources.exportJobs };
    const { data } = await runQuery(
      '{ jobs(filter: { datasetId: "d" }) { nodes { id } } }',
      createTestContext({ sources: onlyExports }),
    );
    expect(data).toEqual({ jobs: { nodes: [{ id: '7' }] } });
  });
});

describe('awaitJob', () => {
  const ask = '{ awaitJob(kind: SEGMENT, id: "j1", timeoutMs: 50) { status } }';

  it('answers when the job ends', async () => {
    const segmentJobs = { find: () => Promise.resolve(segmentJob('NEW')) };
    const changes = [change('STATUS', 'PROCESSING'), change('TERMINAL', 'FAILED')];
    const { data } = await runQuery(ask, createTestContext({ sources: { segmentJobs }, changes }));
    expect(data).toEqual({ awaitJob: { status: 'FAILED' } });
  });

  it('watches nothing that has ended', async () => {
    const segmentJobs = { find: () => Promise.resolve(segmentJob('SUCCEEDED')) };
    const test = createTestContext({ sources: { segmentJobs } });
    expect((await runQuery(ask, test)).data).toEqual({ awaitJob: { status: 'SUCCEEDED' } });
    expect(test.released.count).toBe(0);
  });

  it('answers with its state when the time is up', async () => {
    const segmentJobs = { find: () => Promise.resolve(segmentJob('NEW')) };
    const changes = [change('SNAPSHOT', 'PROCESSING')];
    const test = createTestContext({ sources: { segmentJobs }, changes });
    expect((await runQuery(ask, test)).data).toEqual({ awaitJob: { status: 'PROCESSING' } });
    expect(test.released.count).toBe(1);
  });

  it('lets go of the job when the client leaves', async () => {
    const client = new AbortController();
    const segmentJobs = { find: () => Promise.resolve(segmentJob('NEW')) };
    const test = createTestContext({ sources: { segmentJobs }, signal: client.signal });
    const answer = runQuery(ask.replace('50', '60000'), test);
    client.abort();
    await answer;
    expect(test.released.count).toBe(1);
  });

  it.each([-1, 60_001])('refuses to wait for %s ms', async (timeoutMs) => {
    const { errors } = await runQuery(ask.replace('50', String(timeoutMs)), createTestContext());
    expect(errors?.[0]?.message).toMatch(/"timeoutMs" must be 0 to 60000/);
  });

  it('is null where there is no such job', async () => {
    const segmentJobs = { find: () => Promise.resolve(null) };
    expect((await runQuery(ask, createTestContext({ sources: { segmentJobs } }))).data).toEqual({
      awaitJob: null,
    });
  });
});

describe('schedules', () => {
  const create = `mutation ($cron: QuartzCron!) { createSchedule(input: { name: "N", cron: $cron }) {
    schedule { description nextRuns(first: 2) } userErrors { code field hint } } }`;
  const wire = {
    id: 'c',
    name: 'N',
    type: 'batch_segmentation',
    properties: { segments: ['*'] },
    createEpoch: 1,
    updateEpoch: 1,
  };

  it.each([
    ['0 0/5 * * * ?', 'SCHEDULE_TOO_FREQUENT'],
    ['0 0 1 * *', 'INVALID_INPUT'],
    ['0 0 12 1 1 ? 1990', 'INVALID_INPUT'],
  ])('refuse %s', async (cron, code) => {
    const { data } = await runQuery(create, createTestContext(), { cron });
    expect(data).toMatchObject({
      createSchedule: { schedule: null, userErrors: [{ code, field: ['input', 'cron'] }] },
    });
  });

  it.each([
    ['active', ['2026-01-01T01:00:00.000Z', '2026-01-02T01:00:00.000Z']],
    ['inactive', []],
  ])('that are %s fire next at these times', async (state, nextRuns) => {
    const schedules = { create: () => Promise.resolve({ ...wire, state, schedule: '0 0 1 * * ?' }) };
    const { data } = await runQuery(create, createTestContext({ sources: { schedules } }), {
      cron: '0 0 1 * * ?',
    });
    expect(data).toMatchObject({ createSchedule: { schedule: { description: 'At 01:00', nextRuns } } });
  });

  it('of exports are refused by the embedded platform, and left to Adobe', async () => {
    const ask = `mutation { createSchedule(input: { name: "N", cron: "0 0 1 * * ?", type: EXPORT }) {
      schedule { type } userErrors { code field } } }`;
    expect((await runQuery(ask, createTestContext())).data).toEqual({
      createSchedule: { schedule: null, userErrors: [{ code: 'INVALID_INPUT', field: ['input', 'type'] }] },
    });
    const made = { ...wire, type: 'export', state: 'inactive', schedule: '0 0 1 * * ?' };
    const schedules = { create: () => Promise.resolve(made) };
    expect((await runQuery(ask, createTestContext({ sources: { schedules }, mode: 'ADOBE' }))).data).toEqual({
      createSchedule: { schedule: { type: 'EXPORT' }, userErrors: [] },
    });
  });

  it('that are to be deleted but are not there are a user error', async () => {
    const gone = new UpstreamNotFound('No schedule.', { service: 'segmentation', status: 404 });
    const schedules = { delete: () => Promise.reject(gone) };
    const { data } = await runQuery(
      'mutation { deleteSchedule(id: "c") { deletedId userErrors { code field } } }',
      createTestContext({ sources: { schedules } }),
    );
    expect(data).toEqual({
      deleteSchedule: { deletedId: null, userErrors: [{ code: 'NOT_FOUND', field: ['id'] }] },
    });
  });
});

describe('audience templates', () => {
  const input = {
    name: 'T',
    host: 'https://api.example.com',
    audience: { name: '{{segment.name}}' },
    credential: { token: '********' },
    operations: [{ verb: 'CREATE', httpMethod: 'post', uri: '/v1' }],
  };

  it('are not made from masks, twice the same verb, or a host that a macro chooses', async () => {
    const create =
      'mutation ($input: AudienceTemplateInput!) { createAudienceTemplate(input: $input) { userErrors { code field } } }';
    const bad = {
      ...input,
      host: 'https://{{segment.name}}.example.com',
      operations: [...input.operations, ...input.operations],
    };
    const { data } = await runQuery(create, createTestContext(), { input: bad });
    expect(data).toEqual({
      createAudienceTemplate: {
        userErrors: [
          { code: 'INVALID_INPUT', field: ['input', 'host'] },
          { code: 'INVALID_INPUT', field: ['input', 'credential'] },
          { code: 'INVALID_INPUT', field: ['input', 'operations', '1', 'verb'] },
        ],
      },
    });
  });

  it('with a macro that is not known are refused before the upstream is asked, with its place', async () => {
    const create = `mutation ($input: AudienceTemplateInput!) {
      createAudienceTemplate(input: $input) { userErrors { code field message hint } } }`;
    const operations = [
      { verb: 'CREATE', httpMethod: 'POST', uri: '/v1', body: { n: ['{{audience.nam}}'] } },
    ];
    const { data } = await runQuery(create, createTestContext(), {
      input: { ...input, credential: {}, operations },
    });
    expect(data).toEqual({
      createAudienceTemplate: {
        userErrors: [
          {
            code: 'TEMPLATE_INVALID',
            field: ['input', 'operations', '0', 'body', 'n', '0'],
            message: 'There is no macro {{audience.nam}}. Did you mean {{audience.name}}?',
            hint: 'Did you mean {{audience.name}}?',
          },
        ],
      },
    });
  });

  it('do not take a stored secret to another host', async () => {
    const stored = { credential: input.credential, metadataTemplate: { host: 'https://other.example.com' } };
    const audienceTemplates = {
      byId: () => Promise.resolve({ instanceId: 't', ...stored, credential: { token: 'the-secret' } }),
    };
    const update = `mutation ($input: AudienceTemplateInput!) { updateAudienceTemplate(id: "t", input: $input) {
      audienceTemplate { credential } userErrors { code field } } }`;
    const { data } = await runQuery(update, createTestContext({ sources: { audienceTemplates } }), { input });
    expect(data).toEqual({
      updateAudienceTemplate: {
        audienceTemplate: null,
        userErrors: [{ code: 'TEMPLATE_INVALID', field: ['input', 'credential', 'token'] }],
      },
    });
  });

  it('keep the stored secret where an update sends its mask back', async () => {
    const sent: unknown[] = [];
    const audienceTemplates = {
      byId: () =>
        Promise.resolve({
          instanceId: 't',
          credential: { token: 'the-secret' },
          metadataTemplate: { host: input.host },
        }),
      replace: (_id: string, body: object) => {
        sent.push(body);
        return Promise.resolve({ instanceId: 't', ...body });
      },
    };
    const update = `mutation ($input: AudienceTemplateInput!) { updateAudienceTemplate(id: "t", input: $input) {
      audienceTemplate { credential } userErrors { code } } }`;
    const result = await runQuery(update, createTestContext({ sources: { audienceTemplates } }), { input });
    expect(sent).toMatchObject([{ credential: { token: 'the-secret' } }]);
    expect(JSON.stringify(result)).not.toContain('the-secret');
  });
});
