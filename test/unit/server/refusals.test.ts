import { readExample } from '../../fixtures/adobe/examples';
import type { Reply } from '../../support/fake-upstream';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

interface WrittenAnswer {
  readonly data: Readonly<
    Record<string, { userErrors: { code: string; message: string; field: string[] | null }[] } | null>
  > | null;
  readonly errors?: readonly {
    readonly path?: readonly string[];
    readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
  }[];
}

const job = { id: 'j1', status: 'PROCESSING', segments: [], creationTime: 1, updateTime: 1 };
const exportJob = {
  id: 7,
  status: 'PROCESSING',
  destination: { datasetId: 'd' },
  creationTime: 1,
  updateTime: 1,
};
const rule = '{ text: "homeAddress.country = \\"US\\"" }';
const template = `{ name: "T", host: "https://a.example", audience: {}, credential: {},
  operations: [{ verb: CREATE, httpMethod: "POST", uri: "/x" }] }`;

/** Each mutation that writes upstream, with the call that is refused and what comes before it. */
const mutations: Readonly<
  Record<string, { asks: string; refuses: string; before?: Readonly<Record<string, Reply>> }>
> = {
  createSegment: {
    asks: `createSegment(input: { name: "n", expression: ${rule}, mergePolicyId: "m1" })`,
    refuses: 'POST /segment/definitions',
  },
  updateSegment: {
    asks: `updateSegment(input: { id: "s1", expression: ${rule} })`,
    refuses: 'PATCH /segment/definitions/s1',
  },
  deleteSegment: { asks: 'deleteSegment(id: "s1")', refuses: 'DELETE /segment/definitions/s1' },
  startPreview: { asks: `startPreview(input: { expression: ${rule} })`, refuses: 'POST /preview' },
  createSegmentJob: {
    asks: 'createSegmentJob(input: { segments: { ids: ["s0", "s1"] } })',
    refuses: 'POST /segment/jobs',
  },
  cancelSegmentJob: {
    asks: 'cancelSegmentJob(id: "j1")',
    refuses: 'DELETE /segment/jobs/j1',
    before: { 'GET /segment/jobs/j1': { json: job } },
  },
  createExportJob: {
    asks: 'createExportJob(input: { segments: [{ segmentId: "s0" }, { segmentId: "s1" }], destination: { datasetId: "d1" } })',
    refuses: 'POST /export/jobs',
  },
  cancelExportJob: {
    asks: 'cancelExportJob(id: "7")',
    refuses: 'DELETE /export/jobs/7',
    before: { 'GET /export/jobs/7': { json: exportJob } },
  },
  createSchedule: {
    asks: 'createSchedule(input: { name: "n", cron: "0 0 1 * * ?", segments: { ids: ["s1"] } })',
    refuses: 'POST /config/schedules',
  },
  updateSchedule: {
    asks: 'updateSchedule(input: { id: "c1", state: ACTIVE })',
    refuses: 'PATCH /config/schedules/c1',
    before: { 'GET /config/schedules/c1': { json: readExample('evaluate-segment-02-schedule') } },
  },
  deleteSchedule: { asks: 'deleteSchedule(id: "c1")', refuses: 'DELETE /config/schedules/c1' },
  createAudienceTemplate: {
    asks: `createAudienceTemplate(input: ${template})`,
    refuses: 'POST /authoring/v1/audience-templates',
  },
  updateAudienceTemplate: {
    asks: `updateAudienceTemplate(id: "t1", input: ${template})`,
    refuses: 'PUT /authoring/v1/audience-templates/t1',
  },
  deleteAudienceTemplate: {
    asks: 'deleteAudienceTemplate(id: "t1")',
    refuses: 'DELETE /authoring/v1/audience-templates/t1',
  },
  createDataset: { asks: 'createDataset(name: "D")', refuses: 'POST /catalog/dataSets' },
};

