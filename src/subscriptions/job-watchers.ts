import type { DataSources, JobPageRequest } from '../datasources';
import type { Caller } from '../datasources/caller';
import type { CallTally } from '../datasources/rest-call';
import type { ExportJobWire } from '../wire/export-job.wire';
import type { SegmentJobWire } from '../wire/segment-job.wire';

export type WatchedJob =
  | { readonly kind: 'SEGMENT'; readonly job: SegmentJobWire }
  | { readonly kind: 'EXPORT'; readonly job: ExportJobWire };

export type JobEventType = 'SNAPSHOT' | 'CREATED' | 'STATUS' | 'PROGRESS' | 'TERMINAL' | 'GAP';

/** What one subscriber hears of one job. `watched` is null on GAP only. */
export interface JobChange {
  readonly cursor: string;
  readonly type: JobEventType;
  readonly at: Date;
  readonly replayed: boolean;
  readonly watched: WatchedJob | null;
  readonly previousStatus: string | null;
}

export interface WatchRequest {
  readonly caller: Caller;
  readonly kind: 'SEGMENT' | 'EXPORT';
  readonly id: string;
  readonly after?: string | undefined;
  /**
   * @param tally counts what is sent upstream through them.
   * @param signal fires when nobody waits for them any more: others may, when this subscriber has left.
   */
  freshSources(tally?: CallTally, signal?: AbortSignal): DataSources;
  /** Told of each look at the job, also of those that change nothing; `failed`: it is borne, or ends the stream next. */
  onLook?(outcome: 'read' | 'failed'): void;
}

/** Which jobs; what is left out does not matter. */
export type WatchFilter = Pick<
  JobPageRequest,
  'statuses' | 'segmentId' | 'datasetId' | 'createdAfter' | 'createdBefore'
>;

export interface WatchAllRequest {
  readonly caller: Caller;
  readonly kinds: readonly ('SEGMENT' | 'EXPORT')[];
  readonly filter: WatchFilter;
  readonly after?: string | undefined;
  /**
   * A stream of these watchers, of the same list, that one person reads with another credential: this one tells what
   * differs from what that one has told, and `after` does not count. Looked at when the stream is made, not read.
   */
  readonly continues?: AsyncIterableIterator<JobChange> | undefined;
  /**
   * @param tally counts what is sent upstream through them.
   * @param signal fires when nobody waits for them any more: others may, when this subscriber has left.
   */
  freshSources(tally?: CallTally, signal?: AbortSignal): DataSources;
}

/**
 * Follows jobs by polling so that subscriptions can push: one poller for a (caller, job), however many look.
 *
 * The stream: SNAPSHOT, changes (status only forward), one TERMINAL, end. A job that had ended: SNAPSHOT, TERMINAL, end.
 * `after` resumes: what was missed, marked as replayed; where that is not known any more, nothing if the job still has the
 * status that the cursor stood at, else GAP and SNAPSHOT. A stream whose `after` is no cursor of this job or list, for this
 * org and sandbox, throws BadCursor.
 */
export interface JobWatchers {
  watch(request: WatchRequest): AsyncIterableIterator<JobChange>;
  /**
   * Follows every job of the caller's org and sandbox that fits; never ends by itself.
   *
   * A stream begins with a SNAPSHOT of each job that has not ended and fits, newest first, among the newest hundred of each
   * kind; none where there is none. Then: CREATED for a job that was made since, STATUS, PROGRESS, and TERMINAL once. Where
   * the filter names statuses, the event by which a job leaves them is told, with the status that it has now; one that
   * comes (back) to them is told by STATUS.
   */
  watchAll(request: WatchAllRequest): AsyncIterableIterator<JobChange>;
  /** Looks at a job at once instead of at its next tick; after a mutation of it. */
  nudge(caller: Caller, kind: 'SEGMENT' | 'EXPORT', id: string): void;
  stats(): {
    readonly subscribers: number;
    readonly watchedJobs: number;
    readonly upstreamPolls: number;
    readonly pollsSaved: number;
  };
  /** Ends all streams. */
  close(): Promise<void>;
}

/** Of the progress of a job only the last counts. What is new stands behind all that is told again. */
export function isNewerProgress(next: JobChange, unread: JobChange): boolean {
  if (next.type !== 'PROGRESS' || unread.type !== 'PROGRESS' || next.replayed !== unread.replayed)
    return false;
  return next.watched?.kind === unread.watched?.kind && next.watched?.job.id === unread.watched?.job.id;
}
