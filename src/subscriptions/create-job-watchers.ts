import type { Logger } from 'pino';
import type { Caller } from '../datasources/caller';
import type { Timers } from '../lib/timers';
import { defaultCadence } from './cadence';
import type { Cadence } from './cadence';
import { ChangeStream } from './change-stream';
import { JobWatch } from './job-watch';
import { isNewerProgress } from './job-watchers';
import type { JobChange, JobWatchers, WatchAllRequest, WatchRequest } from './job-watchers';
import { JobListWatches } from './watch-all-jobs';
import { pollJobs } from './poll-jobs';
import { PollQueue } from './poll-queue';

export interface JobWatchersOptions {
  readonly clock: () => Date;
  readonly timers: Timers;
  /** 0 up to 1 */
  readonly random: () => number;
  readonly cadence?: Partial<Cadence>;
  readonly log: Logger;
  readonly statusWentBack?: (kind: 'SEGMENT' | 'EXPORT') => void;
}

/** How long what was seen of a job is kept after its last subscriber, for those who come back. */
const keepMs = 5 * 60_000;
/** Of jobs that nobody watches any more. */
const maxParked = 1_000;

/** Makes the watchers of a process; see JobWatchers for what a stream holds. */
export function createJobWatchers(options: JobWatchersOptions): JobWatchers {
  return new PollingJobWatchers(options);
}

class PollingJobWatchers implements JobWatchers {
  private readonly watches = new Map<string, JobWatch>();
  /** Watches without subscribers, the longest parked first, with what ends their keeping. */
  private readonly parked = new Map<JobWatch, () => void>();
  private readonly streams = new Set<ChangeStream<JobChange>>();
  private readonly queue: PollQueue<JobWatch>;
  private readonly lists: JobListWatches;
  private madeWatches = 0;
  private upstreamPolls = 0;
  private pollsSaved = 0;
  private isClosed = false;

  constructor(private readonly options: JobWatchersOptions) {
    this.lists = new JobListWatches({ ...options, cadence: { ...defaultCadence, ...options.cadence } });
    this.queue = new PollQueue<JobWatch>({
      clock: () => options.clock().getTime(),
      timers: options.timers,
      poll: (due) => {
        this.poll(due);
      },
    });
  }

  watch(request: WatchRequest): ChangeStream<JobChange> {
    let watch: JobWatch | null = null;
    return new ChangeStream<JobChange>({
      replaces: isNewerProgress,
      start: (stream) => {
        if (this.isClosed) {
          stream.end();
          return;
        }
        watch = this.watchOf(request);
        this.streams.add(stream);
        this.unpark(watch);
        watch.subscribe(stream, request);
      },
      release: (stream) => {
        this.streams.delete(stream);
        watch?.unsubscribe(stream);
      },
    });
  }

  watchAll(request: WatchAllRequest): AsyncIterableIterator<JobChange> {
    return this.lists.watch(request);
  }

  nudge(caller: Caller, kind: 'SEGMENT' | 'EXPORT', id: string): void {
    this.lists.nudge(caller, kind);
    const watch = this.watches.get(watchKey({ caller, kind, id }));
    if (watch !== undefined && watch.subscriberCount > 0) watch.nudge();
  }

  stats(): ReturnType<JobWatchers['stats']> {
    const lists = this.lists.stats();
    return {
      subscribers: this.streams.size + lists.subscribers,
      watchedJobs: this.watches.size - this.parked.size + lists.watchedJobs,
      upstreamPolls: this.upstreamPolls + lists.upstreamPolls,
      pollsSaved: this.pollsSaved + lists.pollsSaved,
    };
  }

  close(): Promise<void> {
    this.isClosed = true;
    for (const stream of [...this.streams]) stream.end();
    this.lists.close();
    for (const forget of this.parked.values()) forget();
    this.parked.clear();
    this.watches.clear();
    this.queue.clear();
    return Promise.resolve();
  }

  private poll(due: readonly JobWatch[]): void {
    const subscriberCount = due.reduce((sum, watch) => sum + watch.subscriberCount, 0);
    const calls = pollJobs(due);
    this.upstreamPolls += calls;
    this.pollsSaved += subscriberCount - calls;
  }

  private watchOf(request: WatchRequest): JobWatch {
    const key = watchKey(request);
    let watch = this.watches.get(key);
    if (watch === undefined) {
      this.madeWatches += 1;
      const { caller, kind, id } = request;
      watch = new JobWatch(this.watchParts(), {
        caller,
        kind,
        id,
        name: `${key} ${String(this.madeWatches)}`,
      });
      this.watches.set(key, watch);
    }
    return watch;
  }

  private watchParts(): ConstructorParameters<typeof JobWatch>[0] {
    const { clock, random, log, cadence, statusWentBack } = this.options;
    return {
      cadence: { ...defaultCadence, ...cadence },
      clock,
      random,
      log,
      ...(statusWentBack && { statusWentBack }),
      schedule: (watch, delayMs) => {
        if (!this.isClosed) this.queue.schedule(watch, delayMs);
      },
      rest: (watch) => {
        this.queue.cancel(watch);
        this.park(watch);
      },
    };
  }

  private park(watch: JobWatch): void {
    if (this.isClosed) return;
    this.parked.set(
      watch,
      this.options.timers.schedule(keepMs, () => {
        this.forget(watch);
      }),
    );
    const [oldest] = this.parked.keys();
    if (this.parked.size > maxParked && oldest !== undefined) this.forget(oldest);
  }

  private unpark(watch: JobWatch): void {
    this.parked.get(watch)?.();
    this.parked.delete(watch);
  }

  private forget(watch: JobWatch): void {
    this.unpark(watch);
    this.watches.delete(watchKey(watch.target));
  }
}

function watchKey({ caller, kind, id }: Pick<WatchRequest, 'caller' | 'kind' | 'id'>): string {
  return JSON.stringify([caller.key, kind, id]);
}
