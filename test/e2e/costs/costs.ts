/** What a field of the schema costs. */
export interface Cost {
  /** `Query.segments`, or an edge: `Segment.audience`. */
  readonly field: string;
  /** An operation that asks for it, of so many things. */
  readonly ask: (count: number) => string;
  /** Its upstream calls for one thing. */
  readonly calls: string;
  /** The same for fifty, where it differs. */
  readonly callsForMany?: string;
  /** True of a stream that goes on: only how it begins is counted. */
  readonly neverEnds?: true;
  /** True where the gateway works on after its answer: what it does then is another row's affair. */
  readonly goesOn?: true;
}

const none = 'none';
const definitions = 'GET /segment/definitions';
const definition = 'GET /segment/definitions/{id}';
const bulkDefinitions = 'POST /segment/definitions/bulk-get';
const segmentJobs = 'GET /segment/jobs';
const segmentJob = 'GET /segment/jobs/{id}';
const exportJobs = 'GET /export/jobs';
const exportJob = 'GET /export/jobs/{id}';
const schedules = 'GET /config/schedules';
const schedule = 'GET /config/schedules/{id}';
const policies = 'GET /config/mergePolicies';
const policy = 'GET /config/mergePolicies/{id}';
const bulkPolicies = 'POST /config/mergePolicies/bulk-get';
const templates = 'GET /audience-templates';
const template = 'GET /audience-templates/{id}';
const datasets = 'GET /catalog/dataSets';
const dataset = 'GET /catalog/dataSets/{id}';
const severalDatasets = 'GET /catalog/dataSets/{id},{id}…';
const batches = 'GET /catalog/batches';
const batch = 'GET /catalog/batches/{id}';
const severalBatches = 'GET /catalog/batches/{id},{id}…';
const filesOfBatch = 'GET /export/batches/{id}/files + GET /export/files/{id}';
const estimate = 'GET /estimate/{id}';
const times = (count: number, call: string): string => `${String(count)} × ${call}`;

const rule = 'expression: { text: "person.birthYear > 1990" }';
const templateInput =
  'name: "T", host: "https://ads.example.com", audience: {}, credential: {}, operations: [{ verb: CREATE, httpMethod: "POST", uri: "https://ads.example.com/a" }]';

