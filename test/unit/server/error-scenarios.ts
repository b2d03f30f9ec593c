import type { Reply } from '../../support/fake-upstream';
import { readExample } from '../../fixtures/adobe/examples';

/** How an error comes to be: what is asked, and what the upstream answers. */
export interface Scenario {
  /** In words, for docs/errors.md. */
  readonly when: string;
  /** A GraphQL document, or the whole body of the request. */
  readonly asks: string | object;
  readonly replies?: Readonly<Record<string, Reply>>;
}

const says = (status: number, message: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  json: { message },
  headers,
});
const segment = '{ segment(id: "s1") { name } }';
const ofSegment = (reply: Reply): Readonly<Record<string, Reply>> => ({
  'GET /segment/definitions/s1': reply,
});
const isSo = (words: string): string => `the upstream answers ${words}`;

/** One of each code of GraphQL errors, ours and the protocol's. */
export const faults: Readonly<Record<string, Scenario>> = {
  UNAUTHENTICATED: {
    when: isSo('401'),
    asks: segment,
    replies: ofSegment(says(401, 'Oauth token is not valid')),
  },
  FORBIDDEN: { when: isSo('403'), asks: segment, replies: ofSegment(says(403, 'Profile is not valid')) },
  NOT_FOUND: {
    when: 'the files of a batch are gone',
    asks: '{ batch(id: "b1") { files { name } } }',
    replies: { 'GET /catalog/batches/b1': { json: { b1: { status: 'success' } } } },
  },
  BAD_USER_INPUT: { when: '`segments(first: 0)`', asks: '{ segments(first: 0) { nodes { id } } }' },
  RATE_LIMITED: {
    when: isSo('429 with `Retry-After: 60`'),
    asks: segment,
    replies: ofSegment(says(429, 'Too many requests', { 'retry-after': '60' })),
  },
  UPSTREAM_UNAVAILABLE: {
    when: isSo('503 to a write'),
    asks: 'mutation { deleteSegment(id: "s1") { deletedId } }',
    replies: { 'DELETE /segment/definitions/s1': says(503, 'Try later') },
  },
  UPSTREAM_TIMEOUT: { when: isSo('408'), asks: segment, replies: ofSegment(says(408, 'Too slow')) },
  UPSTREAM_INVALID_RESPONSE: {
    when: 'the name of a segment is a number',
    asks: segment,
    replies: ofSegment({ json: { id: 's1', name: 42 } }),
  },
  QUERY_TOO_COMPLEX: {
    when: 'a hundred segments with a hundred jobs each',
    asks: '{ segments(first: 100) { nodes { jobs(first: 100) { nodes { id } } } } }',
  },
  DISK_FULL: {
    when: 'an audience run is to be written on a full disk',
    asks: 'mutation { startAudienceRun(input: { segmentIds: ["s1"], destination: { newDatasetName: "D" } }) { userErrors { code message } } }',
    replies: {
      'GET /segment/definitions': {
        json: { segments: [{ id: 's1', name: 'One', expression: {} }], page: {}, link: {} },
      },
      ...ofSegment({ json: { id: 's1', name: 'One', expression: {} } }),
    },
  },
  PERSISTED_QUERY_ONLY: {
    when: 'a document that is none of `PERSISTED_QUERIES`',
    asks: '{ session { orgId } }',
  },
  INTERNAL_SERVER_ERROR: {
    when: 'the gateway has a bug (in the test, its clock breaks)',
    asks: '{ explainCron(cron: "0 0 1 * * ?") { nextRuns } }',
  },
  GRAPHQL_PARSE_FAILED: { when: '`{ segments`', asks: '{ segments' },
  GRAPHQL_VALIDATION_FAILED: { when: '`{ segmnts { id } }`', asks: '{ segmnts { id } }' },
  OPERATION_RESOLUTION_FAILURE: {
    when: 'two operations, and no `operationName`',
    asks: 'query A { session { orgId } } query B { session { orgId } }',
  },
  BAD_REQUEST: { when: 'a body without `query`', asks: { variables: {} } },
  PERSISTED_QUERY_NOT_SUPPORTED: {
    when: 'a hash alone',
    asks: { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } },
  },
};

const createSegment = (name: string, text: string): string =>
  `mutation { createSegment(input: { name: "${name}", expression: { text: "${text}" } }) { userErrors { code message } } }`;
const rule = 'homeAddress.country = \\"US\\"';
const createSchedule = (cron: string): string =>
  `mutation { createSchedule(input: { name: "n", cron: "${cron}" }) { userErrors { code message } } }`;
