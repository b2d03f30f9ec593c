import type { AnswerExample } from '../fixtures/adobe/examples';
import { readExample } from '../fixtures/adobe/examples';
import type { AnswerCase } from './answer-case';
import {
  cancelledExport,
  destinationOf,
  exportJob,
  exportJobs,
  newDataset,
  newExportJob,
  newSegmentJob,
  segmentJob,
} from './answer-case';

const oneBatch = { batchId: 'da5cfb4de32c4b93a09f7e37fa53ad52', segment: null };
function batchOfEach(first: object, second: object): readonly object[] {
  return [
    { batchId: 'da5cfb4de32c4b93a09f7e37fa53ad52', segment: first },
    { batchId: 'df4gssdfb93a09f7e37fa53ad52', segment: second },
  ];
}
const batchesOfTwo = batchOfEach(
  { segmentId: 'segment1', namespace: 'ups', statuses: ['REALIZED'] },
  // One status, written as a text and not as a list.
  { segmentId: 'segment2', namespace: 'AdCloud', statuses: ['EXITED'] },
);
const twoSegments: readonly [object, object] = [
  { segmentId: '4edc8488-2c35-4f6d-b4c6-9075c68d2df4', namespace: 'AAM', statuses: ['REALIZED'] },
  { segmentId: '1rfe8422-334d-12f4-3sd4-12cf6g990g51', namespace: 'UPS', statuses: ['EXITED'] },
];

/** Export 100, as two pages show it right after it was made: numbers become texts, milliseconds instants. */
const export100 = newExportJob({
  id: '100',
  status: 'NEW',
  isTerminal: false,
  createdAt: '2018-10-04T01:19:33.895Z',
  updatedAt: '2018-10-04T01:23:53.239Z',
  progress: { fraction: null, basis: 'UNKNOWN' },
  phases: [],
  errors: [],
  datasetId: '5b7c86968f7b6501e21ba9df',
  segmentPerBatch: false,
  batches: [oneBatch],
  fields: ['identities.id', 'personalEmail.address'],
  filter: {
    segments: [
      { segmentId: '52c26d0d-45f2-47a2-ab30-ed06abc981ff', namespace: 'ups', statuses: ['REALIZED'] },
    ],
    qualifiedFrom: '2018-01-01T00:00:00.000Z',
    qualifiedTo: '2018-02-01T00:00:00.000Z',
    ingestedAfter: '2018-01-01T00:00:00.000Z',
    emptyProfiles: true,
  },
  events: { fields: ['_id', '_experience'], ingestedFrom: '2018-01-01T00:00:00.000Z', ingestedTo: null },
  exportedProfiles: null,
});

const export11037 = exportJob('11037', {
  status: 'SUCCEEDED',
  isTerminal: true,
  progress: { fraction: 1, basis: 'MEASURED', elapsedMs: '10000' },
  phases: [
    {
      name: 'profileExport',
      startedAt: '1973-11-29T21:33:09.000Z',
      endedAt: '1973-11-29T21:33:19.000Z',
      durationMs: '10000',
    },
  ],
  batches: [oneBatch],
  events: null,
  exportedProfiles: '20',
  byNamespace: [
    { namespace: 'namespace1', count: '10' },
    { namespace: 'namespace2', count: '5' },
  ],
});

/** Export 24115 of two pages, once its files are written. */
const finished24115 = {
  status: 'SUCCEEDED',
  createdAt: '2019-06-04T18:51:01.657Z',
  requestId: 'YwMt1H8QbVlGT2pzyxgwFHTwzpMbHrTq',
  progress: { fraction: 1, basis: 'MEASURED', elapsedMs: '1204365' },
  phases: [
    {
      name: 'profileExport',
      startedAt: '2019-01-09T17:07:47.591Z',
      endedAt: '2019-01-09T17:09:38.195Z',
      durationMs: '110604',
    },
    { name: 'datasetWrite', durationMs: '38502' },
  ],
  datasetId: '5cf6bcf79ecc7c14530fe436',
  fields: [],
  exportedProfiles: null,
};

/** What went wrong, without where Adobe keeps its data and without stacks. */
const failed722 = {
  id: '722',
  status: 'FAILED',
  isTerminal: true,
  createdAt: '2018-10-03T13:30:16.687Z',
  progress: { fraction: null, basis: 'UNKNOWN', elapsedMs: '505864' },
  errors: [
    { code: '0090000009', message: 'Writing the profiles failed.' },
    { code: 'unknown', message: 'Job aborted.' },
  ],
  datasetId: '5bb4c46757920712f924a3eb',
};
const succeeded726 = {
  id: '726',
  status: 'SUCCEEDED',
  createdAt: '2018-10-04T01:19:33.895Z',
  progress: { fraction: 1, basis: 'MEASURED', elapsedMs: '259344' },
  phases: [{ name: 'profileExport' }, { name: 'datasetWrite', durationMs: '543' }],
  errors: [],
  segmentPerBatch: false,
  batches: [oneBatch],
};