/** Each operation of the schema, with what it asks of the upstream. */
export const operationCosts: readonly Cost[] = [
  { field: 'Query.session', ask: () => '{ session { orgId services { name } } }', calls: none },
  { field: 'Query.segments', ask: (n) => `{ segments(first: ${n}) { nodes { id } } }`, calls: definitions },
  { field: 'Query.segment', ask: () => '{ segment(id: "s0") { id } }', calls: definition },
  { field: 'Query.checkPql', ask: () => `{ checkPql(${rule}) { valid } }`, calls: none },
  { field: 'Query.preview', ask: () => '{ preview(id: "p1") { id state } }', calls: estimate },
  {
    field: 'Query.segmentJobs',
    ask: (n) => `{ segmentJobs(first: ${n}) { nodes { id } } }`,
    calls: segmentJobs,
  },
  { field: 'Query.segmentJob', ask: () => '{ segmentJob(id: "j0") { id } }', calls: segmentJob },
  {
    field: 'Query.exportJobs',
    ask: (n) => `{ exportJobs(first: ${n}) { nodes { id } } }`,
    calls: exportJobs,
  },
  { field: 'Query.exportJob', ask: () => '{ exportJob(id: "1000") { id } }', calls: exportJob },
  {
    field: 'Query.jobs',
    ask: (n) => `{ jobs(first: ${n}) { nodes { id } } }`,
    calls: `${segmentJobs} + ${exportJobs}`,
  },
  {
    field: 'Query.awaitJob',
    ask: () => '{ awaitJob(kind: SEGMENT, id: "j0") { id } }',
    calls: segmentJob,
  },
  { field: 'Query.schedules', ask: (n) => `{ schedules(first: ${n}) { nodes { id } } }`, calls: schedules },
  { field: 'Query.schedule', ask: () => '{ schedule(id: "c0") { id } }', calls: schedule },
  { field: 'Query.explainCron', ask: () => '{ explainCron(cron: "0 0 1 * * ?") { valid } }', calls: none },
  {
    field: 'Query.audienceTemplates',
    ask: (n) => `{ audienceTemplates(first: ${n}) { nodes { id } } }`,
    calls: templates,
  },
  { field: 'Query.audienceTemplate', ask: () => '{ audienceTemplate(id: "t0") { id } }', calls: template },
  {
    field: 'Query.renderAudienceTemplate',
    ask: () =>
      '{ renderAudienceTemplate(input: { templateId: "t0", verb: CREATE, segmentId: "s0" }) { url } }',
    calls: `${template} + ${definition}`,
  },
  { field: 'Query.datasets', ask: (n) => `{ datasets(first: ${n}) { nodes { id } } }`, calls: datasets },
  { field: 'Query.dataset', ask: () => '{ dataset(id: "d0") { id } }', calls: dataset },
  { field: 'Query.batch', ask: () => '{ batch(id: "b0") { id } }', calls: batch },
  {
    field: 'Query.profile',
    ask: () => '{ profile(identity: { namespace: "Email", id: "a" }) { identities { id } } }',
    calls: 'GET /access/entities',
  },
  {
    field: 'Query.mergePolicies',
    ask: (n) => `{ mergePolicies(first: ${n}) { nodes { id } } }`,
    calls: policies,
  },
  { field: 'Query.mergePolicy', ask: () => '{ mergePolicy(id: "m0") { id } }', calls: policy },
  { field: 'Query.audienceRuns', ask: () => '{ audienceRuns { nodes { id } } }', calls: definitions },
  { field: 'Query.audienceRun', ask: () => '{ audienceRun(id: "none") { id } }', calls: definitions },

  {
    field: 'Mutation.createSegment',
    ask: () => `mutation { createSegment(input: { name: "A", ${rule} }) { segment { id } } }`,
    calls: 'POST /segment/definitions',
  },
  {
    field: 'Mutation.updateSegment',
    ask: () => 'mutation { updateSegment(input: { id: "s0", name: "B" }) { segment { id } } }',
    calls: 'PATCH /segment/definitions/{id}',
  },
  {
    field: 'Mutation.deleteSegment',
    ask: () => 'mutation { deleteSegment(id: "s0") { deletedId } }',
    calls: 'DELETE /segment/definitions/{id}',
  },
  {
    field: 'Mutation.startPreview',
    ask: () => `mutation { startPreview(input: { ${rule} }) { preview { id } } }`,
    calls: 'POST /preview',
  },
  {
    field: 'Mutation.createSegmentJob',
    ask: () => 'mutation { createSegmentJob(input: { segments: { ids: ["s0"] } }) { segmentJob { id } } }',
    calls: 'POST /segment/jobs',
  },
  {
    field: 'Mutation.cancelSegmentJob',
    ask: () => 'mutation { cancelSegmentJob(id: "j0") { segmentJob { id } } }',
    calls: segmentJob,
  },
  {
    field: 'Mutation.createExportJob',
    ask: () =>
      'mutation { createExportJob(input: { destination: { datasetId: "d0" }, segments: [{ segmentId: "s0" }] }) { exportJob { id } } }',
    calls: `${segmentJobs} + POST /export/jobs`,
  },
  {
    field: 'Mutation.cancelExportJob',
    ask: () => 'mutation { cancelExportJob(id: "1000") { exportJob { id } } }',
    calls: exportJob,
  },
  {
    field: 'Mutation.createSchedule',
    ask: () =>
      'mutation { createSchedule(input: { name: "S", cron: "0 0 1 * * ?", segments: { all: true } }) { schedule { id } } }',
    calls: 'POST /config/schedules',
  },
  {
    field: 'Mutation.updateSchedule',
    ask: () => 'mutation { updateSchedule(input: { id: "c0", state: ACTIVE }) { schedule { id } } }',
    calls: `PATCH /config/schedules/{id} + ${schedule}`,
  },
  {
    field: 'Mutation.deleteSchedule',
    ask: () => 'mutation { deleteSchedule(id: "c0") { deletedId } }',
    calls: 'DELETE /config/schedules/{id}',
  },
  {
    field: 'Mutation.createAudienceTemplate',
    ask: () => `mutation { createAudienceTemplate(input: { ${templateInput} }) { audienceTemplate { id } } }`,
    calls: 'POST /audience-templates',
  },
  {
    field: 'Mutation.updateAudienceTemplate',
    ask: () =>
      `mutation { updateAudienceTemplate(id: "t0", input: { ${templateInput} }) { audienceTemplate { id } } }`,
    calls: 'PUT /audience-templates/{id}',
  },
  {
    field: 'Mutation.deleteAudienceTemplate',
    ask: () => 'mutation { deleteAudienceTemplate(id: "t0") { deletedId } }',
    calls: 'DELETE /audience-templates/{id}',
  },
  {
    field: 'Mutation.applyAudienceTemplate',
    ask: () =>
      'mutation { applyAudienceTemplate(input: { templateId: "t0", verb: CREATE, segmentId: "s0" }) { outcome { httpStatus } userErrors { message } } }',
    calls: `${template} + ${definition} + POST /destination`,
  },
  {
    field: 'Mutation.createDataset',
    ask: () => 'mutation { createDataset(name: "D") { dataset { id } } }',
    calls: `POST /catalog/dataSets + ${dataset}`,
  },
  {
    field: 'Mutation.startAudienceRun',
    ask: () =>
      'mutation { startAudienceRun(input: { segmentIds: ["s0"], destination: { datasetId: "d0" } }) { audienceRun { id } } }',
    calls: `${definitions} + ${dataset}`,
    goesOn: true,
  },
  {
    field: 'Mutation.cancelAudienceRun',
    ask: () => 'mutation { cancelAudienceRun(id: "none") { audienceRun { id } } }',
    calls: definitions,
  },

  {
    field: 'Subscription.segmentJobChanged',
    ask: () => 'subscription { segmentJobChanged(id: "j0") { type } }',
    calls: segmentJob,
  },
  {
    field: 'Subscription.exportJobChanged',
    ask: () => 'subscription { exportJobChanged(id: "1000") { type } }',
    calls: exportJob,
  },
  {
    field: 'Subscription.jobsChanged',
    ask: () => 'subscription { jobsChanged { type } }',
    calls: `${segmentJobs} + ${exportJobs}`,
    neverEnds: true,
  },
  {
    field: 'Subscription.previewChanged',
    ask: () => 'subscription { previewChanged(id: "p1") { state } }',
    calls: estimate,
  },
  {
    field: 'Subscription.audienceRunChanged',
    ask: () => 'subscription { audienceRunChanged(id: "none") { status } }',
    calls: definitions,
  },
];

