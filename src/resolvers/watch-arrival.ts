import type { JobChange, WatchedJob } from '../subscriptions/job-watchers';

/**
 * What a new watch begins with, told so that a subscriber who knew the jobs from an earlier one hears only what is new
 * to him: no GAP and no SNAPSHOT of what he has been shown, and no status twice.
 */
export class Arrival {
  /** GAP and SNAPSHOTs, until it is known whether they tell of every job that had not ended. */
  private held: JobChange[] = [];
  private isOver = false;

  constructor(
    /** The last event of each job that had not ended, by its key. */
    private readonly shown: ReadonlyMap<string, JobChange>,
    private readonly keyOf: (watched: WatchedJob) => string,
  ) {}

  get isHolding(): boolean {
    return this.held.length > 0;
  }

  /** What of it, and of what was held, the subscriber is to hear now. */
  take(change: JobChange): readonly JobChange[] {
    if (!this.isOver && !change.replayed && (change.type === 'GAP' || change.type === 'SNAPSHOT')) {
      this.held.push(change);
      return [];
    }
    // A job that has ended comes as SNAPSHOT and TERMINAL; the second says it all.
    const before = this.finish(change.type === 'TERMINAL' ? change : null);
    const news = this.news(change);
    return news === null ? before : [...before, news];
  }

  /** Nothing more belongs to the beginning. */
  finish(terminal: JobChange | null = null): readonly JobChange[] {
    this.isOver = true;
    const held = this.held;
    this.held = [];
    const snapshots = held.filter(({ type }) => type === 'SNAPSHOT');
    const keys = new Set(snapshots.map(({ watched }) => (watched === null ? '' : this.keyOf(watched))));
    const isLost = [...this.shown.keys()].some((key) => !keys.has(key));
    // A job that ended meanwhile is told of by nobody: say that there is a gap, and begin anew.
    if (isLost && held.some(({ type }) => type === 'GAP')) return held;
    const ended = terminal?.watched ?? null;
    return snapshots.flatMap((snapshot) => {
      if (ended !== null && snapshot.watched !== null && this.keyOf(snapshot.watched) === this.keyOf(ended))
        return [];
      return this.news(snapshot) ?? [];
    });
  }

  /** One event against what has been shown of its job. */
  private news(change: JobChange): JobChange | null {
    const { watched } = change;
    if (watched === null) return change;
    const last = this.shown.get(this.keyOf(watched));
    const live = { ...change, replayed: false };
    if (last === undefined || last.watched === null)
      return change.type === 'SNAPSHOT' ? { ...live, type: 'CREATED' } : live;
    const previousStatus = last.watched.job.status;
    const isSame = watched.job.status === previousStatus;
    if (change.type === 'TERMINAL') return { ...live, previousStatus };
    if (change.type === 'STATUS') return isSame ? null : { ...live, previousStatus };
    if (change.type === 'CREATED') return null;
    if (change.type !== 'SNAPSHOT') return live;
    if (!isSame) return { ...live, type: 'STATUS', previousStatus };
    const isNews =
      isLater(watched, last.watched) && JSON.stringify(watched.job) !== JSON.stringify(last.watched.job);
    return isNews ? { ...live, type: 'PROGRESS' } : null;
  }
}

/** Both of the upstream's own clock. */
function isLater(read: WatchedJob, shown: WatchedJob): boolean {
  const times: readonly unknown[] = [read.job.updateTime, shown.job.updateTime];
  const [now, before] = times;
  return typeof now === 'number' && typeof before === 'number' && now > before;
}
