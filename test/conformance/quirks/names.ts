import { readExample } from '../../fixtures/adobe/examples';
import type { AnswerExample } from '../../fixtures/adobe/examples';
import { currentTemplates } from '../../fixtures/adobe/current-templates';
import { definition, definitionForms, exportForms, exportOf, jobForms, json, rule } from './quirk';
import type { Quirk } from './quirk';

const example = (name: AnswerExample): Readonly<Record<string, unknown>> =>
  readExample(name) as Record<string, unknown>;
const profile = (entity: object): object => ({
  'GET /access/entities': json({ X: { entityId: 'X', entity } }),
});
const [linkedIn] = readExample('audience-metadata-02-template-list') as [Record<string, unknown>];
const webhook = { instanceId: 't2', ...currentTemplates['of a webhook'] };
const preview = (results: unknown, part: object = {}): object => ({
  'GET /estimate/p1': json({ state: 'RESULT_READY' }),
  'GET /preview/p1': json({ state: 'RESULT_READY', results, ...part }),
});
const previewAsks = '{ preview(id: "p1") { profiles { nodes { id relatedIds } pageInfo { hasNextPage } } } }';
const previewSees = (nodes: readonly object[]): object => ({
  preview: { profiles: { nodes, pageInfo: { hasNextPage: false } } },
});
const newDataset = (reference: unknown): object => ({
  'POST /catalog/dataSets': json(reference, 201),
  'GET /catalog/dataSets/5b02': json({ '5b02': { name: 'D' } }),
});
const templates = 'audienceTemplates { nodes { id name operations { verb uri httpMethod } } }';

