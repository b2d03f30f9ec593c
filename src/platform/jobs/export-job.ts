import { runExport } from '../exports/run-export';
import type { ExportJob, SegmentJob, Tenant } from '../records';
import type { ReportProgress } from '../store/api/progress';
import type { PlatformStore } from '../store/platform-store';
import { EvaluationCancelled } from './evaluation-cancelled';
import { toJobErrors } from './job-error';
import type { JobRun } from './job-handle';
import { statesBefore } from './job-state';
import { newSegmentJob, selectDefinitions } from './new-segment-job';
import type { SegmentSelection } from './new-segment-job';
import { runSegmentJob } from './segment-job';
import { SegmentNotEvaluated } from './segment-not-evaluated';
import type { Surroundings } from './surroundings';

export interface ExportJobParts {
  readonly store: PlatformStore;
  readonly surroundings: Surroundings;
  readonly tenant: Tenant;
  readonly job: ExportJob;
  readonly run: JobRun;
}

/** The work of an export job; where it asks to evaluate first, a segment job of its own does that, for half the progress. */
export async function runExportJob(parts: ExportJobParts): Promise<void> {
  const { store, tenant, job, run } = parts;
  if (!job.request.evaluateFirst) {
    await refuseUnevaluated(parts);
    await runExport({ store, tenant, job, ...run });
    return;
  }
  await evaluateFirst(parts, halfOf(run.onProgress, 0));
  await runExport({ store, tenant, job, ...run, onProgress: halfOf(run.onProgress, 1) });
}

/**
 * Nobody is a member of such a segment, nor of one that was deleted while the export waited, and the export would only
 * take the dataset's former members away.
 */
async function refuseUnevaluated({ store, tenant, job }: ExportJobParts): Promise<void> {
  const own = job.request.segments.filter(({ namespace }) => namespace.toLowerCase() === 'ups');
  await selectDefinitions(store, tenant, { kind: 'ids', ids: own.map(({ segmentId }) => segmentId) });
  const one = { offset: 0, limit: 1 };
  for (const { segmentId } of own) {
    const filter = { segmentId, status: 'SUCCEEDED' } as const;
    const { totalCount } = await store.segmentJobs.list(tenant, filter, one);
    if (totalCount === 0) throw new SegmentNotEvaluated(segmentId);
  }
}

function halfOf(report: ReportProgress, half: 0 | 1): ReportProgress {
  return ({ done, total }) => report({ done: half * total + done, total: 2 * total });
}

async function evaluateFirst(parts: ExportJobParts, onProgress: ReportProgress): Promise<void> {
  const { store, tenant, run } = parts;
  const begun = await findSegmentJob(parts);
  // The export was interrupted after its first half.
  if (begun?.status === 'SUCCEEDED') return;
  const segmentJob = begun ?? (await beginSegmentJob(parts));
  try {
    await runSegmentJob(store, { tenant, job: segmentJob, run: { ...run, onProgress } });
  } catch (error) {
    await endSegmentJob(parts, { segmentJob, error });
    throw error;
  }
  const ended = await store.segmentJobs.get(tenant, segmentJob.id);
  if (ended?.status !== 'SUCCEEDED') throw new EvaluationCancelled(segmentJob.id);
}

/** The one that an earlier run of this export began, where it has ended well or was interrupted by the process's death. */
async function findSegmentJob({ store, tenant, job }: ExportJobParts): Promise<SegmentJob | undefined> {
  const { items } = await store.segmentJobs.list(tenant, { exportJobId: job.id }, { offset: 0, limit: 1 });
  return items.find(({ status }) => status === 'PROCESSING' || status === 'SUCCEEDED');
}

/** It begins as PROCESSING: the runner has given its tenant's place to the export, and this is a part of it. */
async function beginSegmentJob({
  store,
  surroundings,
  tenant,
  job,
  run,
}: ExportJobParts): Promise<SegmentJob> {
  const own = job.request.segments.filter(({ namespace }) => namespace.toLowerCase() === 'ups');
  const selection: SegmentSelection =
    own.length === 0 ? { kind: 'all' } : { kind: 'ids', ids: own.map(({ segmentId }) => segmentId) };
  const definitions = await selectDefinitions(store, tenant, selection);
  const { requestId } = job;
  const fresh = newSegmentJob({ id: surroundings.ids.uuid(), at: run.at, selection, definitions, requestId });
  const segmentJob: SegmentJob = {
    ...fresh,
    status: 'PROCESSING',
    startedAt: run.at,
    exportJobId: job.id,
  };
  await store.segmentJobs.insert(tenant, segmentJob);
  return segmentJob;
}

/** Its end is that of the export: cancelled with it, failed for the same reason. */
async function endSegmentJob(
  { store, surroundings, tenant, run }: ExportJobParts,
  { segmentJob, error }: { readonly segmentJob: SegmentJob; readonly error: unknown },
): Promise<void> {
  const now = surroundings.clock();
  const move = (to: 'CANCELLING' | 'CANCELLED' | 'FAILED', changes: Partial<SegmentJob>): Promise<unknown> =>
    store.segmentJobs.transition(tenant, segmentJob.id, {
      from: statesBefore('segment', to),
      to,
      changes: { updatedAt: now, ...changes },
    });
  if (!run.signal.aborted) {
    await move('FAILED', { endedAt: now, errors: toJobErrors(error) });
    return;
  }
  await move('CANCELLING', {});
  await move('CANCELLED', { endedAt: now });
}
