import type { SegmentJobWire } from '../wire/segment-job.wire';
import type { CommonList } from './first-pages';
import { countOfNextPage, everySegment, firstCount, segmentIdsOf } from './newest-jobs';

/** One page of all jobs, newest first. */
export type ListJobs = (request: { readonly first: number; readonly after?: string }) => Promise<{
  readonly jobs: readonly SegmentJobWire[];
  readonly totalCount: number | null;
  /** Null where the list ends here. */
  readonly next: string | null;
}>;

/** Pages that are looked through before parents are asked for by themselves. */
const maxPages = 3;
/** What so many pages may hold at most. */
const mostJobs = firstCount + 2 * 94;

export interface JobsOfMany {
  readonly list: ListJobs;
  readonly isEnough: (jobs: readonly SegmentJobWire[]) => boolean;
  /** From the first job on that this is true of, nothing is said of the rest. */
  readonly isUnclear: (job: SegmentJobWire) => boolean;
}

/**
 * The newest jobs, to be divided among many segments or schedules: read on where they are not enough and the list is short
 * enough to be read to its end.
 */
export async function readJobsOfMany({
  list,
  isEnough,
  isUnclear,
}: JobsOfMany): Promise<CommonList<SegmentJobWire>> {
  const jobs: SegmentJobWire[] = [];
  let after: string | undefined;
  let first = firstCount;
  for (let page = 0; page < maxPages; page += 1) {
    const read = await list({ first, ...(after !== undefined && { after }) });
    const unclear = read.jobs.findIndex(isUnclear);
    jobs.push(...(unclear < 0 ? read.jobs : read.jobs.slice(0, unclear)));
    if (unclear >= 0) return { items: jobs, isWhole: false };
    if (read.next === null) return { items: jobs, isWhole: true };
    if (isEnough(jobs) || (read.totalCount ?? 0) > mostJobs) break;
    after = read.next;
    first = countOfNextPage(read.jobs);
  }
  return { items: jobs, isWhole: false };
}

/** Whether a segment's own list has a job over all segments differs from upstream to upstream. */
export function isOverAll(job: SegmentJobWire): boolean {
  return segmentIdsOf(job).includes(everySegment);
}

/** True of a job that names the segment. */
export function namesSegment(job: SegmentJobWire, segmentId: string): boolean {
  return segmentIdsOf(job).includes(segmentId);
}
