import { divideJobFilter } from '../datasources/job-filter';
import { firstShown, isTerminal, progress } from './job-progression';
import type { ShownJob } from './job-progression';
import type { JobChange, WatchedJob, WatchFilter } from './job-watchers';

/** One thing that a look has found. */
export type Found = Pick<JobChange, 'type' | 'previousStatus'> & { readonly watched: WatchedJob };

/** What a look has read. */
export interface JobListReading {
  /** Jobs that the top of a list shows and that were not known, newest first. */
  readonly made: readonly WatchedJob[];
  /** Jobs that were being followed. */
  readonly followed: readonly WatchedJob[];
}

/** Ids that are remembered so that no job is told of as new twice. */
const maxKnown = 20_000;

/** The jobs of one list as far as they are known; says what each look has changed. Pure but for its own memory. */
export class JobListState {
  /** Those that have not ended, in the order in which they came to be known. */
  private readonly running = new Map<string, ShownJob>();
  private readonly known = new Set<string>();
  private readonly missing = new Set<string>();
  private readonly fits: (watched: WatchedJob) => boolean;
  /** False for jobs that will never fit, whatever becomes of them. */
  private readonly mayFit: (watched: WatchedJob) => boolean;

  constructor(filter: WatchFilter) {
    const { statuses, ...lasting } = filter;
    this.fits = matcherOf(filter);
    this.mayFit = statuses === undefined ? this.fits : matcherOf(lasting);
  }

  isKnown(kind: WatchedJob['kind'], id: string): boolean {
    return this.known.has(`${kind} ${id}`);
  }

  /** Takes the jobs that are there as the watch begins; none of them is told of as new. */
  begin(jobs: readonly WatchedJob[]): void {
    for (const watched of jobs.toReversed()) this.meet(watched);
  }

  /** What has not ended and fits, newest first. */
  snapshot(): readonly WatchedJob[] {
    return [...this.running.values()]
      .map(({ watched }) => watched)
      .filter(this.fits)
      .toReversed();
  }

  /** What is being followed. */
  get followed(): readonly WatchedJob[] {
    return [...this.running.values()].map(({ watched }) => watched);
  }

  /** A job that was not there; missing twice in a row it is gone, and not followed any further. */
  noteMissing(watched: WatchedJob): void {
    const key = keyOf(watched);
    if (this.missing.delete(key)) this.running.delete(key);
    else this.missing.add(key);
  }

  takeIn({ made, followed }: JobListReading): readonly Found[] {
    return [
      ...followed.flatMap((watched) => this.compare(watched)),
      ...made.toReversed().flatMap((watched) => this.welcome(watched)),
    ];
  }

  private meet(watched: WatchedJob): void {
    const key = keyOf(watched);
    this.known.add(key);
    const [oldest] = this.known;
    if (this.known.size > maxKnown && oldest !== undefined) this.known.delete(oldest);
    if (!isTerminal(watched) && this.mayFit(watched)) this.running.set(key, firstShown(watched));
  }

  private welcome(watched: WatchedJob): readonly Found[] {
    if (this.known.has(keyOf(watched))) return [];
    this.meet(watched);
    if (!this.fits(watched)) return [];
    const created: Found = { type: 'CREATED', watched, previousStatus: null };
    return isTerminal(watched) ? [created, { ...created, type: 'TERMINAL' }] : [created];
  }

  /** A job that has left the filter is told of once more, by the event that made it leave; then only when it comes back. */
  private compare(read: WatchedJob): readonly Found[] {
    const key = keyOf(read);
    const shown = this.running.get(key);
    if (shown === undefined) return [];
    this.missing.delete(key);
    const step = progress(shown, read);
    if (step.kind === 'none') return [];
    const hasFitted = this.fits(shown.watched);
    const { watched } = step.shown;
    if (step.kind === 'terminal') this.running.delete(key);
    else this.running.set(key, step.shown);
    if (!hasFitted && !this.fits(watched)) return [];
    return [
      step.kind === 'progress'
        ? { type: 'PROGRESS', watched, previousStatus: null }
        : {
            type: step.kind === 'terminal' ? 'TERMINAL' : 'STATUS',
            watched,
            previousStatus: step.previousStatus,
          },
    ];
  }
}

function keyOf({ kind, job }: WatchedJob): string {
  return `${kind} ${String(job.id)}`;
}

/** The whole filter, applied here: the list is read for jobs that have left it, too. */
function matcherOf(filter: WatchFilter): (watched: WatchedJob) => boolean {
  const { segmentId, datasetId } = filter;
  const { matches } = divideJobFilter<WatchedJob['job']>({ first: 1, ...filter }, { upstreamStatuses: [] });
  return (watched) =>
    (segmentId === undefined || segmentIdsOf(watched).includes(segmentId)) &&
    (datasetId === undefined || datasetId === datasetIdOf(watched)) &&
    (matches === undefined || matches(watched.job));
}

function segmentIdsOf(watched: WatchedJob): readonly string[] {
  const segments = watched.kind === 'SEGMENT' ? watched.job.segments : (watched.job.filter?.segments ?? []);
  return segments.map(({ segmentId }) => segmentId);
}

function datasetIdOf(watched: WatchedJob): string | undefined {
  if (watched.kind === 'SEGMENT') return undefined;
  const { destination } = watched.job;
  return destination.datasetId ?? destination.dataSetId;
}
