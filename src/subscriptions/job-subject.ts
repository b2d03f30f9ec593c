import type { DataSources } from '../datasources';
import { invalidResponse } from '../datasources/upstream-answer';
import { firstShown, isTerminal, progress } from './job-progression';
import type { ShownJob } from './job-progression';
import type { WatchedJob } from './job-watchers';
import type { News, Reading, Seen, Sighting, Subject, Taken } from './subject';

/** One job, as one caller sees it. */
export class JobSubject implements Subject {
  readonly isOne = true;
  readonly absent: readonly string[] = [];
  readonly kinds: readonly WatchedJob['kind'][];
  private shown: ShownJob | null = null;
  private isEndTold = false;
  private isMissing = false;

  constructor(
    private readonly kind: WatchedJob['kind'],
    private readonly id: string,
  ) {
    this.kinds = [kind];
  }

  async read({ segmentJobs, exportJobs }: DataSources): Promise<Reading> {
    const { id } = this;
    const watched: WatchedJob =
      this.kind === 'SEGMENT'
        ? { kind: 'SEGMENT', job: await segmentJobs.byId(id) }
        : { kind: 'EXPORT', job: await exportJobs.byId(id) };
    if (!this.isThisJob(watched)) throw invalidResponse('segmentation', 'the job is another one');
    this.isMissing = false;
    return (at) => this.newsOf(watched, at);
  }

  /** An upstream may name a job in its own way; once it has, a body with another id is not believed. */
  private isThisJob({ job }: WatchedJob): boolean {
    const { shown } = this;
    return shown === null || [this.id, String(shown.watched.job.id)].includes(String(job.id));
  }

  baseline(at: Date): Seen | null {
    const { shown } = this;
    return shown && { type: 'SNAPSHOT', at, previousStatus: null, watched: shown.watched };
  }

  takeIn(seen: Seen): Taken {
    if (seen.type === 'BASELINE') return nothing;
    if (this.shown === null) return this.meet(seen);
    const step = progress(this.shown, seen.watched);
    if (step.kind === 'none') return this.seenBefore(seen, this.shown);
    this.shown = step.shown;
    const { watched } = step.shown;
    if (step.kind === 'progress') return told({ ...seen, type: 'PROGRESS', previousStatus: null, watched });
    if (step.kind === 'terminal') this.isEndTold = true;
    const type = step.kind === 'terminal' ? 'TERMINAL' : 'STATUS';
    return told({ ...seen, type, previousStatus: step.previousStatus, watched });
  }

  knows(): boolean {
    return true;
  }

  /** The log of one job has none. */
  isAsIn(): boolean {
    return false;
  }

  snapshot(): readonly WatchedJob[] {
    return this.shown === null ? [] : [this.shown.watched];
  }

  get hasBegun(): boolean {
    return this.shown !== null;
  }

  get hasEnded(): boolean {
    return this.shown !== null && isTerminal(this.shown.watched);
  }

  get runningCount(): number {
    return 1;
  }

  /** Missing twice in a row, or before anything was seen of it, it is gone. */
  bearsMissing(): boolean {
    if (this.shown === null || this.isMissing) return false;
    this.isMissing = true;
    return true;
  }

  private newsOf(read: WatchedJob, at: Date): News {
    const { shown } = this;
    const news = (...seen: readonly Sighting[]): News => ({ seen, wentBack: [] });
    if (shown === null) {
      const first: Sighting = { type: 'SNAPSHOT', at, previousStatus: null, watched: read };
      return isTerminal(read) ? news(first, { ...first, type: 'TERMINAL' }) : news(first);
    }
    const step = progress(shown, read);
    if (step.kind === 'none') {
      const { watched } = shown;
      if (isTerminal(watched) && !this.isEndTold)
        return news({ type: 'TERMINAL', at, previousStatus: null, watched });
      return { seen: [], wentBack: read.job.status === watched.job.status ? [] : [read.kind] };
    }
    const { watched } = step.shown;
    if (step.kind === 'progress') return news({ type: 'PROGRESS', at, previousStatus: null, watched });
    const type = step.kind === 'terminal' ? 'TERMINAL' : 'STATUS';
    return news({ type, at, previousStatus: step.previousStatus, watched });
  }

  /** What a log begins with is as whoever wrote it judged it. */
  private meet(seen: Sighting): Taken {
    this.shown = firstShown(seen.watched);
    if (seen.type === 'SNAPSHOT') return nothing;
    this.isEndTold = seen.type === 'TERMINAL';
    return told(seen);
  }

  private seenBefore(seen: Sighting, shown: ShownJob): Taken {
    const { watched } = shown;
    if (seen.type === 'TERMINAL' && isTerminal(watched) && !this.isEndTold) {
      this.isEndTold = true;
      return told({ ...seen, watched, previousStatus: null });
    }
    return nothing;
  }
}

const nothing: Taken = { found: [], needsLook: false };

function told(sighting: Sighting): Taken {
  return { found: [sighting], needsLook: false };
}
