import { readExample } from '../../fixtures/adobe/examples';
import type { Reply } from '../../support/fake-upstream';
import { bare, definition, exportOf, jobOf, json } from './quirk';
import type { Quirk, Replies, SeenForm } from './quirk';

const schedule = { ...(readExample('evaluate-segment-02-schedule') as object), id: 'c1' };
const marked = { status: true, message: 'Export job has been marked for cancelling' };
const accepted: Readonly<Record<string, Reply>> = {
  '204 empty': bare(204),
  // HTTP has no place for it; what comes all the same is the end of the connection.
  '204 with a body': {
    raw: (response) =>
      response.socket?.write(
        `HTTP/1.1 204 No Content\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(marked)}`,
      ),
  },
  '200 with a body': json(marked),
  '200 empty': bare(200),
  '202 with a body': json(marked, 202),
  '200 with words': bare(200, 'Accepted'),
};

function cancelling(field: 'cancelExportJob' | 'cancelSegmentJob'): SeenForm[] {
  const isExport = field === 'cancelExportJob';
  const path = isExport ? '/export/jobs/7' : '/segment/jobs/j1';
  const job = isExport ? exportOf({ status: 'PROCESSING' }) : jobOf({ status: 'PROCESSING' });
  const name = isExport ? 'exportJob' : 'segmentJob';
  return Object.entries(accepted).map(([form, reply]) => ({
    form,
    replies: { [`GET ${path}`]: json(job), [`DELETE ${path}`]: reply },
    asks: `mutation { ${field}(id: "${isExport ? '7' : 'j1'}") { ${name} { status } userErrors { code } } }`,
    sees: { [field]: { [name]: { status: 'PROCESSING' }, userErrors: [] } },
    sends: { call: `DELETE ${path}` },
  }));
}

const patched: SeenForm = {
  form: 'the state',
  replies: { 'PATCH /config/schedules/c1': bare(204), 'GET /config/schedules/c1': json(schedule) },
  asks: 'mutation { updateSchedule(input: { id: "c1", state: ACTIVE }) { schedule { id } userErrors { code } } }',
  sees: { updateSchedule: { schedule: { id: 'c1' }, userErrors: [] } },
  sends: {
    call: 'PATCH /config/schedules/c1',
    body: [{ op: 'add', path: '/state', value: 'active' }],
  },
};
const createSegment =
  'mutation { createSegment(input: { name: "US", expression: { text: "homeAddress.country = \\"US\\"" } }) { segment { id } userErrors { code message field } } }';

function created(replies: Replies, form: string): SeenForm {
  return {
    form,
    replies,
    asks: createSegment,
    sees: { createSegment: { segment: { id: 's1' }, userErrors: [] } },
  };
}

/** A query that an upstream refuses. */
function refused(
  form: string,
  reply: Reply,
  codes: readonly string[],
  data: object | null = { segment: null },
): SeenForm {
  return {
    form,
    replies: { 'GET /segment/definitions/s1': reply },
    asks: '{ segment(id: "s1") { id } }',
    sees: data ?? {},
    errors: codes,
  };
}

const ups = (status: number, inside = false): object => {
  const head = { type: `https://ns.adobe.com/aep/errors/UPAPI-113430-${status}`, title: 'No', status };
  const errors = { [String(status)]: [{ code: status, message: 'It is so.' }] };
  return inside ? { requestId: 'r', errors: { ...errors, ...head } } : { requestId: 'r', errors, ...head };
};

