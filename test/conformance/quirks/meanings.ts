import { readExample } from '../../fixtures/adobe/examples';
import { definition, definitionForms, exportForms, exportOf, jobForms, jobOf, json, rule } from './quirk';
import type { Quirk, SeenForm } from './quirk';

const membership = (status: string, sees: string): SeenForm => ({
  form: status,
  replies: {
    'GET /access/entities': json({
      X: { entityId: 'X', entity: { segmentMembership: { ups: { s1: { status } } } } },
    }),
  },
  asks: '{ profile(identity: { namespace: "Email", id: "a" }) { memberships { status } } }',
  sees: { profile: { memberships: [{ status: sees }] } },
});
const jobOfStatus = (status: unknown, sees: object): SeenForm[] =>
  jobForms({ [String(status)]: { status } }, 'status rawStatus isTerminal', sees);
const batch = (status: string, sees: string): SeenForm => ({
  form: status,
  replies: { 'GET /catalog/batches/b1': json({ b1: { status } }) },
  asks: '{ batch(id: "b1") { status } }',
  sees: { batch: { status: sees } },
});
const estimate = (form: string, body: object, state: string): SeenForm => ({
  form,
  replies: { 'GET /estimate/p1': json(body) },
  asks: '{ preview(id: "p1") { state } }',
  sees: { preview: { state } },
});

/** §6: statuses and meanings. */
export const meanings: Readonly<Record<string, Quirk>> = {
  'S-1': [
    membership('realized', 'REALIZED'),
    membership('existing', 'EXISTING'),
    membership('exited', 'EXITED'),
    membership('exiting', 'EXITED'),
  ],
  'S-2': jobForms(
    {
      'entered and stayed apart': {
        metrics: {
          segmentedProfileCounter: { s1: 3 },
          segmentedProfileByStatusCounter: { s1: { realized: 1, existing: 2, exited: 0 } },
        },
      },
      'all who qualify are realized': {
        metrics: {
          segmentedProfileCounter: { s1: 3 },
          segmentedProfileByStatusCounter: { s1: { realized: 3, exited: 0 } },
        },
      },
    },
    'results { size }',
    { results: [{ size: '3' }] },
  ),
  'S-3': [
    ...['NEW', 'QUEUED', 'PROCESSING', 'CANCELLING'].flatMap((status) =>
      jobOfStatus(status, { status, rawStatus: status, isTerminal: false }),
    ),
    ...['CANCELLED', 'SUCCEEDED', 'FAILED'].flatMap((status) =>
      jobOfStatus(status, { status, rawStatus: status, isTerminal: true }),
    ),
    ...['ARCHIVING', 'constructor', 'succeeded'].flatMap((status) =>
      jobOfStatus(status, { status: 'UNKNOWN', rawStatus: status, isTerminal: false }),
    ),
    ...jobOfStatus(7, { status: 'UNKNOWN', rawStatus: '7', isTerminal: false }),
  ],
  'S-4': ['NEW', 'PROCESSING'].map((status) => ({
    form: status,
    replies: { 'POST /segment/jobs': json(jobOf({ status })) },
    asks: 'mutation { createSegmentJob(input: { segments: { ids: ["s1"] } }) { segmentJob { status } userErrors { code } } }',
    sees: { createSegmentJob: { segmentJob: { status }, userErrors: [] } },
  })),
  'S-5': ['CANCELLING', 'CANCELLED'].flatMap((status) =>
    exportForms({ [status]: { status } }, 'status isTerminal', {
      status,
      isTerminal: status === 'CANCELLED',
    }),
  ),
  'S-6': [
    estimate('state', { state: 'RUNNING' }, 'RUNNING'),
    estimate('previewQueryStatus', { previewQueryStatus: 'RUNNING' }, 'RUNNING'),
    estimate('both', { state: 'RUNNING', previewQueryStatus: 'NEW' }, 'RUNNING'),
    estimate('one that was added later', { state: 'SAMPLING' }, 'UNKNOWN'),
  ],
  'S-7': [
    batch('success', 'success'),
    batch('active', 'success'),
    batch('SUCCESS', 'success'),
    batch('failed', 'failed'),
    batch('failure', 'failed'),
    batch('loading', 'loading'),
    batch('archived', 'archived'),
  ],
  'S-8': [
    {
      form: 'only what the preview needs is sent',
      replies: {
        'POST /preview': json(
          {
            previewId: 'p1',
            state: 'NEW',
            previewQueryStatus: 'NEW',
            graphType: 'simple',
            mergeStrategy: 'simple',
          },
          201,
        ),
      },
      asks: 'mutation { startPreview(input: { expression: { text: "homeAddress.country = \\"US\\"" } }) { preview { id state } userErrors { code } } }',
      sees: { startPreview: { preview: { id: 'p1', state: 'NEW' }, userErrors: [] } },
      sends: {
        call: 'POST /preview',
        body: {
          predicateExpression: 'homeAddress.country = "US"',
          predicateType: 'pql/text',
          predicateModel: '_xdm.context.profile',
        },
      },
    },
  ],
  'S-9': [
    {
      form: 'no segments mean every profile, which has to be said',
      replies: { 'POST /export/jobs': json(exportOf({})) },
      asks: 'mutation { createExportJob(input: { destination: { datasetId: "d" } }) { exportJob { id } userErrors { code field } } }',
      sees: {
        createExportJob: {
          exportJob: null,
          userErrors: [{ code: 'EXPORTS_ALL_PROFILES', field: ['input', 'segments'] }],
        },
      },
    },
    {
      form: 'and is sent without a filter',
      replies: { 'POST /export/jobs': json(exportOf({})) },
      asks: 'mutation { createExportJob(input: { allProfiles: true, destination: { datasetId: "d" } }) { exportJob { filter { emptyProfiles } } userErrors { code } } }',
      sees: { createExportJob: { exportJob: { filter: null }, userErrors: [] } },
      sends: {
        call: 'POST /export/jobs',
        body: {
          destination: { datasetId: 'd', segmentPerBatch: false },
          schema: { name: '_xdm.context.profile' },
        },
      },
    },
  ],
  'S-10': exportForms({ blank: { fields: '' }, absent: {}, null: { fields: null } }, 'fields', {
    fields: [],
  }),
  'S-11': definitionForms(
    {
      'pql/json, while the value is text': { ...definition, expression: { ...rule, format: 'pql/json' } },
      'pql/text': definition,
    },
    'expression { format value text }',
    { expression: { format: 'TEXT', value: rule.value, text: rule.value } },
  ),
  'S-12': [
    {
      form: 'batch_segmentation starts segment jobs',
      replies: {
        'GET /config/schedules/c1': json({
          ...(readExample('evaluate-segment-02-schedule') as object),
          id: 'c1',
        }),
      },
      asks: '{ schedule(id: "c1") { type state rawState } }',
      sees: { schedule: { type: 'BATCH_SEGMENTATION', state: 'INACTIVE', rawState: 'inactive' } },
    },
  ],
  'S-13': {
    why: 'When the sample is refreshed is the upstream’s affair; the platform samples what it has.',
    file: 'test/contract/sample-status.contract.ts',
    says: 'the sample of a small store is all profiles',
  },
  'S-14': {
    why: 'How large a sample is, is the upstream’s affair; both readings give the same estimate.',
    file: 'test/contract/previews.contract.ts',
    says: 'an estimate over all profiles is exact',
  },
  'S-15': jobForms(
    {
      ups: { profileInstanceId: 'ups' },
      another: { profileInstanceId: 'test_xdm_latest_profile_20_e2e_1538573005395' },
    },
    'id',
    { id: 'j1' },
  ),
};
