import type { GatewayContext } from './context';
import { toJob } from './job-waiting';
import { TakenStream } from '../lib/taken-stream';
import type { StreamReader } from '../lib/taken-stream';
import { toJobStatus } from '../mapping/job.mapping';
import type { JobChangedArgs } from '../schema/job-changed.args';
import type { JobEvent } from '../schema/job-event.type';
import type { JobKind, JobProgress } from '../schema/job.type';
import type { WatchFilter } from '../subscriptions/job-watchers';
import { MovingWatch, jobKey } from './moving-watch';
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
  private highest: number | null = null;
  /** From before the last gap: of jobs that ended in it nothing more comes. */
  private highestBefore: ReadonlyMap<string, number> | null = null;

  constructor(
    private readonly moments: MovingWatch,
    private highestOf: Map<string, number> | null,
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
    if (moment.type === 'GAP' && this.highestOf !== null) {
      this.highestBefore = this.highestOf;
      this.highestOf = new Map();
    }
    if (event.job === null || moment.watched === null) return event;
    const key = this.highestOf === null ? '' : jobKey(moment.watched);
    const before =
      this.highestOf === null
        ? this.highest
        : (this.highestOf.get(key) ?? this.highestBefore?.get(key) ?? null);
    const { highest, progress } = atLeast(before, event.job.progress);
    if (this.highestOf === null) this.highest = highest;
    else if (moment.type === 'TERMINAL') this.highestOf.delete(key);
    else if (highest !== null) this.highestOf.set(key, highest);
    return progress === event.job.progress ? event : { ...event, job: { ...event.job, progress } };
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
function atLeast(
  before: number | null,
  progress: JobProgress,
): { readonly highest: number | null; readonly progress: JobProgress } {
  const { fraction } = progress;
  const highest = typeof fraction === 'number' ? Math.max(before ?? 0, fraction) : before;
  if (highest === null || fraction === highest) return { highest, progress };
  return { highest, progress: { ...progress, fraction: highest, basis: 'MEASURED' } };
}
