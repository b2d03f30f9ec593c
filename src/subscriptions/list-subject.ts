import type { DataSources } from '../datasources';
import { divideJobFilter } from '../datasources/job-filter';
import type { JobFilter } from '../datasources/job-filter';
import { firstShown, isTerminal, progress } from './job-progression';
import type { Progression, ShownJob } from './job-progression';
import type { WatchedJob, WatchFilter } from './job-watchers';
import { readJobList } from './read-job-list';
import type { KnownJobs } from './read-job-list';
import { firstLookCount, readNewest } from './read-newest';
import { jobKey } from './subject';
import type { Baseline, LookCourse, News, Reading, Seen, Sighting, Subject, Taken } from './subject';

/** What a look has read. */
interface JobListReading {
  /** True where it shows the newest jobs, and says nothing of which of them are new. */
  readonly isFirst: boolean;
  /** Jobs that the top of a list shows and that were not known, newest first. */
  readonly made: readonly WatchedJob[];
  /** Jobs that were being followed, or all that a first look shows, newest first. */
  readonly followed: readonly WatchedJob[];
}

/** Ids that are remembered so that no job is told of as new twice. */
const maxKnown = 20_000;
/** Of them, those that stand at the beginning of a log: more than a first look shows. */
const maxBaseline = 400;

/** Of jobs that were missing. */
const maxGone = 1_000;

/** The jobs of one sandbox that fit a filter, as one caller sees them. */
export class ListSubject implements Subject, KnownJobs {
  readonly isOne = false;
  hasBegun = false;
  readonly hasEnded = false;
  /** Those that have not ended, in the order in which they came to be known. */
  private readonly running = new Map<string, ShownJob>();
  private readonly known = new Set<string>();
  private readonly missing = new Set<string>();
  /** Those that were missing twice: a server that lags does not know them yet, and another does. */
  private readonly gone = new Map<string, ShownJob>();
  private readonly fits: (watched: WatchedJob) => boolean;
  /** False for jobs that will never fit, whatever becomes of them. */
  private readonly mayFit: (watched: WatchedJob) => boolean;
  /** True from the first job on, newest first, that is older than all that can fit. */
  private readonly isPast: (watched: WatchedJob) => boolean;
  private turn = 0;

  constructor(
    readonly kinds: readonly WatchedJob['kind'][],
    private readonly filter: WatchFilter,
  ) {
    const { statuses, ...lasting } = filter;
    this.fits = matcherOf(filter);
    this.mayFit = statuses === undefined ? this.fits : matcherOf(lasting);
    const { isPast } = dividedHere(lasting);
    this.isPast = ({ job }) => isPast?.(job) === true;
  }

  /** Knows the same, and goes its own way from here. */
  copy(): ListSubject {
    const copy = new ListSubject(this.kinds, this.filter);
    copy.hasBegun = this.hasBegun;
    for (const [key, shown] of this.running) copy.running.set(key, shown);
    for (const [key, shown] of this.gone) copy.gone.set(key, shown);
    for (const key of this.known) copy.known.add(key);
    return copy;
  }

  async read(sources: DataSources, course: LookCourse): Promise<Reading> {
    return (await this.look(sources, course)).reading;
  }

  /** One look, and the jobs that it has shown. */
  async look(
    sources: DataSources,
    course: LookCourse,
  ): Promise<{ readonly reading: Reading; readonly shown: readonly WatchedJob[] }> {
    const { kinds } = this;
    let read: JobListReading;
    if (this.hasBegun) {
      this.turn += 1;
      read = {
        isFirst: false,
        ...(await readJobList(sources, { kinds, jobs: this, turn: this.turn, course })),
      };
    } else {
      const { statuses: _, ...lasting } = this.filter;
      const { isPast } = this;
      const followed = await readNewest(sources, { kinds, lasting, isPast, course });
      read = { isFirst: true, made: [], followed };
    }
    return { reading: (at) => this.newsOf(read, at), shown: [...read.made, ...read.followed] };
  }

  baseline(at: Date): Seen | null {
    if (!this.hasBegun) return null;
    const known = [...this.known].slice(-maxBaseline);
    return { type: 'BASELINE', at, running: this.followed, known };
  }

  takeIn(seen: Seen, isTold: boolean): Taken {
    if (seen.type === 'BASELINE') return { found: [], needsLook: this.begin(seen, isTold) };
    return { found: this.see(seen), needsLook: false };
  }

  knows(seen: Seen): boolean {
    return seen.type === 'BASELINE' || this.isKnown(seen.watched);
  }

  isAsIn({ running, known }: Baseline): boolean {
    const isSame = (watched: WatchedJob): boolean =>
      this.running.get(jobKey(watched))?.watched.job.status === watched.job.status;
    if (running.length !== this.running.size || !running.every(isSame)) return false;
    const there = new Set(known);
    return [...this.known].slice(-firstLookCount).every((key) => there.has(key));
  }

  /** What has not ended and fits, newest first. */
  snapshot(): readonly WatchedJob[] {
    return this.followed.filter(this.fits).toReversed();
  }

  get absent(): readonly string[] {
    return [...this.gone.keys()];
  }

  get runningCount(): number {
    return this.running.size;
  }

  /** A list is there, or the upstream is broken. */
  bearsMissing(): boolean {
    return false;
  }

  isKnown(watched: WatchedJob): boolean {
    return this.known.has(jobKey(watched));
  }

  get followed(): readonly WatchedJob[] {
    return [...this.running.values()].map(({ watched }) => watched);
  }

