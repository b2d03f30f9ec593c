import { withoutTrouble } from '../datasources';
import type { DataSources, SourcePage } from '../datasources';
import { UpstreamNotFound, UpstreamRateLimited } from '../errors/upstream-error';
import type { WatchedJob } from './job-watchers';
import { jobKey } from './subject';
import type { LookCourse } from './subject';

type Kind = WatchedJob['kind'];

/** Jobs of a kind that are looked through as a watch begins. */
export const firstLookCount = 100;
/** Of each page that later looks read, up to the first job that is known. */
const pageCount = 20;
const maxPages = 5;
/** Export jobs have no bulk-get: those that are not at the top of the list take turns, so many a look. */
const maxExportLooks = 20;

/** What a list knows of its jobs, as far as a look needs it. */
export interface KnownJobs {
  isKnown(watched: WatchedJob): boolean;
  /** Those that have not ended. */
  readonly followed: readonly WatchedJob[];
  /** Told of a followed job that is not there. */
  noteMissing(watched: WatchedJob): void;
}

/** The newest jobs of each kind, newest first. */
export async function readNewest(
  sources: DataSources,
  kinds: readonly Kind[],
  course: LookCourse,
): Promise<readonly WatchedJob[]> {
  const pages = await together(
    kinds.map(async (kind) => (await readPage(sources, kind, { first: firstLookCount })).jobs),
    course,
  );
  return pages.flat();
}

/**
 * Looks at the top of each list for jobs that were made since, and at those that are followed: a page shows most of them,
 * the others come by one bulk-get, export jobs one by one.
 *
 * @param turn of this look: which of the export jobs that are looked at one by one come first.
 */
export async function readJobList(
  sources: DataSources,
  request: {
    readonly kinds: readonly Kind[];
    readonly jobs: KnownJobs;
    readonly turn: number;
    readonly course: LookCourse;
  },
): Promise<{ readonly made: readonly WatchedJob[]; readonly followed: readonly WatchedJob[] }> {
  const { kinds, jobs: known, turn, course } = request;
  const tops = await together(
    kinds.map((kind) => readTop(sources, kind, { known, course })),
    course,
  );
  const listed = tops.flatMap(({ jobs }) => jobs);
  const seen = new Set(listed.map(jobKey));
  const unseen = known.followed.filter((watched) => !seen.has(jobKey(watched)));
  if (unseen.length > 0) course.goOn();
  const looked = await together(
    thoseWhoseTurnItIs(unseen, turn).map((watched) => readAgain(sources, watched, known)),
    course,
  );
  return {
    made: tops.flatMap(({ made }) => made),
    followed: [...listed, ...looked.filter((watched) => watched !== null)],
  };
}

/** The top of one list, down to what is known. */
async function readTop(
  sources: DataSources,
  kind: Kind,
  { known, course }: { readonly known: KnownJobs; readonly course: LookCourse },
): Promise<{ readonly jobs: readonly WatchedJob[]; readonly made: readonly WatchedJob[] }> {
  const jobs: WatchedJob[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < maxPages; pages += 1) {
    const page = await readPage(sources, kind, { first: pageCount, ...(after !== undefined && { after }) });
    jobs.push(...page.jobs);
    if (page.end === null || page.jobs.some((watched) => known.isKnown(watched))) break;
    after = page.end;
    course.goOn();
  }
  // What stands below the last one that is known is older than that, though nobody has seen it.
  const lastKnown = jobs.findLastIndex((watched) => known.isKnown(watched));
  const newest = lastKnown === -1 ? jobs : jobs.slice(0, lastKnown);
  return { jobs, made: newest.filter((watched) => !known.isKnown(watched)) };
}

async function readPage(
  { segmentJobs, exportJobs }: DataSources,
  kind: Kind,
  request: { readonly first: number; readonly after?: string },
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

function thoseWhoseTurnItIs(unseen: readonly WatchedJob[], turn: number): readonly WatchedJob[] {
  const segmentJobs = unseen.filter(({ kind }) => kind === 'SEGMENT');
  const exportJobs = unseen.filter(({ kind }) => kind === 'EXPORT');
  const start = exportJobs.length === 0 ? 0 : (turn * maxExportLooks) % exportJobs.length;
  const chosen = [...exportJobs.slice(start), ...exportJobs.slice(0, start)].slice(0, maxExportLooks);
  return [...segmentJobs, ...chosen];
}

/** Null for one that is gone. */
async function readAgain(
  { segmentJobs, exportJobs }: DataSources,
  watched: WatchedJob,
  known: KnownJobs,
): Promise<WatchedJob | null> {
  const id = String(watched.job.id);
  try {
    return watched.kind === 'SEGMENT'
      ? { kind: 'SEGMENT', job: await segmentJobs.byId(id) }
      : { kind: 'EXPORT', job: await exportJobs.byId(id) };
  } catch (error) {
    if (!(error instanceof UpstreamNotFound)) throw error;
    known.noteMissing(watched);
    return null;
  }
}

/**
 * Waits for all of them, though one has failed: no call outlives its look.
 *
 * @throws the error of one that failed; before others, that the upstream wants to be left alone for a while.
 */
async function together<T>(calls: readonly Promise<T>[], course: LookCourse): Promise<readonly T[]> {
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