/** §1: names and shapes of fields. */
export const names: Readonly<Record<string, Quirk>> = {
  N1: [
    ...exportForms(
      { datasetId: { destination: { datasetId: 'd1' } }, dataSetId: { destination: { dataSetId: 'd1' } } },
      'datasetId',
      { datasetId: 'd1' },
    ),
    {
      form: 'is sent as datasetId',
      replies: { 'POST /export/jobs': json(exportOf({ destination: { dataSetId: 'd1' } })) },
      asks: 'mutation { createExportJob(input: { allProfiles: true, destination: { datasetId: "d1" } }) { exportJob { datasetId } userErrors { code } } }',
      sees: { createExportJob: { exportJob: { datasetId: 'd1' }, userErrors: [] } },
      sends: { call: 'POST /export/jobs', body: { destination: { datasetId: 'd1' } } },
    },
  ],
  N2: exportForms(
    {
      'one batchId': { destination: { batchId: 'b1' } },
      'a list of one': { destination: { batches: [{ batchId: 'b1' }] } },
      'an object': { destination: { batches: { batchId: 'b1' } } },
    },
    'batches { batchId segment { segmentId } }',
    { batches: [{ batchId: 'b1', segment: null }] },
  ),
  N3: exportForms(
    {
      'a list': { filter: { segments: [{ segmentId: 's', status: ['exited'] }] } },
      'a text': { filter: { segments: [{ segmentId: 's', status: 'exited' }] } },
    },
    'filter { segments { statuses } }',
    { filter: { segments: [{ statuses: ['EXITED'] }] } },
  ),
  N4: exportForms(
    { empty: { destination: { batchId: '' } }, null: { destination: { batchId: null } }, missing: {} },
    'batches { batchId }',
    { batches: [] },
  ),
  N5: definitionForms(
    {
      'an object': {
        ...definition,
        expression: { ...rule, value: 'xEvent.metrics.commerce.abandons.value > 0' },
      },
      'flat, as the page of 2018 has it': { ...example('create-segment-03-definition'), id: 's1' },
    },
    'id expression { type format value }',
    {
      id: 's1',
      expression: { type: 'PQL', format: 'TEXT', value: 'xEvent.metrics.commerce.abandons.value > 0' },
    },
  ),
  N6: Object.entries({
    wrapped: example('create-segment-12-wrapped-segment-job'),
    flat: { id: '3456', status: 'string', segments: [], creationTime: 1_521_534_247_200 },
  }).map(([form, body]) => ({
    form,
    replies: { 'GET /segment/jobs/3456': json(body) },
    asks: '{ segmentJob(id: "3456") { id status rawStatus segmentIds createdAt } }',
    sees: {
      segmentJob: {
        id: '3456',
        status: 'UNKNOWN',
        rawStatus: 'string',
        segmentIds: [],
        createdAt: '2018-03-20T08:24:07.200Z',
      },
    },
  })),
  N7: [
    ...jobForms(
      {
        'a map': { metrics: { segmentedProfileCounter: { s1: 5 } } },
        'a number of the one segment': { metrics: { segmentedProfileCounter: 5 } },
      },
      'results { size segment { id } }',
      { results: [{ size: '5', segment: { id: 's1' } }] },
    ),
    ...jobForms(
      {
        'a number of several': {
          segments: [{ segmentId: 's1' }, { segmentId: 's2' }],
          metrics: { segmentedProfileCounter: 5 },
        },
      },
      'results { size }',
      { results: [] },
    ),
  ],
  N8: jobForms(
    {
      'maps in a map, {} where there is none': {
        metrics: {
          segmentedProfileCounter: { s1: 4, s2: 0 },
          segmentedProfileByNamespaceCounter: { s1: { Email: 4, ownCode: 1 }, s2: {} },
        },
      },
    },
    'results { byNamespace { namespace count } }',
    {
      results: [
        {
          byNamespace: [
            { namespace: 'Email', count: '4' },
            { namespace: 'ownCode', count: '1' },
          ],
        },
        { byNamespace: [] },
      ],
    },
  ),
  N9: jobForms(
    Object.fromEntries(
      ['segmented', 'segment'].map((word) => [
        word,
        {
          metrics: {
            [`${word}ProfileCounter`]: { s1: 3 },
            [`${word}ProfileByStatusCounter`]: { s1: { realized: 3, exited: 1 } },
          },
        },
      ]),
    ),
    'results { size byStatus { status count } }',
    {
      results: [
        {
          size: '3',
          byStatus: [
            { status: 'REALIZED', count: '3' },
            { status: 'EXISTING', count: '0' },
            { status: 'EXITED', count: '1' },
          ],
        },
      ],
    },
  ),
  N10: jobForms(
    {
      'realized alone': { metrics: { segmentedProfileByStatusCounter: { s1: { realized: 3, exited: 9 } } } },
      'realized and existing': {
        metrics: { segmentedProfileByStatusCounter: { s1: { realized: 1, existing: 2, exited: 9 } } },
      },
    },
    'results { size }',
    { results: [{ size: '3' }] },
  ),
  N11: [
    ...jobForms({ 'a text': { computeGatewayJobId: 'g1' } }, 'id', { id: 'j1' }),
    ...exportForms(
      {
        'an object': { computeGatewayJobId: { exportJob: '' } },
        'an empty one': { computeGatewayJobId: {} },
      },
      'id',
      { id: '7' },
    ),
  ],
  N12: ['mergePolicy', 'mergePolicyId'].flatMap((name) =>
    jobForms(
      {
        [name]: {
          segments: [
            {
              segmentId: 's1',
              segment: {
                id: 's1',
                expression: rule,
                [name]: name === 'mergePolicy' ? { id: 'm1', version: 1 } : 'm1',
              },
            },
          ],
          metrics: { segmentedProfileCounter: { s1: 1 } },
        },
      },
      'results { segment { id mergePolicy { id name } } }',
      { results: [{ segment: { id: 's1', mergePolicy: { id: 'm1', name: 'By time' } } }] },
    ).map((form) => ({
      ...form,
      replies: { ...form.replies, 'GET /config/mergePolicies/m1': json({ id: 'm1', name: 'By time' }) },
    })),
  ),
  N13: jobForms(
    {
      'in segment': { segments: [{ segmentId: 's1', segment: { id: 's1', version: 1, expression: rule } }] },
      'null, and lifted': { segments: [{ segment: null, id: 's1,', version: 1, expression: rule }] },
      absent: { segments: [{ segmentId: 's1', version: 1, expression: rule }] },
    },
    'segmentIds allSegments',
    { segmentIds: ['s1'], allSegments: false },
  ),
  N14: [
    ...jobForms({ 'of a job': { segments: [{ segmentId: '*' }] } }, 'allSegments segmentIds', {
      allSegments: true,
      segmentIds: [],
    }),
    {
      form: 'of a schedule',
      replies: { 'GET /config/schedules/c1': json({ ...example('evaluate-segment-02-schedule'), id: 'c1' }) },
      asks: '{ schedule(id: "c1") { allSegments segments { id } } }',
      sees: { schedule: { allSegments: true, segments: [] } },
    },
  ],
  N15: definitionForms(
    {
      modelName: { ...definition, schema: undefined, modelName: '_xdm.context.profile' },
      schema: definition,
      model: { ...definition, schema: undefined, model: '_xdm.context.profile' },
    },
    'schemaName',
    { schemaName: '_xdm.context.profile' },
  ),
  N16: definitionForms(
    {
      name: { ...definition, schema: { name: 'x' } },
      id: { ...definition, schema: { id: 'x' } },
    },
    'schemaName',
    { schemaName: 'x' },
  ),
  N17: definitionForms({ there: { ...definition, ttlInDays: 30 }, absent: definition }, 'id name', {
    id: 's1',
    name: 'US',
  }),
  N18: exportForms(
    { 'the placeholder of Swagger': { fields: 'string', payloadSchema: 'string' } },
    'fields',
    { fields: ['string'] },
  ),
  N19: exportForms(
    {
      fromIngestTimestamp: { filter: { fromIngestTimestamp: '2018-01-01T00:00:00Z' } },
      fromTimestamp: { filter: { fromTimestamp: '2018-01-01T00:00:00Z' } },
    },
    'filter { ingestedAfter }',
    { filter: { ingestedAfter: '2018-01-01T00:00:00.000Z' } },
  ),
  N20: exportForms(
    {
      segmentId: { filter: { segments: [{ segmentId: 's1' }], snapshotName: 'x' } },
      segmentID: { filter: { segments: [{ segmentID: 's1' }] }, snapshot: { name: 'x' } },
    },
    'filter { segments { segmentId } }',
    { filter: { segments: [{ segmentId: 's1' }] } },
  ),
  N21: ['true', true].map((value) => ({
    form: `a ${typeof value}`,
    replies: { 'GET /config/mergePolicies/m1': json({ id: 'm1', default: value, isActiveOnEdge: value }) },
    asks: '{ mergePolicy(id: "m1") { id isDefault } }',
    sees: { mergePolicy: { id: 'm1', isDefault: true } },
  })),
  N22: {
    why: 'The gateway sends `sort` and `orderBy`, each where it is the documented one; both spellings are understood by the platform.',
    file: 'test/contract/catalog.contract.ts',
    says: 'merge policies take either spelling of the order parameter',
  },
  N23: {
    why: 'The gateway changes no merge policy; the platform takes a text for true and false.',
    file: 'test/contract/merge-policies.contract.ts',
    says: 'values may be text',
  },
  N24: ['timestamp', 'lastQualificationTime'].map((name) => ({
    form: name,
    replies: {
      ...profile({
        segmentMembership: { ups: { s1: { [name]: '2018-04-26T15:52:25+00:00', status: 'realized' } } },
      }),
    },
    asks: '{ profile(identity: { namespace: "Email", id: "a" }) { memberships { status lastQualifiedAt } } }',
    sees: { profile: { memberships: [{ status: 'REALIZED', lastQualifiedAt: '2018-04-26T15:52:25.000Z' }] } },
  })),
  N25: ['UPS', 'ups'].map((namespace) => ({
    form: namespace,
    replies: {
      ...profile({ segmentMembership: { [namespace]: { s1: { status: 'realized' } } } }),
      'GET /segment/definitions/s1': json(definition),
    },
    asks: '{ profile(identity: { namespace: "Email", id: "a" }) { memberships { namespace segment { name } } } }',
    sees: { profile: { memberships: [{ namespace, segment: { name: 'US' } }] } },
  })),
  N26: ['', 'xdm:'].map((prefix) => ({
    form: `${prefix}status`,
    replies: {
      ...profile({
        [`${prefix}homeAddress`]: { [`${prefix}city`]: 'Riga' },
        [`${prefix}segmentMembership`]: { ups: { s1: { [`${prefix}status`]: 'exited' } } },
      }),
    },
    asks: '{ profile(identity: { namespace: "Email", id: "a" }) { attributes(paths: ["homeAddress.city"]) memberships { status } } }',
    sees: {
      profile: { attributes: { homeAddress: { city: 'Riga' } }, memberships: [{ status: 'EXITED' }] },
    },
  })),
  N27: Object.entries({
    'maps, several in one': [{ X1: { endCustomerIds: { A: { _href: 'h' } } }, X2: { _href: 'h' } }],
    'a list': [{ objectId: 'X1', _href: 'h', relatedObjects: [{ objectId: 'A' }] }, { objectId: 'X2' }],
  }).map(([form, results]) => ({
    form,
    replies: { ...preview(results) },
    asks: previewAsks,
    sees: previewSees([
      { id: 'X1', relatedIds: ['A'] },
      { id: 'X2', relatedIds: [] },
    ]),
  })),
  N28: [
    {
      form: 'state and links inside the last element',
      replies: {
        'GET /estimate/p1': json(example('create-segment-07-estimate')),
        'GET /preview/p1': json(example('create-segment-08-preview')),
      },
      asks: '{ preview(id: "p1") { state profiles { nodes { id } pageInfo { hasNextPage } } } }',
      sees: {
        preview: {
          state: 'RESULT_READY',
          profiles: {
            nodes: [
              { id: 'XID_ADOBE-MARKETING-CLOUD-ID-1' },
              { id: 'XID_COOKIE-ID-2' },
              { id: 'XID_ADOBE-MARKETING-CLOUD-ID-1000' },
            ],
            pageInfo: { hasNextPage: false },
          },
        },
      },
    },
  ],
  N29: ['links', 'link'].map((name) => ({
    form: name,
    replies: { ...preview([{ X1: {} }], { [name]: { _self: 's', next: '' } }) },
    asks: previewAsks,
    sees: previewSees([{ id: 'X1', relatedIds: [] }]),
  })),
  N30: [
    {
      form: 'without the newer fields',
      replies: { 'GET /estimate/p1': json(example('create-segment-07-estimate')) },
      asks: '{ preview(id: "p1") { estimate { size byNamespace { namespace } } } }',
      sees: { preview: { estimate: { size: '45', byNamespace: [] } } },
    },
    {
      form: 'with them',
      replies: {
        'GET /estimate/p1': json({
          ...example('create-segment-07-estimate'),
          numRowsToRead: 1000,
          estimatedNamespaceDistribution: [{ namespaceId: '6', profilesMatchedSoFar: 41 }],
        }),
      },
      asks: '{ preview(id: "p1") { estimate { size byNamespace { namespace count } } } }',
      sees: { preview: { estimate: { size: '45', byNamespace: [{ namespace: 'Email', count: '41' }] } } },
    },
  ],
  N31: [
    {
      form: 'more read than there are, fewer estimated than matched',
      replies: { 'GET /estimate/p1': json(example('create-segment-07-estimate')) },
      asks: '{ preview(id: "p1") { estimate { size low high profilesRead profilesMatched totalProfiles } } }',
      sees: {
        preview: {
          estimate: {
            size: '45',
            low: '45',
            high: '45',
            profilesRead: '83834',
            profilesMatched: '46',
            totalProfiles: '82473',
          },
        },
      },
    },
  ],
  N32: {
    why: 'The contract has no place for the sample status; the platform answers it in one form.',
    file: 'test/contract/sample-status.contract.ts',
    says: 'without profiles the sample is empty',
  },
  N33: Object.entries({
    '@/dataSets/': ['@/dataSets/5b02'],
    '@/datasets/': ['@/datasets/5b02'],
  }).map(([form, reference]) => ({
    form,
    replies: { ...newDataset(reference) },
    asks: 'mutation { createDataset(name: "D") { dataset { id name } userErrors { code } } }',
    sees: { createDataset: { dataset: { id: '5b02', name: 'D' }, userErrors: [] } },
  })),
  N34: [
    {
      form: 'fileDescription, persisted and aspect there, or not',
      replies: {
        'GET /catalog/dataSets': json({
          a: { name: 'A', fileDescription: { persisted: true }, aspect: 'production' },
          b: { name: 'B' },
        }),
      },
      asks: '{ datasets { nodes { id name } } }',
      sees: {
        datasets: {
          nodes: [
            { id: 'a', name: 'A' },
            { id: 'b', name: 'B' },
          ],
        },
      },
    },
  ],
  N35: ['249058', 249058].map((length) => ({
    form: `length as a ${typeof length}`,
    replies: {
      'GET /catalog/batches/b1': json({ b1: { status: 'success', recordCount: String(length) } }),
      'GET /export/batches/b1/files': json({
        data: [
          {
            dataSetFileId: 'b1-1',
            isValid: false,
            created: '1558522305708',
            _links: { self: { href: 'https://platform.adobe.io:443/data/foundation/export/files/b1-1' } },
          },
        ],
        _page: { limit: 100, count: 1 },
      }),
      'GET /export/files/b1-1': json({ data: [{ name: 'x.parquet', length }], _page: { count: 1 } }),
    },
    asks: '{ batch(id: "b1") { recordCount files { name sizeBytes } } }',
    sees: { batch: { recordCount: '249058', files: [{ name: 'x.parquet', sizeBytes: '249058' }] } },
  })),
  N36: [
    ...Object.entries({
      'an array': [linkedIn],
      'a bare object': linkedIn,
      'in items': { items: [linkedIn] },
    }).map(([form, body]) => ({
      form,
      replies: { 'GET /authoring/v1/audience-templates': json(body) },
      asks: `{ ${templates} }`,
      sees: {
        audienceTemplates: {
          nodes: [
            {
              name: 'LinkedIn Stage Test',
              operations: [{ verb: 'CREATE', uri: '/v2/dmpSegments', httpMethod: 'POST' }, {}, {}],
            },
          ],
        },
      },
    })),
    {
      form: 'today’s model',
      replies: { 'GET /authoring/v1/audience-templates': json([webhook]) },
      asks: `{ audienceTemplates { nodes { id name host operations { verb httpMethod headers schemaMap } } } }`,
      sees: {
        audienceTemplates: {
          nodes: [
            {
              id: 't2',
              name: 'Test Webhook Audience Template',
              host: 'https://your-webhook-site',
              operations: [
                {
                  verb: 'CREATE',
                  httpMethod: 'POST',
                  headers: { 'Content-Type': 'application/json' },
                  schemaMap: { externalAudienceId: '{{headers.X-Request-Id}}' },
                },
                { verb: 'UPDATE', httpMethod: 'PUT' },
                { verb: 'DELETE', httpMethod: 'DELETE' },
              ],
            },
          ],
        },
      },
    },
  ],
  N37: [
    {
      form: 'a bare path beside a macro',
      replies: { 'GET /authoring/v1/audience-templates': json([linkedIn]) },
      asks: '{ audienceTemplates { nodes { operations { schemaMap errorSchemaMap } } } }',
      sees: {
        audienceTemplates: {
          nodes: [
            {
              operations: [
                {
                  schemaMap: { externalAudienceId: '{{headers.x-linkedin-id}}' },
                  errorSchemaMap: { message: 'message' },
                },
                {},
                {},
              ],
            },
          ],
        },
      },
    },
  ],
  N38: [
    {
      form: 'a body, and a Content-Type, on DELETE',
      replies: {
        'GET /authoring/v1/audience-templates': json([
          {
            instanceId: 't1',
            metadataTemplate: {
              name: 'T',
              host: 'https://a.example',
              delete: {
                uri: '/{{audience.id}}',
                method: 'DELETE',
                headers: { 'Content-Type': 'application/json' },
                body: { name: '{{audience.name}}' },
              },
            },
          },
        ]),
      },
      asks: '{ audienceTemplates { nodes { operations { verb uri headers body } } } }',
      sees: {
        audienceTemplates: {
          nodes: [
            {
              operations: [
                {
                  verb: 'DELETE',
                  uri: '/{{audience.id}}',
                  headers: { 'Content-Type': 'application/json' },
                  body: { name: '{{audience.name}}' },
                },
              ],
            },
          ],
        },
      },
    },
  ],
  N39: {
    why: 'The gateway reads definitions, not the newer façade; the platform takes both words.',
    file: 'test/contract/audiences.contract.ts',
    says: 'what POST takes as ExternalSegment is found under that word',
  },
  N40: {
    why: 'The contract has no place for them; the platform gives `dependencies` for what an audience uses.',
    file: 'test/contract/audiences.contract.ts',
    says: 'knows who uses it and what it uses',
  },
};
