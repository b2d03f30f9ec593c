import { hasEnded } from '../state/audience-run';
import { ChangeStream } from '../subscriptions/change-stream';
import type { JobWatchers, WatchedJob } from '../subscriptions/job-watchers';
import type { ExportJobWire } from '../wire/export-job.wire';
import type { SegmentJobWire } from '../wire/segment-job.wire';
import type { RunUpdate, RunView, WatchRunRequest } from './audience-runs';
import { UpstreamNotFound } from '../errors/upstream-error';
import { jobKinds } from './after-job';
import type { JobProduct } from './after-job';
import type { HeardRun } from './followed-run';

/**
 * What one subscriber hears of a run that has not ended: its state at once, each change of it, and of its jobs what
 * this subscriber's own credential sees. The driver's looks are the subscriber's too where the credential is the same.
 */
export function streamRun(
  run: HeardRun,
  request: WatchRunRequest,
  watchers: JobWatchers,
): AsyncIterableIterator<RunUpdate> {
  let follower: RunFollower | null = null;
  return new ChangeStream<RunUpdate>({
    start: (stream) => {
      follower = new RunFollower({ run, request, watchers, stream });
      follower.start();
    },
    release: () => follower?.stop(),
    keyOf: () => '',
    inPlaceOf: (next) => next,
    // There are so few statuses and steps that nothing ever is too much.
    isKept: () => true,
    tellAnew: (stream, kept) => stream.pushAll(kept),
    // The same status and step: only the jobs under it have moved on.
    replaces: (next, unread) =>
      next.record.status === unread.record.status &&
      next.record.step === unread.record.step &&
      next.waitingFor === unread.waitingFor,
  });
}

/** A run that has ended: its state, and the end. */
export async function* once(run: RunView): AsyncGenerator<RunUpdate, void, undefined> {
  yield await Promise.resolve({ ...run, segmentJob: null, exportJob: null });
}

interface FollowerParts {
  readonly run: HeardRun;
  readonly request: WatchRunRequest;
  readonly watchers: JobWatchers;
  readonly stream: ChangeStream<RunUpdate>;
}

class RunFollower {
  private readonly followed = new Map<JobProduct, AsyncIterableIterator<unknown>>();
  private segmentJob: SegmentJobWire | null;
  private exportJob: ExportJobWire | null;
  private deafen: () => void = () => undefined;

  constructor(private readonly parts: FollowerParts) {
    const { seen } = parts.request;
    this.segmentJob = seen?.segmentJob ?? null;
    this.exportJob = seen?.exportJob ?? null;
  }

  start(): void {
    this.deafen = this.parts.run.listen(() => {
      this.tell();
    });
    this.tell();
  }

  stop(): void {
    this.deafen();
    for (const stream of this.followed.values()) void stream.return?.();
  }

  private tell(): void {
    const { run, stream } = this.parts;
    const { record } = run;
    stream.push({ ...run.view, ...this.jobsAsOf(record) });
    if (hasEnded(record)) {
      stream.end();
      return;
    }
    for (const product of ['segmentJob', 'exportJob'] as const) this.follow(product);
  }

  /** What this subscriber has seen of a job may be older than what the run knows of it: then it is not shown. */
  private jobsAsOf(record: HeardRun['record']): Pick<RunUpdate, 'segmentJob' | 'exportJob'> {
    const isCurrent = (product: JobProduct, status: string | undefined): boolean => {
      const made = record[product];
      return made.kind === 'made' && (!made.hasEnded || endedStatuses.has(status ?? ''));
    };
    return {
      segmentJob: isCurrent('segmentJob', this.segmentJob?.status) ? this.segmentJob : null,
      exportJob: isCurrent('exportJob', this.exportJob?.status) ? this.exportJob : null,
    };
  }

  private follow(product: JobProduct): void {
    const { run, request, watchers } = this.parts;
    const made = run.record[product];
    if (made.kind !== 'made' || this.followed.has(product)) return;
    const { caller } = request;
    const changes = watchers.watch({
      caller,
      kind: jobKinds[product],
      id: made.id,
      freshSources: (tally, signal) => request.freshSources(tally, signal),
    });
    this.followed.set(product, changes);
    void this.takeIn(changes);
  }

  private async takeIn(changes: ReturnType<JobWatchers['watch']>): Promise<void> {
    try {
      for await (const { watched } of changes) {
        if (watched === null) continue;
        this.see(watched);
        this.tell();
      }
    } catch (error) {
      // A job that is gone ends the run, which is told in its own time; anything else is about this subscriber.
      if (error instanceof UpstreamNotFound) return;
      this.parts.stream.end(
        error instanceof Error ? error : new Error('A watch threw no Error', { cause: error }),
      );
    }
  }

  private see(watched: WatchedJob): void {
    if (watched.kind === 'SEGMENT') this.segmentJob = watched.job;
    else this.exportJob = watched.job;
  }
}

const endedStatuses: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'CANCELLED']);
