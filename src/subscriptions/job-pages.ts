import { withoutTrouble } from '../datasources';
import type { DataSources, JobPageRequest, SourcePage } from '../datasources';
import { UpstreamRateLimited } from '../errors/upstream-error';
import type { WatchedJob } from './job-watchers';
import type { LookCourse } from './subject';

export type Kind = WatchedJob['kind'];

/** Adobe's limit of ids in one bulk-get, and of jobs in one page. */
export const idsPerCall = 100;

/** A page of the list of one kind, newest first; `end` is null behind the last one. @throws UpstreamError */
export async function readPage(
  { segmentJobs, exportJobs }: DataSources,
  kind: Kind,
  request: JobPageRequest,
): Promise<{ readonly jobs: readonly WatchedJob[]; readonly end: string | null }> {
  return kind === 'SEGMENT'
    ? toJobs(await segmentJobs.page(request), (job) => ({ kind, job }))
    : toJobs(await exportJobs.page(request), (job) => ({ kind, job }));
}

function toJobs<Wire>(
  page: SourcePage<Wire>,
  toWatched: (job: Wire) => WatchedJob,
): { readonly jobs: readonly WatchedJob[]; readonly end: string | null } {
  return {
    jobs: withoutTrouble(page).edges.map(({ node }) => toWatched(node)),
    end: page.hasNextPage ? page.endCursor : null,
  };
}

/**
 * Waits for all of them, though one has failed: no call outlives its look.
 *
 * @throws the error of one that failed; before others, that the upstream wants to be left alone for a while.
 */
export async function together<T>(calls: readonly Promise<T>[], course: LookCourse): Promise<readonly T[]> {
  for (const call of calls)
    call.catch((error: unknown) => {
      course.failed(error);
    });
  const outcomes = await Promise.allSettled(calls);
  const failures: unknown[] = [];
  for (const outcome of outcomes) if (outcome.status === 'rejected') failures.push(outcome.reason);
  const limited = failures.filter((error) => error instanceof UpstreamRateLimited);
  const [longest] = limited.toSorted((one, other) => (other.retryAfterMs ?? 0) - (one.retryAfterMs ?? 0));
  if (failures.length > 0) throw longest ?? failures[0];
  return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
}
