import type { Caller } from '../datasources/caller';
import { ChangeStream } from './change-stream';
import { JobListWatch } from './job-list-watch';
import type { JobListWatchParts } from './job-list-watch';
import { isNewerProgress } from './job-watchers';
import type { JobChange, JobWatchers, WatchAllRequest } from './job-watchers';

/** How long what was seen is kept after the last subscriber, for those who come back. */
const keepMs = 5 * 60_000;
/** Of lists that nobody listens to any more. */
const maxParked = 100;

/**
 * Every job of a caller's org and sandbox that fits a filter. One poller for each (caller, kinds, filter), however many
 * listen.
 *
 * A stream begins with a SNAPSHOT of each job that has not ended and fits, newest first, among the newest hundred of each
 * kind; none where there is none. Then: CREATED for a job that was made since, STATUS, PROGRESS, and TERMINAL once. Where
 * the filter names statuses, the event by which a job leaves them is told, with the status that it has now; one that comes
 * (back) to them is told by STATUS. `after` resumes within five minutes of the last subscriber's leaving; else GAP and
 * SNAPSHOTs.
 */
export class JobListWatches {
  private readonly watches = new Map<string, JobListWatch>();
  /** Without subscribers, the longest parked first, with what ends their keeping. */
  private readonly parked = new Map<string, () => void>();
  private madeWatches = 0;
  private upstreamPolls = 0;
  private pollsSaved = 0;
  private isClosed = false;

  constructor(private readonly parts: Omit<JobListWatchParts, 'looked' | 'rest'>) {}

  watch(request: WatchAllRequest): ChangeStream<JobChange> {
    let watch: JobListWatch | null = null;
    return new ChangeStream<JobChange>({
      replaces: isNewerProgress,
      start: (stream) => {
        if (this.isClosed) {
          stream.end();
          return;
        }
        watch = this.watchOf(request);
        watch.subscribe(stream, request);
      },
      release: (stream) => watch?.unsubscribe(stream),
    });
  }

  /** A mutation of this caller has made or changed a job. */
  nudge(caller: Caller, kind: 'SEGMENT' | 'EXPORT'): void {
    for (const watch of this.watches.values()) {
      const { target, subscriberCount } = watch;
      if (subscriberCount > 0 && target.caller.key === caller.key && target.kinds.includes(kind))
        watch.nudge();
    }
  }

  stats(): ReturnType<JobWatchers['stats']> {
    const watched = [...this.watches.values()].filter(({ subscriberCount }) => subscriberCount > 0);
    return {
      subscribers: watched.reduce((sum, { subscriberCount }) => sum + subscriberCount, 0),
      watchedJobs: watched.reduce((sum, { runningCount }) => sum + runningCount, 0),
      upstreamPolls: this.upstreamPolls,
      pollsSaved: this.pollsSaved,
    };
  }

  close(): void {
    this.isClosed = true;
    for (const watch of this.watches.values()) watch.finish();
    for (const forget of this.parked.values()) forget();
    this.parked.clear();
    this.watches.clear();
  }

  private watchOf(request: WatchAllRequest): JobListWatch {
    const key = keyOf(request);
    this.parked.get(key)?.();
    this.parked.delete(key);
    const found = this.watches.get(key);
    if (found !== undefined) return found;
    this.madeWatches += 1;
    const { caller, kinds, filter } = request;
    const watch: JobListWatch = new JobListWatch(
      {
        ...this.parts,
        looked: (calls) => {
          this.upstreamPolls += calls;
          this.pollsSaved += calls * Math.max(0, watch.subscriberCount - 1);
        },
        rest: () => {
          this.park(key);
        },
      },
      { caller, kinds, filter, name: `${key} ${String(this.madeWatches)}` },
    );
    this.watches.set(key, watch);
    return watch;
  }

  private park(key: string): void {
    if (this.isClosed) return;
    const forget = (): void => {
      this.parked.get(key)?.();
      this.parked.delete(key);
      this.watches.delete(key);
    };
    this.parked.set(key, this.parts.timers.schedule(keepMs, forget));
    const [oldest] = this.parked.keys();
    if (this.parked.size > maxParked && oldest !== undefined) {
      this.parked.get(oldest)?.();
      this.parked.delete(oldest);
      this.watches.delete(oldest);
    }
  }
}

function keyOf({ caller, kinds, filter }: WatchAllRequest): string {
  const { statuses, segmentId, datasetId, createdAfter, createdBefore } = filter;
  return JSON.stringify([
    caller.key,
    kinds.toSorted(),
    statuses?.toSorted() ?? null,
    segmentId ?? null,
    datasetId ?? null,
    createdAfter?.getTime() ?? null,
    createdBefore?.getTime() ?? null,
  ]);
}
