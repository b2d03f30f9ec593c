import type { GatewayContext } from './context';
import { toJob } from './job-waiting';
import { mapAsyncIterator } from '../lib/map-async-iterator';
import { toJobStatus } from '../mapping/job.mapping';
import type { JobChangedArgs } from '../schema/job-changed.args';
import type { JobEvent } from '../schema/job-event.type';
import type { JobKind, JobProgress } from '../schema/job.type';
import type { WatchFilter } from '../subscriptions/job-watchers';
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
      freshSources: (tally) => context.freshSources(tally, caller),
    }),
  );
  const atLeast = createFloor();
  return mapAsyncIterator(changes, (change) => toJobEvent(change, atLeast));
}

/** The stream of one subscriber to every job that fits; within it, the progress of no job falls. */
export function watchJobs(
  context: GatewayContext,
  kinds: readonly JobKind[],
  { filter, after }: { readonly filter: WatchFilter; readonly after: string | null | undefined },
): AsyncIterableIterator<JobEvent> {
  const changes = follow(context, after, (caller, behind) =>
    context.watchers.watchAll({
      caller,
      kinds,
      filter,
      ...(behind !== undefined && { after: behind }),
      freshSources: (tally) => context.freshSources(tally, caller),
    }),
  );
  const floors = new Map<string, (progress: JobProgress) => JobProgress>();
  return mapAsyncIterator(changes, (change) => {
    const key = change.watched === null ? '' : `${change.watched.kind} ${String(change.watched.job.id)}`;
    const atLeast = floors.get(key) ?? createFloor();
    if (change.type === 'TERMINAL') floors.delete(key);
    else floors.set(key, atLeast);
    return toJobEvent(change, atLeast);
  });
}

function follow(
  context: GatewayContext,
  after: string | null | undefined,
  begin: BeginWatch,
): AsyncIterableIterator<JobMoment> {
  return new MovingWatch({
    callers: context.callers,
    begin,
    after: after ?? undefined,
    now: () => context.now(),
  });
}

const events = new WeakMap<JobMoment, JobEvent>();

/** The very same event for all who hear of the same change, so that it is answered once; but for who saw more before. */
function toJobEvent(change: JobMoment, atLeast: (progress: JobProgress) => JobProgress): JobEvent {
  const event = events.get(change) ?? mapChange(change);
  events.set(change, event);
  if (event.job === null) return event;
  const progress = atLeast(event.job.progress);
  return progress === event.job.progress ? event : { ...event, job: { ...event.job, progress } };
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
function createFloor(): (progress: JobProgress) => JobProgress {
  let highest: number | null = null;
  return (progress) => {
    if (typeof progress.fraction === 'number') highest = Math.max(highest ?? 0, progress.fraction);
    if (highest === null || progress.fraction === highest) return progress;
    return { ...progress, fraction: highest, basis: 'MEASURED' };
  };
}