const refusedSchedule = (message: string): Scenario => ({
  when: isSo(`400, "${message}"`),
  asks: createSchedule('0 0 1 * * ?'),
  replies: { 'POST /config/schedules': says(400, message) },
});
const createExport = (part: string): string =>
  `mutation { createExportJob(input: { destination: { datasetId: "d1" }${part} }) { userErrors { code message } } }`;
const refusedExport = (message: string): Scenario => ({
  when: isSo(`400, "${message}"`),
  asks: createExport(', segments: [{ segmentId: "s1" }]'),
  replies: { 'POST /export/jobs': says(400, message) },
});
const template = (host: string): Reply => ({
  json: {
    instanceId: 't1',
    metadataTemplate: {
      name: 'T',
      host,
      validate: { uri: '/v', method: 'GET', errorSchemaMap: { message: 'why' } },
    },
  },
});
const apply =
  'mutation { applyAudienceTemplate(input: { templateId: "t1", verb: VALIDATE }) { userErrors { code message } } }';

/** One of each code of user errors; `destination` answers 400 with `{ "why": "No such account." }`. */
export function mistakes(destination: string): Readonly<Record<string, Scenario>> {
  return {
    INVALID_INPUT: { when: 'a segment without a name', asks: createSegment('', rule) },
    INVALID_PQL: { when: '`homeAdress country`', asks: createSegment('n', 'homeAdress country') },
    NOT_FOUND: {
      when: '`deleteSegment` of an unknown id',
      asks: 'mutation { deleteSegment(id: "s9") { userErrors { code message } } }',
    },
    FORBIDDEN: {
      when: 'a template for a host that the operator does not allow',
      asks: apply,
      replies: { 'GET /authoring/v1/audience-templates/t1': template('https://api.linkedin.com') },
    },
    CONFLICT: {
      when: isSo('409 to `deleteSegment`'),
      asks: 'mutation { deleteSegment(id: "s1") { userErrors { code message } } }',
      replies: { 'DELETE /segment/definitions/s1': says(409, 'It has changed meanwhile.') },
    },
    NAME_TAKEN: {
      when: isSo('422 to `createSegment`'),
      asks: createSegment('n', rule),
      replies: { 'POST /segment/definitions': says(422, 'There is a definition of this name.') },
    },
    SCHEDULE_LIMIT: refusedSchedule('There can be 1 schedule of this type.'),
    SCHEDULE_TOO_FREQUENT: { when: '`0 0 * * * ?`', asks: createSchedule('0 0 * * * ?') },
    MERGE_POLICY_LIMIT: refusedSchedule('There are more than 5 merge policies.'),
    DATASET_NOT_UNION: refusedExport('The dataset is not on the union schema.'),
    SEGMENT_NOT_EVALUATED: {
      when: 'an export of a segment that no job has evaluated',
      asks: createExport(', segments: [{ segmentId: "s1" }]'),
      replies: {
        'GET /segment/jobs': { json: { children: [], _page: { totalCount: 0, pageSize: 0 } } },
        'GET /segment/definitions/s1': { json: { id: 's1', name: 'n' } },
      },
    },
    EXPORTS_ALL_PROFILES: { when: 'an export without segments', asks: createExport('') },
    JOB_NOT_CANCELABLE: {
      when: 'a job that has SUCCEEDED',
      asks: 'mutation { cancelExportJob(id: "11037") { userErrors { code message } } }',
      replies: {
        'GET /export/jobs/11037': { json: readExample('export-jobs-05-finished-export-job') },
      },
    },
    TEMPLATE_INVALID: {
      when: isSo('400 to a template'),
      asks: `mutation { createAudienceTemplate(input: { name: "T", host: "https://a.example", audience: {}, credential: {},
        operations: [{ verb: CREATE, httpMethod: "POST", uri: "/x" }] }) { userErrors { code message } } }`,
      replies: { 'POST /authoring/v1/audience-templates': says(400, 'The template has no audience.') },
    },
    DESTINATION_REJECTED: {
      when: 'the ad platform answers 400, "No such account."',
      asks: apply,
      replies: { 'GET /authoring/v1/audience-templates/t1': template(destination) },
    },
    QUOTA_EXCEEDED: {
      when: isSo('400, "Too many jobs are running."'),
      asks: 'mutation { createSegmentJob(input: { segments: { all: true } }) { userErrors { code message } } }',
      replies: { 'POST /segment/jobs': says(400, 'Too many jobs are running.') },
    },
    UPSTREAM_REJECTED: {
      when: isSo('400 for a reason of its own'),
      asks: 'mutation { createSegmentJob(input: { segments: { all: true } }) { userErrors { code message } } }',
      replies: { 'POST /segment/jobs': says(400, 'Not today.') },
    },
  };
}
