import type { ExportJob, ExportRequest, SegmentJob } from '../src/platform/records';
import { runExport } from '../src/platform/exports/run-export';
import { runSegmentJob } from '../src/platform/jobs/segment-job';
import type { PlatformStore } from '../src/platform/store/platform-store';
import { tenant } from './data-set';

export interface JobToRun {
  readonly id: string;
  readonly at: number;
  readonly rules: readonly { readonly pql: string }[];
}

/** Makes the definitions that are not there yet. */
export async function defineSegments(
  store: PlatformStore,
  { at, rules }: Pick<JobToRun, 'at' | 'rules'>,
): Promise<SegmentJob['segments']> {
  const segments: SegmentJob['segments'][number][] = [];
  for (const [n, { pql: value }] of rules.entries()) {
    const expression = { type: 'PQL', format: 'pql/text', value };
    const segment = { version: 1, expression, mergePolicyId: 'default' };
    segments.push({ ...segment, segmentId: segmentIdOf(n) });
    if ((await store.segmentDefinitions.get(tenant, segmentIdOf(n))) !== undefined) continue;
    await store.segmentDefinitions.insert(tenant, {
      ...segment,
      id: segmentIdOf(n),
      name: `Segment ${n}`,
      schemaName: '_xdm.context.profile',
      evaluation: { batch: true, continuous: false, synchronous: false },
      createdAt: at,
      updatedAt: at,
    });
  }
  return segments;
}

/** Runs a whole segment job over so many definitions, which are made when they are not there yet. */
export async function runJob(store: PlatformStore, { id, at, rules }: JobToRun): Promise<SegmentJob> {
  return runJobOver(store, { id, at, segments: await defineSegments(store, { at, rules }) });
}

/** The same over definitions that are there. */
export async function runJobOver(
  store: PlatformStore,
  { id, at, segments }: Omit<JobToRun, 'rules'> & Pick<SegmentJob, 'segments'>,
): Promise<SegmentJob> {
  const job: SegmentJob = {
    ...begun(at),
    id,
    source: 'api',
    allSegments: true,
    segments,
    schemaName: '_xdm.context.profile',
  };
  await store.segmentJobs.insert(tenant, job);
  const run = { at, onProgress: () => undefined, signal: new AbortController().signal };
  await runSegmentJob(store, { tenant, job, run });
  const done = await store.segmentJobs.get(tenant, id);
  if (done?.status !== 'SUCCEEDED') throw new Error(`The segment job ended as ${done?.status ?? 'nothing'}`);
  return done;
}

export const segmentIdOf = (n: number): string => `segment-${n}`;

/** Runs an export of the members of one segment. */
export async function runExportOf(
  store: PlatformStore,
  {
    segmentId,
    fields,
    at,
  }: { readonly segmentId: string; readonly fields: readonly string[]; readonly at: number },
): Promise<ExportJob> {
  const request: ExportRequest = {
    fields,
    segments: [{ segmentId, namespace: 'ups', statuses: ['realized', 'existing'] }],
    emptyProfiles: false,
    datasetId: 'f'.repeat(24),
    segmentPerBatch: false,
    evaluateFirst: false,
    schemaName: '_xdm.context.profile',
  };
  const job = await store.exportJobs.insert(tenant, {
    ...begun(at),
    request,
    batches: [{ batchId: `export-${exportCount++}` }],
  });
  const done = await runExport({ store, tenant, job, signal: new AbortController().signal });
  if (done === undefined) throw new Error('The export did not end');
  return done;
}

let exportCount = 0;

function begun(at: number) {
  return {
    status: 'PROCESSING',
    progress: 0,
    errors: [],
    requestId: 'bench',
    createdAt: at,
    updatedAt: at,
  } as const;
}