/** Adobe's families of error bodies, each saying that something is so. */
const families: Readonly<Record<string, (status: number) => unknown>> = {
  A: (status) => ({ error_code: `${String(status)}003`, message: 'It is so.' }),
  B: () => ({ errorMessage: 'It is so.' }),
  C: (status) => ({ type: '/placeholder/type/uri', status, title: 'Error', detail: 'It is so.' }),
  D: (status) => ({
    requestId: 'r',
    errors: { [String(status)]: [{ code: status, message: 'It is so.' }] },
    type: `https://ns.adobe.com/aep/errors/UPAPI-113434-${String(status)}`,
    title: 'Error',
    status,
  }),
  E: (status) => ({ message: 'It is so.', cause: 'x', statusCode: String(status) }),
  F: () => ({ errors: [{ code: '0090000009', msg: 'It is so.', callStack: 'at secret.Stack' }] }),
  G: () => ({ errors: [{ code: '106', description: 'It is so.', rows: ['3-5'] }] }),
  'no body': () => ({}),
};

let started: StartedGateway;
let replies: Readonly<Record<string, Reply>> = {};

beforeAll(async () => {
  started = await startGateway(
    ({ method, path }) =>
      replies[`${method} ${path.replace(/^\/data\/(core\/ups|foundation|core\/activation)/, '')}`],
  );
});
afterAll(() => started.close());

async function refuse(name: string, reply: Reply): Promise<{ answer: WrittenAnswer; response: Response }> {
  const mutation = mutations[name];
  if (mutation === undefined) throw new Error(`There is no mutation ${name}`);
  replies = { ...mutation.before, [mutation.refuses]: reply };
  const response = await started.post({
    query: `mutation { ${mutation.asks} { userErrors { code message field } } }`,
  });
  return { answer: (await response.json()) as WrittenAnswer, response };
}