const ofSegments = (edge: string) => (n: number) => `{ segments(first: ${n}) { nodes { ${edge} } } }`;
const ofSegmentJobs = (edge: string) => (n: number) => `{ segmentJobs(first: ${n}) { nodes { ${edge} } } }`;
const ofExportJobs = (edge: string) => (n: number) => `{ exportJobs(first: ${n}) { nodes { ${edge} } } }`;
const ofSchedules = (edge: string) => (n: number) => `{ schedules(first: ${n}) { nodes { ${edge} } } }`;
const ofDatasets = (edge: string) => (n: number) => `{ datasets(first: ${n}) { nodes { ${edge} } } }`;
const ofRuns = (edge: string) => (n: number) => `{ audienceRuns(first: ${n}) { nodes { ${edge} } } }`;

/** Each field that is read when it is asked for, below a list of one and of fifty. */
export const edgeCosts: readonly Cost[] = [
  {
    field: 'Segment.mergePolicy',
    ask: ofSegments('mergePolicy { id name }'),
    calls: `${definitions} + ${policy}`,
    callsForMany: `${definitions} + ${bulkPolicies}`,
  },
  {
    field: 'Segment.audience',
    ask: ofSegments('audience { size }'),
    calls: `${definitions} + ${segmentJobs}`,
    callsForMany: `${definitions} + ${times(2, segmentJobs)}`,
  },
  {
    field: 'Segment.jobs',
    ask: ofSegments('jobs(first: 2) { nodes { id } }'),
    calls: `${definitions} + ${segmentJobs}`,
    callsForMany: `${definitions} + ${times(2, segmentJobs)}`,
  },
  {
    field: 'Segment.exportJobs',
    ask: ofSegments('exportJobs(first: 2) { nodes { id } }'),
    calls: `${definitions} + ${exportJobs}`,
  },
  {
    field: 'AudienceSnapshot.segment',
    ask: ofSegmentJobs('results { segment { id } }'),
    calls: `${segmentJobs} + ${definition}`,
    callsForMany: `${segmentJobs} + ${bulkDefinitions}`,
  },
  { field: 'AudienceSnapshot.job', ask: ofSegmentJobs('results { job { id } }'), calls: segmentJobs },
  {
    field: 'SegmentJob.segments',
    ask: ofSegmentJobs('segments { id }'),
    calls: `${segmentJobs} + ${definition}`,
    callsForMany: `${segmentJobs} + ${bulkDefinitions}`,
  },
  { field: 'SegmentJob.results', ask: ofSegmentJobs('results { size }'), calls: segmentJobs },
  {
    field: 'SegmentJob.schedule',
    ask: ofSegmentJobs('schedule { id }'),
    calls: `${segmentJobs} + ${schedule}`,
    callsForMany: `${segmentJobs} + ${schedules}`,
  },
  {
    field: 'ExportJob.mergePolicy',
    ask: ofExportJobs('mergePolicy { id name }'),
    calls: `${exportJobs} + ${policy}`,
    callsForMany: `${exportJobs} + ${bulkPolicies}`,
  },
  {
    field: 'ExportJob.dataset',
    ask: ofExportJobs('dataset { id }'),
    calls: `${exportJobs} + ${dataset}`,
    callsForMany: `${exportJobs} + ${severalDatasets}`,
  },
  {
    field: 'ExportSegment.segment',
    ask: ofExportJobs('filter { segments { segment { id } } }'),
    calls: `${exportJobs} + ${definition}`,
    callsForMany: `${exportJobs} + ${bulkDefinitions}`,
  },
  {
    field: 'ExportBatch.batch',
    ask: ofExportJobs('batches { batch { id } }'),
    calls: `${exportJobs} + ${batch}`,
    callsForMany: `${exportJobs} + ${severalBatches}`,
  },
  { field: 'Schedule.description', ask: ofSchedules('description'), calls: schedules },
  { field: 'Schedule.nextRuns', ask: ofSchedules('nextRuns(first: 1)'), calls: schedules },
  {
    field: 'Schedule.segments',
    ask: ofSchedules('segments { id }'),
    calls: `${schedules} + ${definition}`,
    callsForMany: `${schedules} + ${bulkDefinitions}`,
  },
  {
    field: 'Schedule.jobs',
    ask: ofSchedules('jobs(first: 2) { nodes { id } }'),
    calls: `${schedules} + ${segmentJobs}`,
    callsForMany: `${schedules} + ${times(2, segmentJobs)}`,
  },
  {
    field: 'Preview.estimate',
    ask: () => '{ preview(id: "p1") { estimate { size } } }',
    calls: estimate,
  },
  {
    field: 'Preview.profiles',
    ask: () => '{ preview(id: "p1") { profiles { nodes { id } } } }',
    calls: `${estimate} + GET /preview/{id}`,
  },
  {
    field: 'Dataset.batches',
    ask: ofDatasets('batches(first: 2) { nodes { id } }'),
    calls: `${datasets} + ${batches}`,
    callsForMany: `${datasets} + ${batches}`,
  },
  {
    field: 'Batch.dataset',
    ask: ofExportJobs('batches { batch { dataset { id } } }'),
    calls: `${exportJobs} + ${batch} + ${dataset}`,
    callsForMany: `${exportJobs} + ${severalBatches} + ${severalDatasets}`,
  },
  {
    field: 'Batch.files',
    ask: () => '{ batch(id: "b0") { files { name } } }',
    calls: `${batch} + ${filesOfBatch}`,
  },
  {
    field: 'DataFile.downloadUrl',
    ask: () => '{ batch(id: "b0") { files { downloadUrl } } }',
    calls: `${batch} + ${filesOfBatch}`,
  },
  {
    field: 'DataFile.rows',
    ask: () => '{ batch(id: "b0") { files { rows(first: 1) } } }',
    calls: `${batch} + GET /export/batches/{id}/files + ${times(3, 'GET /export/files/{id}')}`,
  },
  {
    field: 'Profile.attributes',
    ask: () => '{ profile(identity: { namespace: "Email", id: "a" }) { attributes } }',
    calls: 'GET /access/entities',
  },
  {
    field: 'Profile.memberships',
    ask: () => '{ profile(identity: { namespace: "Email", id: "a" }) { memberships { segmentId } } }',
    calls: 'GET /access/entities',
  },
  {
    field: 'Membership.segment',
    ask: () => '{ profile(identity: { namespace: "Email", id: "a" }) { memberships { segment { id } } } }',
    calls: `GET /access/entities + ${definition}`,
    callsForMany: `GET /access/entities + ${bulkDefinitions}`,
  },
  {
    field: 'AudienceRun.segments',
    ask: ofRuns('segments { id }'),
    // Whether the caller may see runs is found out by reading a segment: this one.
    calls: definitions,
    callsForMany: `${definitions} + ${bulkDefinitions}`,
  },
  {
    field: 'AudienceRun.segmentJob',
    ask: ofRuns('segmentJob { id }'),
    calls: `${definitions} + ${segmentJob}`,
    callsForMany: `${definitions} + POST /segment/jobs/bulk-get`,
  },
  {
    field: 'AudienceRun.dataset',
    ask: ofRuns('dataset { id }'),
    calls: `${definitions} + ${dataset}`,
    callsForMany: `${definitions} + ${severalDatasets}`,
  },
  {
    field: 'AudienceRun.exportJob',
    ask: ofRuns('exportJob { id }'),
    calls: `${definitions} + ${exportJob}`,
    callsForMany: `${definitions} + ${exportJobs}`,
  },
  {
    field: 'AudienceRun.batches',
    ask: ofRuns('batches { id }'),
    calls: `${definitions} + ${exportJob} + ${batch}`,
    callsForMany: `${definitions} + ${exportJobs} + ${severalBatches}`,
  },
];