/** §4: methods, statuses, bodies. */
export const methods: Readonly<Record<string, Quirk>> = {
  M1: [patched],
  M2: cancelling('cancelExportJob').slice(0, 1),
  M3: cancelling('cancelExportJob'),
  M4: cancelling('cancelSegmentJob'),
  M5: Object.entries({
    ...accepted,
    '200 with status and message': json({ status: true, message: 'x' }),
  }).map(([form, reply]) => ({
    form,
    replies: { 'DELETE /segment/definitions/s1': reply },
    asks: 'mutation { deleteSegment(id: "s1") { deletedId userErrors { code } } }',
    sees: { deleteSegment: { deletedId: 's1', userErrors: [] } },
  })),
  M6: [200, 201, 202].map((status) =>
    created({ 'POST /segment/definitions': json(definition, status) }, String(status)),
  ),
  M7: [
    {
      form: 'one is missing in the results',
      replies: {
        'GET /segment/jobs/j1': json(
          jobOf({ segments: [{ segmentId: 's1' }, { segmentId: 's2' }, { segmentId: 's3' }] }),
        ),
        'POST /segment/definitions/bulk-get': json(
          { results: { s1: definition, s3: { ...definition, id: 's3' } } },
          207,
        ),
      },
      asks: '{ segmentJob(id: "j1") { segmentIds segments { id } } }',
      sees: {
        segmentJob: { segmentIds: ['s1', 's2', 's3'], segments: [{ id: 's1' }, null, { id: 's3' }] },
      },
      sends: {
        call: 'POST /segment/definitions/bulk-get',
        body: { ids: [{ id: 's1' }, { id: 's2' }, { id: 's3' }] },
      },
    },
  ],
  M8: [
    {
      form: 'a plain object for a definition',
      replies: { 'PATCH /segment/definitions/s1': json(definition) },
      asks: 'mutation { updateSegment(input: { id: "s1", name: "US" }) { segment { id } userErrors { code } } }',
      sees: { updateSegment: { segment: { id: 's1' }, userErrors: [] } },
      sends: { call: 'PATCH /segment/definitions/s1', body: { name: 'US' } },
    },
    { ...patched, form: 'JSON Patch, as a list, for a schedule' },
  ],
  M9: [{ ...patched, form: 'op is add' }],
  M10: {
    why: 'A slip of the page: the example of an export job stands under audience templates. It is a fixture.',
    file: 'test/fixtures/adobe/examples.ts',
    says: 'audience-metadata-01-export-job-under-templates',
  },
  M11: {
    why: 'Samples that are no JSON: each fixture says what was mended.',
    file: 'test/fixtures/adobe/examples.ts',
    says: 'a missing comma before destination',
  },
  M12: [
    refused('a type that ends with 403, with status 404', json(ups(403), 404), [], { segment: null }),
    refused('a type that ends with 500, with status 403', json(ups(500), 403), ['FORBIDDEN']),
  ],
  M13: Object.entries({
    'A, of the API gateway': { error_code: '403027', message: 'User region is missing' },
    'B, of a version': { errorMessage: 'Supplied version=[1] does not match' },
    'C, of Catalog': { type: '/placeholder/type/uri', status: 403, title: 'Forbidden', detail: 'No.' },
    'D, of segmentation': ups(403),
    'D, all inside errors': ups(403, true),
    'E, of profile access': { message: 'UPS-ACC-1000004: not provisioned', cause: 'x', statusCode: '403' },
    'E, in a list': [{ message: 'UPS-ACC-1000004: not provisioned', statusCode: '403' }],
    'F, of jobs': { errors: [{ code: '0090000009', msg: 'No.', callStack: 'at x' }] },
    'G, of batches': { errors: [{ code: '106', description: 'No.', rows: ['3-5'] }] },
    'OAuth’s own': { error: 'access_denied', error_description: 'No.' },
    'none at all': {},
  }).map(([form, body]) => refused(form, json(body, 403), ['FORBIDDEN'])),
  M14: [
    {
      ...refused(
        'a list, the wait a text, no header',
        json([{ message: 'Slow down', cause: 'x', retryAfterMs: '5', statusCode: '429' }], 429),
        ['RATE_LIMITED'],
      ),
    },
  ],
  M15: [
    {
      form: '422',
      replies: { 'POST /segment/definitions': json(ups(422), 422) },
      asks: createSegment,
      sees: {
        createSegment: { segment: null, userErrors: [{ code: 'NAME_TAKEN', field: ['input', 'name'] }] },
      },
    },
    {
      form: '409 "already exists"',
      replies: {
        'POST /segment/definitions': json(
          { errors: { '409': [{ code: 409, message: 'It already exists.' }] }, status: 409 },
          409,
        ),
      },
      asks: createSegment,
      sees: {
        createSegment: { segment: null, userErrors: [{ code: 'NAME_TAKEN', field: ['input', 'name'] }] },
      },
    },
  ],
  M16: [
    {
      form: 'the gateway always sends one',
      replies: { 'POST /config/schedules': json(schedule) },
      asks: 'mutation { createSchedule(input: { name: "n", cron: "0 0 1 * * ?" }) { schedule { id } userErrors { code } } }',
      sees: { createSchedule: { schedule: { id: 'c1' }, userErrors: [] } },
      sends: {
        call: 'POST /config/schedules',
        body: {
          name: 'n',
          type: 'batch_segmentation',
          properties: { segments: ['*'] },
          schedule: '0 0 1 * * ?',
          state: 'inactive',
        },
      },
    },
  ],
  M17: ['export', 'batch_segmentation', 'refresh'].map((type) => ({
    form: type,
    replies: { 'GET /config/schedules/c1': json({ ...schedule, type }) },
    asks: '{ schedule(id: "c1") { type } }',
    sees: { schedule: { type: type === 'refresh' ? 'UNKNOWN' : type.toUpperCase() } },
  })),
  M18: [
    '/export/jobs/?limit=1&offset=1538573416687_722',
    '/export/jobs?limit=1&offset=1538573416687_722',
  ].map((next) => ({
    form: next,
    replies: { 'GET /export/jobs': json({ records: [exportOf({})], page: {}, link: { next } }) },
    asks: '{ exportJobs(first: 1) { nodes { id } pageInfo { hasNextPage } } }',
    sees: { exportJobs: { nodes: [{ id: '7' }], pageInfo: { hasNextPage: true } } },
  })),
  M19: {
    why: 'The host is configured, and a stage host is one like any other.',
    file: 'test/unit/config.test.ts',
    says: 'wants an origin for the upstream',
  },
  M20: [
    {
      form: 'application/json',
      replies: { 'GET /segment/definitions/s1': json(definition) },
      asks: '{ segment(id: "s1") { id } }',
      sees: { segment: { id: 's1' } },
      sends: { call: 'GET /segment/definitions/s1', headers: { accept: 'application/json' } },
    },
  ],
  M21: {
    why: 'It concerns the token endpoint; the platform takes both forms, the gateway sends the newer.',
    file: 'test/contract/tokens.contract.ts',
    says: 'parameters that are not sent as a form are a 415 that names it',
  },
};
