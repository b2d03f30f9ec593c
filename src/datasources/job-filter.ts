import type { JobPageRequest } from './index';

/** What a filter of jobs reads of a job of either kind. */
export interface FilteredJob {
  readonly status: string;
  /** ms */
  readonly creationTime: number;
}

export interface JobFilter<T> {
  /** The one status that the upstream may filter by; undefined where it must see all. */
  readonly upstreamStatus: string | undefined;
  readonly matches: ((job: T) => boolean) | undefined;
  /** True from the first job on that is older than all that can match, in a list with the newest first. */
  readonly isPast: ((job: T) => boolean) | undefined;
}

/**
 * Divides a filter of jobs between the upstream and us.
 *
 * @param upstreamStatuses those that the list endpoint accepts; it knows one at a time (quirk P6).
 * @param also a condition of this kind of job.
 */
export function divideJobFilter<T extends FilteredJob>(
  request: JobPageRequest,
  {
    upstreamStatuses,
    also,
  }: { upstreamStatuses: readonly string[]; also?: ((job: T) => boolean) | undefined },
): JobFilter<T> {
  const { statuses, createdAfter, createdBefore } = request;
  const [onlyStatus] = statuses ?? [];
  const upstreamStatus =
    statuses?.length === 1 && onlyStatus !== undefined && upstreamStatuses.includes(onlyStatus)
      ? onlyStatus
      : undefined;
  const conditions: ((job: T) => boolean)[] = [];
  if (statuses !== undefined && upstreamStatus === undefined) {
    const wanted = new Set(statuses);
    conditions.push(({ status }) => wanted.has(knownStatuses.has(status) ? status : 'UNKNOWN'));
  }
  if (createdAfter !== undefined) conditions.push((job) => createdMs(job) > createdAfter.getTime());
  if (createdBefore !== undefined) conditions.push((job) => createdMs(job) < createdBefore.getTime());
  if (also !== undefined) conditions.push(also);
  return {
    upstreamStatus,
    matches: conditions.length === 0 ? undefined : (job) => conditions.every((condition) => condition(job)),
    isPast: createdAfter === undefined ? undefined : (job) => createdMs(job) <= createdAfter.getTime(),
  };
}

/** The parts of a request that decide which jobs are listed; for the cursor's binding. */
export function jobFilterBinding(request: JobPageRequest): readonly unknown[] {
  const { statuses, segmentId, datasetId, scheduleId, createdAfter, createdBefore } = request;
  return [
    statuses?.toSorted(),
    segmentId,
    datasetId,
    scheduleId,
    createdAfter?.getTime(),
    createdBefore?.getTime(),
  ];
}

const knownStatuses: ReadonlySet<string> = new Set([
  'NEW',
  'QUEUED',
  'PROCESSING',
  'CANCELLING',
  'CANCELLED',
  'SUCCEEDED',
  'FAILED',
]);

/** Old answers give an ISO text (quirk D5). */
function createdMs(job: FilteredJob): number {
  const value: unknown = job.creationTime;
  return typeof value === 'number' ? value : Date.parse(String(value));
}