const startedSegmentJob = {
  id: 'b0f99dde-6d3b-4d92-aa92-28072ded71a0',
  status: 'PROCESSING',
  isTerminal: false,
  createdAt: '2018-08-06T18:56:48.162Z',
  allSegments: false,
  results: [],
};

/** No name, no rule: what a job of the page tells of a segment that it counted and that is gone. */
const counted = (id: string, size: string, byNamespace: readonly object[] = []): object => ({
  segment: { id, name: id },
  size,
  byNamespace,
});

/** What is seen of each answer of Adobe's pages. */
export const answerCases: Readonly<Record<AnswerExample, AnswerCase>> = {
  'audience-metadata-02-template-list': {
    serves: (example) => ({ 'GET /activation/authoring/v1/audience-templates': { json: example } }),
    asks: `{ audienceTemplates { nodes { id createdAt updatedAt audience name host
      operations { verb uri httpMethod } validations { field regex } } } }`,
    sees: {
      audienceTemplates: {
        nodes: [
          {
            id: 'bd4ec8f0-e98f-4b6a-8064-dd7adbfffec6',
            createdAt: '2021-04-13T19:33:09.733Z',
            updatedAt: '2021-04-13T19:33:09.733Z',
            audience: { context: 'Generic', externalAudienceId: '{{segment.alias}}' },
            name: 'LinkedIn Stage Test',
            host: 'https://api.linkedin.com',
            operations: [
              { verb: 'CREATE', uri: '/v2/dmpSegments', httpMethod: 'POST' },
              { verb: 'UPDATE' },
              { verb: 'DELETE', httpMethod: 'DELETE' },
            ],
          },
          { audience: { context: 'MockAudienceService' }, host: null, operations: [] },
          { audience: { context: 'Google Custom Match' }, operations: [] },
          {
            name: 'Facebook Stage Test',
            operations: [{ verb: 'CREATE' }, { verb: 'UPDATE' }, { verb: 'DELETE' }, { verb: 'VALIDATE' }],
            validations: [{ field: '{{audience.account}}', regex: '^act_[0-9]+$' }],
          },
          { audience: { context: 'Google Ads', sid: '{{segment.id}}' }, operations: [] },
          { name: null, operations: [{ verb: 'CREATE' }, { verb: 'UPDATE', httpMethod: 'PUT' }, {}] },
        ],
      },
    },
  },
  'audience-metadata-04-export-job': export100,
  'audience-metadata-05-destination-with-batches': destinationOf(
    'audience-metadata-06-finished-export-job',
    '11037',
    { datasetId: '{DATASET_ID}', segmentPerBatch: true, batches: batchesOfTwo },
  ),
  'audience-metadata-06-finished-export-job': export11037,
  'audience-metadata-07-export-job-cancelled': cancelledExport,
  // Flat, and without a schema.
  'create-segment-03-definition': {
    serves: (example) => ({ 'POST /segment/definitions': { json: example } }),
    asks: `mutation { createSegment(input: { name: "My Sample Cart Abandons Segment Definition",
      expression: { text: "xEvent.metrics.commerce.abandons.value > 0" } }) {
      segment { id name description schemaName expression { type format value text } createdAt }
      userErrors { code } } }`,
    sees: {
      createSegment: {
        segment: {
          id: '1234',
          name: 'My Sample Cart Abandons Segment Definition',
          description: 'This Segment represents those users who have abandoned a cart',
          schemaName: '_xdm.context.profile',
          expression: {
            type: 'PQL',
            format: 'TEXT',
            value: 'xEvent.metrics.commerce.abandons.value > 0',
            text: 'xEvent.metrics.commerce.abandons.value > 0',
          },
          createdAt: null,
        },
        userErrors: [],
      },
    },
  },
  'create-segment-06-new-preview': {
    serves: (example) => ({ 'POST /preview': { status: 201, json: example } }),
    asks: `mutation { startPreview(input: { expression: { text: "xEvent.metrics.commerce.abandons.value > 0" } }) {
      preview { id state } userErrors { code } } }`,
    sees: {
      startPreview: {
        preview: {
          id: 'MDoyOjRhNDVlODUzLWFjOTEtNGJiNy1hNDI2LTE1MDkzN2I2YWY1Yzo0Mg',
          state: 'RUNNING',
        },
        userErrors: [],
      },
    },
  },
  // Its figures contradict each other; each is told as it is.
  'create-segment-07-estimate': {
    serves: (example) => ({ 'GET /estimate/p1': { json: example } }),
    asks: `{ preview(id: "p1") { id state estimate { size low high confidence standardError
      profilesRead profilesMatched totalProfiles error } } }`,
    sees: {
      preview: {
        id: 'p1',
        state: 'RESULT_READY',
        estimate: {
          size: '45',
          low: '45',
          high: '45',
          confidence: 0.95,
          standardError: 0,
          profilesRead: '83834',
          profilesMatched: '46',
          totalProfiles: '82473',
          error: null,
        },
      },
    },
  },
  // State and links stand among the profiles of the last element.
  'create-segment-08-preview': {
    serves: (example) => ({
      'GET /preview/p1': { json: example },
      'GET /estimate/p1': { json: readExample('create-segment-07-estimate') },
    }),
    asks: '{ preview(id: "p1") { profiles { nodes { id relatedIds } pageInfo { hasNextPage } } } }',
    sees: {
      preview: {
        profiles: {
          nodes: [
            { id: 'XID_ADOBE-MARKETING-CLOUD-ID-1', relatedIds: ['XID_COOKIE_ID_1', 'XID_PROFILE_ID_1'] },
            { id: 'XID_COOKIE-ID-2', relatedIds: ['XID_COOKIE_ID_2-1', 'XID_PROFILE_ID_2'] },
            { id: 'XID_ADOBE-MARKETING-CLOUD-ID-1000', relatedIds: [] },
          ],
          pageInfo: { hasNextPage: false },
        },
      },
    },
  },
  'create-segment-11-segment-job': newSegmentJob({
    ...startedSegmentJob,
    segmentIds: ['42f49f2d-edb0-474f-b29d-2799d89cd5a6'],
  }),
  // Wrapped, its id a number, its times texts already, most else the word "string".
  'create-segment-12-wrapped-segment-job': segmentJob('3456', {
    status: 'UNKNOWN',
    rawStatus: 'string',
    isTerminal: false,
    createdAt: '2018-03-20T08:24:07.200Z',
    progress: { fraction: null, basis: 'UNKNOWN' },
    segmentIds: [],
  }),
  'create-segment-15-dataset': newDataset,
  // The page shows a job that has failed as what comes of making one.
  'create-segment-17-export-job': newExportJob({
    id: '100',
    status: 'FAILED',
    isTerminal: true,
    errors: [{ code: '0100000003', message: 'Error in Export Job' }],
    datasetId: '5b020a27e7040801dedba61b',
    filter: { ingestedAfter: '2018-01-01T00:00:00.000Z' },
    events: { fields: ['environment.browserDetails.name', 'environment.browserDetails.version'] },
  }),
  'evaluate-segment-02-schedule': {
    serves: (example) => ({ 'POST /config/schedules': { json: example } }),
    asks: `mutation { createSchedule(input: { name: "nightly", cron: "0 0 1 * * ?", segments: { all: true } }) {
      schedule { id name type state cron allSegments createdAt updatedAt } userErrors { code } } }`,
    sees: {
      createSchedule: {
        schedule: {
          id: 'cd585edf-962d-420d-94ad-3be03e619ac2',
          name: '{SCHEDULE_NAME}',
          type: 'BATCH_SEGMENTATION',
          state: 'INACTIVE',
          cron: '0 0 1 * * ?',
          allSegments: true,
          // Seconds, not milliseconds.
          createdAt: '2019-09-12T05:59:08.000Z',
          updatedAt: '2019-09-12T05:59:08.000Z',
        },
        userErrors: [],
      },
    },
  },
  'evaluate-segment-06-segment-job': newSegmentJob({
    ...startedSegmentJob,
    segmentIds: ['42f49f2d-edb0-474f-b29d-2799d89cd5a6', '54a20f19-9a0w-293a-9b82-409b1p3v0192'],
  }),
  'evaluate-segment-07-finished-segment-job': segmentJob('80388706-29fa-40d3-81cf-a297d0224ad9', {
    status: 'SUCCEEDED',
    createdAt: '2019-01-09T19:53:51.503Z',
    updatedAt: '2019-01-09T19:55:31.181Z',
    requestId: 'prgu92v4VNvsGuuXticcsqX96UXGjXtS',
    progress: { fraction: 1, basis: 'MEASURED', elapsedMs: '99678' },
    phases: [{ name: 'segmentation', startedAt: '2019-01-09T19:54:29.001Z', durationMs: '51886' }],
    segmentIds: ['b560a09a-de85-4a1c-8477-2f3da1d9e86b'],
    results: [
      counted('ca763983-5572-4ea4-809c-b7dff7e0d79b', '4195', [{ namespace: 'email', count: '4195' }]),
      counted('251e3a1f-645c-4444-836b-18e6b668bdf8', '0'),
      counted('3da8bad9-29fb-40e0-b39e-f80322e964de', '0'),
      counted('30230300-ccf1-48ad-8012-c5563a007069', '0'),
    ],
  }),
  // One entry says `timestamp`, the others `lastQualificationTime`.
  'evaluate-segment-08-segment-membership': {
    serves: (example) => ({
      'GET /access/entities': { json: { XID: { entityId: 'XID', entity: example } } },
    }),
    asks: `{ profile(identity: { namespace: "Email", id: "abcd@adobe.com" }) {
      memberships { namespace segmentId status lastQualifiedAt } } }`,
    sees: {
      profile: {
        memberships: [
          {
            namespace: 'UPS',
            segmentId: '04a81716-43d6-4e7a-a49c-f1d8b3129ba9',
            status: 'EXISTING',
            lastQualifiedAt: '2018-04-26T15:52:25.000Z',
          },
          {
            namespace: 'UPS',
            segmentId: '53cba6b2-a23b-454a-8069-fc41308f1c0f',
            status: 'REALIZED',
            lastQualifiedAt: '2018-04-26T15:52:25.000Z',
          },
          {
            namespace: 'Email',
            segmentId: 'abcd@adobe.com',
            status: 'EXITED',
            lastQualifiedAt: '2017-09-26T15:52:25.000Z',
          },
        ],
      },
    },
  },
  'evaluate-segment-10-dataset': newDataset,
  'evaluate-segment-12-export-job': newExportJob({
    id: '24115',
    status: 'NEW',
    createdAt: '2019-06-04T18:51:01.657Z',
    datasetId: '5cf6bcf79ecc7c14530fe436',
    segmentPerBatch: true,
    batches: batchOfEach(...twoSegments),
    filter: { segments: twoSegments, emptyProfiles: false },
  }),
  'evaluate-segment-13-destination-with-one-batch': destinationOf(
    'evaluate-segment-15-finished-export-job',
    '24115',
    { ...finished24115, segmentPerBatch: false, batches: [oneBatch] },
  ),
  'evaluate-segment-14-export-job-list': exportJobs([
    { ...succeeded726, filter: { segments: [{ segmentId: '52c26d0d-45f2-47a2-ab30-ed06abc981ff' }] } },
    // An empty batch id is none.
    { ...failed722, batches: [] },
  ]),
  'evaluate-segment-15-finished-export-job': exportJob('24115', {
    ...finished24115,
    segmentPerBatch: true,
    batches: batchOfEach(...twoSegments),
    filter: { segments: twoSegments },
  }),
  // A job with errors that has succeeded all the same.
  'export-jobs-01-list': exportJobs([
    {
      id: '100',
      status: 'SUCCEEDED',
      errors: [{ code: '0100000003', message: 'Error in Export Job' }],
      batches: [oneBatch],
      exportedProfiles: '20',
    },
    {
      ...failed722,
      batches: [{ batchId: 'IWEQ6920712f9475762D', segment: null }],
      filter: { segments: [{ namespace: 'AAM', statuses: ['REALIZED', 'EXISTING'] }] },
    },
  ]),
  'export-jobs-03-export-job': export100,
  'export-jobs-04-destination-with-batches': destinationOf('export-jobs-05-finished-export-job', '11037', {
    datasetId: '{DATASET_ID}',
    segmentPerBatch: true,
    batches: batchesOfTwo,
  }),
  'export-jobs-05-finished-export-job': export11037,
  'export-jobs-06-export-job-cancelled': cancelledExport,
  'profile-export-jobs-02-dataset': newDataset,
  'profile-export-jobs-04-export-job': newExportJob({
    id: '24115',
    status: 'NEW',
    datasetId: '5cf6bcf79ecc7c14530fe436',
    segmentPerBatch: false,
    batches: [oneBatch],
    filter: null,
  }),
  'profile-export-jobs-05-list': exportJobs([
    { ...succeeded726, filter: null },
    { ...failed722, batches: [] },
  ]),
  'profile-export-jobs-06-finished-export-job': exportJob('24115', {
    ...finished24115,
    segmentPerBatch: false,
    batches: [oneBatch],
    filter: null,
  }),
};
