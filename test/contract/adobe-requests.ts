import type { ExportJobWire } from '../../src/wire/export-job.wire';
import type { MergePolicyListWire } from '../../src/wire/merge-policy.wire';
import type { EstimateWire, NewPreviewWire } from '../../src/wire/preview.wire';
import type { ScheduleWire } from '../../src/wire/schedule.wire';
import type { SegmentDefinitionWire } from '../../src/wire/segment-definition.wire';
import { readExample } from '../fixtures/adobe/examples';
import type { RequestExample } from '../fixtures/adobe/examples';
import { createDataset, createDefinition, inUs, people, runSegmentJob, schemas } from './data';
import type { ContractTarget } from './target';
import { ask, must, paths, terminal, uniqueName, untilAnswer } from './target';

/** What Adobe's examples take for granted. */
export interface ExampleWorld {
  readonly target: ContractTarget;
  /** Two segments that a job has evaluated. */
  readonly segmentIds: readonly [string, string];
  /** On the union schema. */
  readonly datasetId: string;
  readonly mergePolicyId: string;
}

/** Sends the body of an example, and looks at what comes of it. */
export type RequestCase = (world: ExampleWorld, body: unknown) => Promise<void>;

export async function createExampleWorld(target: ContractTarget): Promise<ExampleWorld> {
  const segmentIds = [(await createDefinition(target)).id, (await createDefinition(target)).id] as const;
  await runSegmentJob(target, segmentIds);
  const policies = await must<MergePolicyListWire>(target, `GET ${paths.mergePolicies}?default=true`);
  return {
    target,
    segmentIds,
    datasetId: await createDataset(target, schemas.union),
    mergePolicyId: policies.children[0]?.id ?? '',
  };
}

/** The body with ids and placeholders of Adobe's pages exchanged for ones that exist; nothing else is changed. */
export function inWorld(body: unknown, { segmentIds, datasetId, mergePolicyId }: ExampleWorld): unknown {
  const [first, second] = segmentIds;
  const real: Readonly<Record<string, string>> = {
    '52c26d0d-45f2-47a2-ab30-ed06abc981ff': first,
    '4edc8488-2c35-4f6d-b4c6-9075c68d2df4': first,
    '1rfe8422-334d-12f4-3sd4-12cf6g990g51': second,
    '42f49f2d-edb0-474f-b29d-2799d89cd5a6': first,
    '54a20f19-9a0w-293a-9b82-409b1p3v0192': second,
    '{SEGMENT_ID}': first,
    '5b7c86968f7b6501e21ba9df': datasetId,
    '5b020a27e7040801dedba61b': datasetId,
    'timestampOrdered-none-mp': mergePolicyId,
    'e5bc94de-cd14-4cdf-a2bc-88b6e8cbfac2': mergePolicyId,
    mpid1: mergePolicyId,
    '{MERGE_POLICY_ID}': mergePolicyId,
    '{SCHEDULE_NAME}': uniqueName('schedule'),
    '{DEFINITION_NAME}': uniqueName('segment'),
    'My Sample Cart Abandons Segment Definition': uniqueName('My Sample Cart Abandons Segment Definition'),
    '{DEFINITION_DESCRIPTION}': 'People in the US',
    '{SCHEMA}': '_xdm.context.profile',
    '{TYPE}': 'PQL',
    '{FORMAT}': 'pql/text',
    '{PQL_STATEMENT}': inUs,
    '{PREDICATE_EXPRESSION}': inUs,
    '{PREDICATE_TYPE}': 'pql/text',
    '{PREDICATE_MODEL}': '_xdm.context.profile',
    '{GRAPH_TYPE}': 'none',
    '{MERGE_STRATEGY}': 'simple',
  };
  return JSON.parse(JSON.stringify(body), (_key, value: unknown) =>
    typeof value === 'string' ? (real[value] ?? value) : value,
  );
}

/** What is done with each request body of Adobe's pages. */
export const requestCases: Readonly<Record<RequestExample, RequestCase>> = {
  // The page pasted an export's body under the templates, with the URL of exports: each door knows its own.
  'audience-metadata-01-export-job-under-templates': async (world, body) => {
    const refused = await ask(world.target, `POST ${paths.templates}`, { body });
    expect([refused.status, refused.bytes.toString()]).toEqual([
      400,
      expect.stringContaining('evaluationInfo'),
    ]);
    await exportsPeople(0)(world, body);
  },
  // Nobody had qualified in January 2018.
  'audience-metadata-03-export-job-request': exportsPeople(0),
  'create-segment-01-definition-form': async ({ target, mergePolicyId }, body) => {
    const made = await must<SegmentDefinitionWire>(target, `POST ${paths.definitions}`, { body });
    expect(made).toMatchObject({ ...(body as object), mergePolicyId });
    expect(await must(target, `GET ${paths.definitions}/${made.id}`)).toEqual(made);
  },
  // "MyProfile" is no schema of any sandbox; with one that is, the body is taken.
  'create-segment-02-definition-request': async ({ target }, body) => {
    const refused = await ask(target, `POST ${paths.definitions}`, { body });
    expect([refused.status, refused.bytes.toString()]).toEqual([400, expect.stringContaining('schema')]);
    const schema = { name: '_xdm.context.profile' };
    const made = await must(target, `POST ${paths.definitions}`, { body: { ...(body as object), schema } });
    expect(made).toMatchObject({ expression: { value: 'xEvent.metrics.commerce.abandons.value > 0' } });
  },
  'create-segment-04-preview-form': estimates(3),
  'create-segment-05-preview-request': estimates(0),
  'create-segment-09-segment-job-form': runs,
  'create-segment-10-segment-job-request': runs,
  'create-segment-13-dataset-form': makesUnionDataset,
  'create-segment-14-dataset-request': makesUnionDataset,
  'create-segment-16-export-job-form': exportsPeople(3),
  'evaluate-segment-01-schedule-request': (world, body) =>
    withSchedule(world, body, ({ createEpoch, updateEpoch, ...schedule }) => {
      expect(schedule).toMatchObject(body as object);
      expect([createEpoch, updateEpoch].every((epoch) => epoch > 1e9 && epoch < 1e11)).toBe(true);
    }),
  'evaluate-segment-03-schedule-state-patch': patches({ state: 'active' }),
  'evaluate-segment-04-schedule-time-patch': patches({ schedule: '0 15 10 * * ?' }),
  'evaluate-segment-05-segment-job-request': runs,
  'evaluate-segment-09-dataset-request': makesUnionDataset,
  // A batch for each segment, and nobody who qualified on the first of September 2019.
  'evaluate-segment-11-export-job-request': exportsPeople(0),
  'export-jobs-02-request': exportsPeople(0),
  'profile-export-jobs-01-dataset-request': makesUnionDataset,
  // Without a filter: everybody.
  'profile-export-jobs-03-request': exportsPeople(people.length),
  'profile-export-jobs-07-profiles-only-request': exportsPeople(people.length),
  'profile-export-jobs-08-events-only-request': exportsPeople(people.length),
};

