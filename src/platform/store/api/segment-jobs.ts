import type { JobStatus, SegmentJob, Tenant } from '../../records';
import type { JobRepository } from './jobs';
import type { Listed, Page, SortOrder } from './repository';

export interface SegmentJobFilter {
  readonly status?: JobStatus;
  readonly segmentId?: string;
  /** True: the jobs that were asked for `*`. */
  readonly allSegments?: true;
  readonly source?: SegmentJob['source'];
  readonly exportJobId?: number;
  readonly scheduleId?: string;
}

export interface SegmentJobRepository extends JobRepository<SegmentJob, string> {
  list(tenant: Tenant, filter: SegmentJobFilter, page: Page, sort?: SortOrder): Promise<Listed<SegmentJob>>;
  /** False where a job with the same scheduleId and scheduledFor, or the same client token, exists. */
  insert(tenant: Tenant, job: SegmentJob): Promise<boolean>;
}
