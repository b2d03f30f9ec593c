import type { DataSources } from '../datasources';
import { UpstreamNotFound } from '../errors/upstream-error';
import { idsPerCall, readPage, together } from './job-pages';
import type { Kind } from './job-pages';
import type { WatchedJob } from './job-watchers';
import { jobKey } from './subject';
import type { LookCourse } from './subject';

/** Of the first page that later looks read; up to the first job that is known they read on, by all that one call holds. */
const pageCount = 20;
const nextPageCount = 95;
const maxPages = 20;
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
  const chosen = thoseWhoseTurnItIs(unseen, turn);
  if (chosen.length > 0) await course.goOn(callsFor(chosen));
  const looked = await together(
    chosen.map((watched) => readAgain(sources, watched, known)),
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
    const request = after === undefined ? { first: pageCount } : { first: nextPageCount, after };
    const page = await readPage(sources, kind, request);
    jobs.push(...page.jobs);
    if (page.end === null || page.jobs.some((watched) => known.isKnown(watched))) break;
    after = page.end;
    if (pages + 1 < maxPages) await course.goOn(1);
  }
  // What stands below the last one that is known is older than that, though nobody has seen it.
  const lastKnown = jobs.findLastIndex((watched) => known.isKnown(watched));
  const newest = lastKnown === -1 ? jobs : jobs.slice(0, lastKnown);
  return { jobs, made: newest.filter((watched) => !known.isKnown(watched)) };
}

function thoseWhoseTurnItIs(unseen: readonly WatchedJob[], turn: number): readonly WatchedJob[] {
  const segmentJobs = unseen.filter(({ kind }) => kind === 'SEGMENT');
  const exportJobs = unseen.filter(({ kind }) => kind === 'EXPORT');
  const start = exportJobs.length === 0 ? 0 : (turn * maxExportLooks) % exportJobs.length;
  const chosen = [...exportJobs.slice(start), ...exportJobs.slice(0, start)].slice(0, maxExportLooks);
  return [...segmentJobs, ...chosen];
}

/** Segment jobs come by bulk-gets; export jobs one by one, or from their list where that holds all of them. */
function callsFor(chosen: readonly WatchedJob[]): number {
  const segmentJobs = chosen.filter(({ kind }) => kind === 'SEGMENT').length;
  return Math.ceil(segmentJobs / idsPerCall) + (chosen.length - segmentJobs);
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