  /** A job that was not there; missing twice in a row it is gone, and not followed any further unless a list shows it. */
  noteMissing(watched: WatchedJob): void {
    const key = jobKey(watched);
    if (!this.missing.delete(key)) {
      this.missing.add(key);
      return;
    }
    const shown = this.running.get(key);
    if (!this.running.delete(key) || shown === undefined) return;
    this.gone.set(key, shown);
    const [oldest] = this.gone.keys();
    if (this.gone.size > maxGone && oldest !== undefined) this.gone.delete(oldest);
  }

  private newsOf({ isFirst, made, followed }: JobListReading, at: Date): News {
    // Another replica may have told meanwhile how it all began.
    if (isFirst && !this.hasBegun) return { seen: [this.baselineOf(followed, at)], wentBack: [] };
    const fresh = isFirst ? followed.filter((watched) => !this.isKnown(watched)) : made;
    const changed = followed.map((watched) => this.changeOf(watched, at));
    return {
      seen: [
        ...changed.flatMap((change) => (change === null || change === 'went back' ? [] : [change])),
        ...fresh.toReversed().flatMap((watched) => this.welcome(watched, at)),
      ],
      wentBack: followed.flatMap(({ kind }, index) => (changed[index] === 'went back' ? [kind] : [])),
    };
  }

  private baselineOf(jobs: readonly WatchedJob[], at: Date): Baseline {
    const oldestFirst = jobs.toReversed();
    const running = oldestFirst.filter((watched) => !isTerminal(watched) && this.mayFit(watched));
    return { type: 'BASELINE', at, running, known: oldestFirst.map(jobKey) };
  }

  /**
   * Where the list has begun, and somebody was told of it, only a look can tell what has become of its jobs. Where nobody
   * was, it begins anew; what a job was that has ended meanwhile, unseen, nobody can say.
   *
   * @returns true where a look is needed.
   */
  private begin({ running, known }: Baseline, isTold: boolean): boolean {
    if (this.hasBegun && isTold) return true;
    this.hasBegun = true;
    const runs = new Set(running.map(jobKey));
    const ended = [...this.running.keys()].filter((key) => !runs.has(key) && known.includes(key));
    for (const key of ended) this.running.delete(key);
    for (const key of known) this.know(key);
    for (const watched of running) if (!this.running.has(jobKey(watched))) this.meet(watched);
    return false;
  }

  private know(key: string): void {
    this.known.add(key);
    const [oldest] = this.known;
    if (this.known.size > maxKnown && oldest !== undefined) this.known.delete(oldest);
  }

  private meet(watched: WatchedJob): void {
    const key = jobKey(watched);
    this.know(key);
    if (!isTerminal(watched) && this.mayFit(watched)) this.running.set(key, firstShown(watched));
  }

  private welcome(watched: WatchedJob, at: Date): readonly Seen[] {
    if (this.isKnown(watched)) return [];
    if (!this.fits(watched)) {
      this.meet(watched);
      return [];
    }
    return [{ type: 'CREATED', at, watched, previousStatus: null }];
  }

  /** A job that has left the filter is told of once more, by the event that made it leave; then only when it comes back. */
  private changeOf(read: WatchedJob, at: Date): Sighting | 'went back' | null {
    const key = jobKey(read);
    const shown = this.shownOf(key);
    if (shown === undefined) return null;
    this.missing.delete(key);
    const step = progress(shown, read);
    if (step.kind === 'none') return read.job.status === shown.watched.job.status ? null : 'went back';
    if (this.fits(shown.watched) || this.fits(step.shown.watched)) return sightingOf(step, at);
    this.follow(key, step);
    return null;
  }

  private see(seen: Sighting): readonly Sighting[] {
    const { watched } = seen;
    const key = jobKey(watched);
    if (!this.known.has(key)) {
      this.meet(watched);
      return seen.type === 'SNAPSHOT' ? [] : [seen];
    }
    const shown = this.shownOf(key);
    if (shown === undefined) return [];
    const step = progress(shown, watched);
    if (step.kind === 'none') return [];
    const hasFitted = this.fits(shown.watched);
    this.follow(key, step);
    return hasFitted || this.fits(step.shown.watched) ? [sightingOf(step, seen.at)] : [];
  }

  /** Of a job that runs; one that was gone is there again. */
  private shownOf(key: string): ShownJob | undefined {
    const back = this.gone.get(key);
    if (back !== undefined) this.running.set(key, back);
    this.gone.delete(key);
    return this.running.get(key);
  }

  private follow(key: string, step: Exclude<Progression, { kind: 'none' }>): void {
    if (step.kind === 'terminal') this.running.delete(key);
    else this.running.set(key, step.shown);
  }
}

function sightingOf(step: Exclude<Progression, { kind: 'none' }>, at: Date): Sighting {
  const { watched } = step.shown;
  if (step.kind === 'progress') return { type: 'PROGRESS', at, watched, previousStatus: null };
  const type = step.kind === 'terminal' ? 'TERMINAL' : 'STATUS';
  return { type, at, watched, previousStatus: step.previousStatus };
}

/** The whole filter, applied here: the list is read for jobs that have left it, too. */
function matcherOf(filter: WatchFilter): (watched: WatchedJob) => boolean {
  const { segmentId, datasetId } = filter;
  const { matches } = dividedHere(filter);
  return (watched) =>
    (segmentId === undefined || segmentIdsOf(watched).includes(segmentId)) &&
    (datasetId === undefined || datasetId === datasetIdOf(watched)) &&
    (matches === undefined || matches(watched.job));
}

function dividedHere(filter: WatchFilter): JobFilter<WatchedJob['job']> {
  return divideJobFilter({ first: 1, ...filter }, { upstreamStatuses: [] });
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
