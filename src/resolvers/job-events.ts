import type { GatewayContext } from './context';
import { toJob } from './job-waiting';
import { TakenStream } from '../lib/taken-stream';
import type { StreamReader } from '../lib/taken-stream';
import { toJobStatus } from '../mapping/job.mapping';
import type { JobChangedArgs } from '../schema/job-changed.args';
import type { JobEvent } from '../schema/job-event.type';
import type { JobKind, JobProgress } from '../schema/job.type';
import type { WatchFilter, WatchedJob } from '../subscriptions/job-watchers';
import { toldJobKey } from '../subscriptions/subject';
import { MovingWatch } from './moving-watch';
import type { BeginWatch, JobMoment } from './moving-watch';

/** The stream of one subscriber to one job; within it, progress never falls. */
export function watchJob(
  context: GatewayContext,
  kind: JobKind,
  { id, after }: JobChangedArgs,
): AsyncIterableIterator<JobEvent> {
  const changes = follow(context, after, (caller, behind) =>
    context.watchers.watch({
      caller,
      kind,
      id,
      ...(behind !== undefined && { after: behind }),
      freshSources: (tally, signal) => context.freshSources(tally, caller, signal),
    }),
  );
  return new JobEvents(changes, null);
}

/** The stream of one subscriber to every job that fits; within it, the progress of no job falls. */
export function watchJobs(
  context: GatewayContext,
  kinds: readonly JobKind[],
  { filter, after }: { readonly filter: WatchFilter; readonly after: string | null | undefined },
): AsyncIterableIterator<JobEvent> {
  const changes = follow(context, after, (caller, behind, continues) =>
    context.watchers.watchAll({
      caller,
      kinds,
      filter,
      continues,
      ...(behind !== undefined && { after: behind }),
      freshSources: (tally, signal) => context.freshSources(tally, caller, signal),
    }),
  );
  return new JobEvents(changes, new Map());
}

function follow(context: GatewayContext, after: string | null | undefined, begin: BeginWatch): MovingWatch {
  return new MovingWatch({ context, begin }, after ?? undefined);
}

/** What one subscriber is told, in which the progress of no job falls: his best figures so far, by job where there are many. */
class JobEvents extends TakenStream<JobEvent> implements StreamReader {
  private best: JobProgress | null = null;
  /** From before the last gap: of jobs that ended in it nothing more comes. */
  private bestBefore: ReadonlyMap<string, JobProgress> | null = null;

  constructor(
    private readonly moments: MovingWatch,
    private bestOf: Map<string, JobProgress> | null,
  ) {
    super();
    moments.reader = this;
  }

  readable(): void {
    this.tell();
  }

  take(): IteratorResult<JobEvent, undefined> | null {
    const step = this.moments.take();
    if (step === null || step.done === true) return step;
    try {
      return { done: false, value: this.asSeen(step.value) };
    } catch (error) {
      // Whoever reads takes a throw for the end and will not call `return`.
      void this.moments.return();
      throw error;
    }
  }

  async return(): Promise<IteratorResult<JobEvent, undefined>> {
    await this.moments.return();
    return { done: true, value: undefined };
  }

  /** The very same event for all who hear of the same change, so that it is answered once; but for who saw more before. */
  private asSeen(moment: JobMoment): JobEvent {
    const event = toJobEvent(moment);
    if (moment.type === 'GAP' && this.bestOf !== null) {
      this.bestBefore = this.bestOf;
      this.bestOf = new Map();
    }
    if (event.job === null || moment.watched === null) return event;
    const progress = this.bestWith(event.job.progress, moment.watched, moment.type === 'TERMINAL');
    return progress === event.job.progress ? event : { ...event, job: { ...event.job, progress } };
  }

  /** Holds what all share as it is: a number would be made anew for each. */
  private bestWith(found: JobProgress, watched: WatchedJob, isLast: boolean): JobProgress {
    const { bestOf, bestBefore } = this;
    if (bestOf === null) {
      const progress = atLeast(this.best, found);
      this.best = progress;
      return progress;
    }
    const key = toldJobKey(watched);
    const progress = atLeast(bestOf.get(key) ?? bestBefore?.get(key) ?? null, found);
    if (isLast) bestOf.delete(key);
    else if (progress.fraction !== null) bestOf.set(key, progress);
    return progress;
  }
}

const events = new WeakMap<JobMoment, JobEvent>();

function toJobEvent(moment: JobMoment): JobEvent {
  let event = events.get(moment);
  if (event === undefined) {
    event = mapChange(moment);
    events.set(moment, event);
  }
  return event;
}

function mapChange(change: JobMoment): JobEvent {
  return {
    cursor: change.cursor,
    type: change.type,
    at: change.at,
    replayed: change.replayed,
    job: change.watched === null ? null : toJob(change.watched),
    previousStatus: change.previousStatus === null ? null : toJobStatus(change.previousStatus),
  };
}

/** An upstream may count anew, or lag behind itself; who watches sees its best figure so far. */
function atLeast(before: JobProgress | null, progress: JobProgress): JobProgress {
  const highest = before?.fraction ?? null;
  const { fraction } = progress;
  if (fraction === null ? highest === null : fraction >= (highest ?? 0)) return progress;
  return { ...progress, fraction: highest ?? 0, basis: 'MEASURED' };
}