describe.each(Object.keys(mutations))('%s', (name) => {
  it('tells as a user error what the upstream refuses, in its words, whatever their form', async () => {
    for (const [family, bodyOf] of Object.entries(families)) {
      for (const status of [400, 409, 422]) {
        const { answer } = await refuse(name, { status, json: bodyOf(status) });
        expect({ family, status, errors: answer.errors }).toEqual({ family, status, errors: undefined });
        const [userError, ...others] = answer.data?.[name]?.userErrors ?? [];
        expect(others).toEqual([]);
        if (family !== 'no body') expect(userError?.message).toMatch(/It is so|has|not|Mend/);
        expect(userError?.message).not.toContain('secret.Stack');
      }
    }
  });

  it('tells an unknown id as a user error', async () => {
    const { answer } = await refuse(name, { status: 404, json: families['D']?.(404) });
    expect(answer.errors).toBeUndefined();
    expect(answer.data?.[name]?.userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it.each([
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [429, 'RATE_LIMITED'],
    [500, 'UPSTREAM_INVALID_RESPONSE'],
    [503, 'UPSTREAM_UNAVAILABLE'],
    [302, 'UPSTREAM_INVALID_RESPONSE'],
  ])('ends with a code where the user cannot mend it (%i)', async (status, code) => {
    const headers = status === 429 ? { 'retry-after': '7' } : {};
    const { answer, response } = await refuse(name, { status, json: families['D']?.(status), headers });
    expect(answer.data).toBeNull();
    expect(answer.errors).toMatchObject([
      {
        path: [name],
        extensions: {
          code,
          upstream: {
            status,
            errorCode: `UPAPI-113434-${String(status)}`,
            title: status >= 400 && status < 500 ? 'Error' : null,
            requestId: 'r',
          },
          ...(status === 429 && { retryAfterMs: 7000 }),
        },
      },
    ]);
    expect(response.headers.get('retry-after')).toBe(status === 429 ? '7' : null);
  });

  it('says that the outcome is unknown where the answer was lost, and does not write again', async () => {
    started.upstream.calls.length = 0;
    const { answer } = await refuse(name, { raw: (response) => response.destroy() });
    expect(answer.errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_UNAVAILABLE', outcome: 'UNKNOWN' } },
    ]);
    const writes = started.upstream.calls.filter(({ method }) => method !== 'GET');
    expect(writes).toHaveLength(1);
  });
});

describe('an error', () => {
  it('has one request id: in the answer, in the log, upstream', async () => {
    started.upstream.calls.length = 0;
    started.logLines.length = 0;
    const { answer } = await refuse('deleteSegment', { status: 503, json: {} });
    const requestId = answer.errors?.[0]?.extensions['requestId'];
    expect(typeof requestId).toBe('string');
    expect(started.upstream.calls.map(({ headers }) => headers['x-request-id'])).toEqual([requestId]);
    const lines = started.logLines.map((line) => JSON.parse(line) as { requestId?: string });
    expect(lines.filter((line) => line.requestId === requestId)).not.toEqual([]);
  });

  it.each([
    ['createSegmentJob', 'Segment s1 does not exist.', ['input', 'segments', 'ids', '1']],
    ['createExportJob', 'There is no segment "s1".', ['input', 'segments', '1', 'segmentId']],
    ['createExportJob', 'Dataset d1 was not found', ['input', 'destination', 'datasetId']],
    ['createSchedule', 'Unknown: s1', ['input', 'segments', 'ids', '0']],
    ['createSegment', 'No merge policy with id m1.', ['input', 'mergePolicyId']],
  ])('of %s says where the id is that the upstream speaks of: %s', async (name, message, field) => {
    const { answer } = await refuse(name, { status: 404, json: { message } });
    expect(answer.data?.[name]?.userErrors).toMatchObject([{ code: 'NOT_FOUND', field }]);
  });
});

describe('an export to a dataset of a new name', () => {
  const asks = (id: string): string =>
    `mutation { createExportJob(input: { segments: [{ segmentId: "s1" }, { segmentId: "${id}" }],
      destination: { newDatasetName: "N" } }) { exportJob { id } userErrors { code field } } }`;
  const definitions = { s1: { id: 's1', name: 'One' }, s2: { id: 's2', name: 'Two' } };
  const upstream: Readonly<Record<string, Reply>> = {
    'POST /segment/definitions/bulk-get': { status: 207, json: { results: definitions } },
    'POST /catalog/dataSets': { status: 201, json: ['@/dataSets/new1'] },
    'DELETE /catalog/dataSets/new1': { json: ['@/dataSets/new1'] },
    'POST /export/jobs': { json: exportJob },
  };

  async function run(
    id: string,
    change: Readonly<Record<string, Reply>> = {},
  ): Promise<{ answer: unknown; lines: string[] }> {
    replies = { ...upstream, ...change };
    started.upstream.calls.length = 0;
    const answer: unknown = await (await started.post({ query: asks(id) })).json();
    return { answer, lines: started.upstream.lines().filter((line) => !line.startsWith('GET ')) };
  }

  it('costs one bulk-get, the dataset and the job', async () => {
    const { answer, lines } = await run('s2');
    expect(answer).toEqual({ data: { createExportJob: { exportJob: { id: '7' }, userErrors: [] } } });
    expect(lines).toEqual([
      'POST /segment/definitions/bulk-get',
      'POST /catalog/dataSets',
      'POST /export/jobs',
    ]);
  });

  it('is not begun where a segment is not there', async () => {
    const { answer, lines } = await run('s3');
    const userErrors = [{ code: 'NOT_FOUND', field: ['input', 'segments', '1', 'segmentId'] }];
    expect(answer).toEqual({ data: { createExportJob: { exportJob: null, userErrors } } });
    expect(lines).toEqual(['POST /segment/definitions/bulk-get']);
  });

  it.each([
    [400, 'Segment s2 has never been evaluated', 'SEGMENT_NOT_EVALUATED'],
    [400, 'limit of jobs reached', 'QUOTA_EXCEEDED'],
    [403, 'No.', 'FORBIDDEN'],
    [429, 'Slow.', 'RATE_LIMITED'],
  ])('leaves no dataset behind where it is refused (%i %s)', async (status, message, code) => {
    const { answer, lines } = await run('s2', { 'POST /export/jobs': { status, json: { message } } });
    expect(JSON.stringify(answer)).toContain(code);
    expect(lines.at(-1)).toBe('DELETE /catalog/dataSets/new1');
  });

  it('keeps the dataset where the export may have begun', async () => {
    const { lines } = await run('s2', { 'POST /export/jobs': { raw: (response) => response.destroy() } });
    expect(lines.at(-1)).toBe('POST /export/jobs');
  });

  it('tells of the refusal where the dataset cannot be removed either', async () => {
    const { answer } = await run('s2', {
      'POST /export/jobs': { status: 400, json: { message: 'No.' } },
      'DELETE /catalog/dataSets/new1': { status: 500, json: {} },
    });
    expect(answer).toMatchObject({
      data: { createExportJob: { userErrors: [{ code: 'UPSTREAM_REJECTED' }] } },
    });
  });
});