interface ExportBody {
  readonly fields: string;
  readonly schema: { readonly name: string };
  readonly mergePolicy: { readonly id: string; readonly version: number };
  readonly filter?: { readonly segments: readonly object[] };
  readonly destination: { readonly segmentPerBatch?: boolean };
}

/** The job says what was asked for, and ends well with so many profiles. */
function exportsPeople(count: number): RequestCase {
  return async ({ target, datasetId, mergePolicyId }, body) => {
    const { fields, schema, filter, destination } = body as ExportBody;
    const answer = await ask(target, `POST ${paths.exportJobs}`, { body });
    const job = answer.body as ExportJobWire;
    expect([answer.status, job.status, typeof job.id]).toEqual([200, 'NEW', 'number']);
    expect(job).toMatchObject({ fields, schema, mergePolicy: { id: mergePolicyId, version: 1 } });
    expect(job.filter?.segments ?? []).toMatchObject(filter?.segments ?? []);
    const batches = { dataSetId: datasetId, batches: (filter?.segments ?? []).map(() => ({})) };
    expect(job.destination).toMatchObject(destination.segmentPerBatch === true ? batches : { datasetId });
    const path = `GET ${paths.exportJobs}/${job.id}`;
    const ended = await untilAnswer<ExportJobWire>(target, path, ({ status }) => terminal.includes(status));
    expect([ended.status, ended.errors, ended.metrics?.totalExportedProfileCounter]).toEqual([
      'SUCCEEDED',
      [],
      count,
    ]);
  };
}

async function runs({ target }: ExampleWorld, body: unknown): Promise<void> {
  const wanted = body as readonly { readonly segmentId: string }[];
  const job = await runSegmentJob(
    target,
    wanted.map(({ segmentId }) => segmentId),
  );
  expect(job).toMatchObject({ status: 'SUCCEEDED', segments: wanted });
}

async function makesUnionDataset({ target }: ExampleWorld, body: unknown): Promise<void> {
  const answer = await ask(target, `POST ${paths.datasets}`, { body });
  const [reference = ''] = answer.body as string[];
  expect([answer.status, reference]).toEqual([201, expect.stringMatching(/^@\/dataSets\/[0-9a-f]{24}$/)]);
  const id = reference.slice('@/dataSets/'.length);
  const { name, schemaRef } = body as { readonly name: string; readonly schemaRef: object };
  expect(await must(target, `GET ${paths.datasets}/${id}`)).toMatchObject({ [id]: { name, schemaRef } });
}

function estimates(size: number): RequestCase {
  return async ({ target }, body) => {
    const answer = await ask(target, `POST ${paths.preview}`, { body });
    const { previewId } = answer.body as NewPreviewWire;
    expect(answer.status).toBe(201);
    const ready = await untilAnswer<EstimateWire>(target, `GET ${paths.estimate}/${previewId}`, ({ state }) =>
      ['RESULT_READY', 'FAILED'].includes(state),
    );
    expect([ready.state, ready.estimatedSize]).toEqual(['RESULT_READY', size]);
  };
}

/** By POST, as the page shows, and by PATCH, as it says. */
function patches(change: Partial<ScheduleWire>): RequestCase {
  return async (world, body) => {
    for (const method of ['POST', 'PATCH'])
      await withSchedule(world, scheduleRequest(world), async ({ id }) => {
        const answer = await ask(world.target, `${method} ${paths.schedules}/${id}`, { body });
        expect([answer.status, answer.bytes.length]).toEqual([204, 0]);
        expect(await must(world.target, `GET ${paths.schedules}/${id}`)).toMatchObject(change);
      });
  };
}

function scheduleRequest(world: ExampleWorld): unknown {
  return inWorld(readExample('evaluate-segment-01-schedule-request'), world);
}

/** An org has one schedule at most: it is gone afterwards. */
async function withSchedule(
  { target }: ExampleWorld,
  body: unknown,
  use: (schedule: ScheduleWire) => void | Promise<void>,
): Promise<void> {
  const schedule = await must<ScheduleWire>(target, `POST ${paths.schedules}`, { body });
  try {
    await use(schedule);
  } finally {
    await must(target, `DELETE ${paths.schedules}/${schedule.id}`);
  }
}
