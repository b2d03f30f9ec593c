import type { ExportJob, JobError, JobStatus, SegmentJob, Tenant } from '../records';
import type { ReportProgress } from '../store/api/progress';
import type { PlatformStore } from '../store/platform-store';
import type { JobKind } from './job-state';
import { statesBefore } from './job-state';

/** What a move may change beside the status. */
export interface JobChanges {
  readonly updatedAt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly errors?: readonly JobError[];
}

/** One run of a job's work. */
export interface JobRun {
  /** The fixed clock of the run, epoch ms. */
  readonly at: number;
  readonly onProgress: ReportProgress;
  readonly signal: AbortSignal;
}

/** A job of either kind as the runner sees it. */
export interface JobHandle {
  readonly kind: JobKind;
  readonly tenant: Tenant;
  readonly id: string;
  readonly status: JobStatus;
  readonly createdAt: number;
  readonly requestId: string;
  /** The status as it stands in the store now; undefined where the job is gone. */
  currentStatus(): Promise<JobStatus | undefined>;
  /** Done only from a state that may become `to`; false where the job has left those. */
  move(to: JobStatus, changes: JobChanges): Promise<boolean>;
  setProgress(progress: number, at: number): Promise<void>;
  /** Does the work up to its commit; changes nothing where the job is no longer PROCESSING. */
  work(run: JobRun): Promise<void>;
}

/** The work behind each kind, as `createPlatform` puts it together. */
export interface JobWork {
  segment(tenant: Tenant, job: SegmentJob, run: JobRun): Promise<void>;
  export(tenant: Tenant, job: ExportJob, run: JobRun): Promise<void>;
}

interface HandleParts {
  readonly store: PlatformStore;
  readonly work: JobWork;
  readonly tenant: Tenant;
}

/**
 * A segment job as the runner sees it. It holds the record as it was read: `status` does not follow, `currentStatus`
 * does.
 */
export function segmentJobHandle({ store, work, tenant }: HandleParts, job: SegmentJob): JobHandle {
  const { id, status, createdAt, requestId } = job;
  return {
    kind: 'segment',
    tenant,
    id,
    status,
    createdAt,
    requestId,
    currentStatus: async () => (await store.segmentJobs.get(tenant, id))?.status,
    move: async (to, changes) =>
      (await store.segmentJobs.transition(tenant, id, { from: statesBefore('segment', to), to, changes })) !==
      undefined,
    setProgress: (progress, at) => store.segmentJobs.setProgress(tenant, id, progress, at),
    work: (run) => work.segment(tenant, job, run),
  };
}

/** An export job as the runner sees it, its number as a text; `status` does not follow, `currentStatus` does. */
export function exportJobHandle({ store, work, tenant }: HandleParts, job: ExportJob): JobHandle {
  const { id, status, createdAt, requestId } = job;
  return {
    kind: 'export',
    tenant,
    id: String(id),
    status,
    createdAt,
    requestId,
    currentStatus: async () => (await store.exportJobs.get(tenant, id))?.status,
    move: async (to, changes) =>
      (await store.exportJobs.transition(tenant, id, { from: statesBefore('export', to), to, changes })) !==
      undefined,
    setProgress: (progress, at) => store.exportJobs.setProgress(tenant, id, progress, at),
    work: (run) => work.export(tenant, job, run),
  };
}

/** Every job of every tenant that is not terminal, oldest first. */
export async function unfinishedJobs(store: PlatformStore, work: JobWork): Promise<readonly JobHandle[]> {
  const segments = await store.segmentJobs.unfinished();
  const exports = await store.exportJobs.unfinished();
  // Its export runs it again; one that is to be cancelled, or whose export has ended, is the runner's like any other.
  const isLeftToExport = ({ tenant, job }: (typeof segments)[number]): boolean =>
    job.exportJobId !== undefined &&
    job.status === 'PROCESSING' &&
    exports.some(
      (other) =>
        other.job.id === job.exportJobId &&
        other.tenant.orgId === tenant.orgId &&
        other.tenant.sandbox === tenant.sandbox,
    );
  const own = segments.filter((segment) => !isLeftToExport(segment));
  return [
    ...own.map(({ tenant, job }) => segmentJobHandle({ store, work, tenant }, job)),
    ...exports.map(({ tenant, job }) => exportJobHandle({ store, work, tenant }, job)),
  ].sort((one, other) => one.createdAt - other.createdAt);
}
