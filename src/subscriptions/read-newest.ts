import type { DataSources } from '../datasources';
import { readPage, together } from './job-pages';
import type { Kind } from './job-pages';
import { isTerminal } from './job-progression';
import type { WatchedJob, WatchFilter } from './job-watchers';
import { jobKey } from './subject';
import type { LookCourse } from './subject';

/** Jobs of a kind that are looked through as a watch begins. */
export const firstLookCount = 100;
/** Jobs that run and are older than those: of a kind, and of the pages of export jobs, which cannot be asked for them. */
const maxOlder = 1_000;
/** What one call holds, with the few that pages of an offset have in common. */
const pageCount = 95;

interface FirstLook {
  readonly kinds: readonly Kind[];
  /** What a job that runs cannot come to fit is not looked for below the newest ones. */
  readonly lasting: Omit<WatchFilter, 'statuses'>;
  /** True from the first job on that is older than all that can fit. */
  readonly isPast: (watched: WatchedJob) => boolean;
  readonly course: LookCourse;
}

/** The newest jobs of each kind, and those below them that have not ended; newest first. */
export async function readNewest(sources: DataSources, look: FirstLook): Promise<readonly WatchedJob[]> {
  const beginnings = await together(
    look.kinds.map((kind) => readBeginning(sources, kind, look)),
    look.course,
  );
  return beginnings.flat();
}

async function readBeginning(
  sources: DataSources,
  kind: Kind,
  look: FirstLook,
): Promise<readonly WatchedJob[]> {
  const { jobs, end } = await readPage(sources, kind, { first: firstLookCount });
  const last = jobs.at(-1);
  if (end === null || last === undefined || look.isPast(last)) return jobs;
  const read =
    kind === 'SEGMENT' ? readRunningSegmentJobs(sources, look) : readExportJobsOn(sources, end, look);
  const newest = new Set(jobs.map(jobKey));
  const older = new Map((await read).map((watched) => [jobKey(watched), watched]));
  const running = [...older.values()].filter(
    (watched) => !newest.has(jobKey(watched)) && !isTerminal(watched),
  );
  return [...jobs, ...running.toSorted((one, other) => createdMs(other) - createdMs(one))];
}

/** The list is filtered by one status at a time; in their order, so that no job slips from one to the next unseen. */
async function readRunningSegmentJobs(
  sources: DataSources,
  { lasting, course }: FirstLook,
): Promise<readonly WatchedJob[]> {
  const found: WatchedJob[] = [];
  // They write to none.
  if (lasting.datasetId !== undefined) return found;
  for (const status of runningStatuses) {
    let after: string | null = null;
    do {
      await course.goOn(1);
      const request = { first: pageCount, statuses: [status], ...lasting };
      const page = await readPage(sources, 'SEGMENT', after === null ? request : { ...request, after });
      found.push(...page.jobs);
      after = page.end;
    } while (after !== null && found.length < maxOlder);
  }
  return found;
}

/** Export jobs that run cannot be asked for (quirk P6): the list is read on. */
async function readExportJobsOn(
  sources: DataSources,
  end: string,
  { isPast, course }: FirstLook,
): Promise<readonly WatchedJob[]> {
  const found: WatchedJob[] = [];
  let after: string | null = end;
  while (after !== null && found.length < maxOlder) {
    await course.goOn(1);
    const page = await readPage(sources, 'EXPORT', { first: pageCount, after });
    found.push(...page.jobs);
    after = page.jobs.some(isPast) ? null : page.end;
  }
  return found;
}

const runningStatuses = ['NEW', 'QUEUED', 'PROCESSING', 'CANCELLING'];

/** ms; old answers give a text (quirk D5). */
function createdMs({ job }: WatchedJob): number {
  const value: unknown = job.creationTime;
  return typeof value === 'number' ? value : Date.parse(String(value)) || 0;
}
