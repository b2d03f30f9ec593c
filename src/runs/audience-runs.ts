import type { DataSources } from '../datasources';
import type { Caller } from '../datasources/caller';
import type { CallTally } from '../datasources/rest-call';
import type { AudienceRunPlan, AudienceRunRecord } from '../state/audience-run';
import type { RunPosition } from '../state/audience-runs';
import type { ExportJobWire } from '../wire/export-job.wire';
import type { SegmentJobWire } from '../wire/segment-job.wire';

/** Why a run rests: nobody's credential is at hand, or the upstream does not answer. */
export type RunWait = 'CREDENTIAL' | 'UPSTREAM';

/** A run as it stands. */
export interface RunView {
  readonly record: AudienceRunRecord;
  /** Null where it goes on, or has ended. */
  readonly waitingFor: RunWait | null;
}

/** A run as it stands for one subscriber, with what that subscriber's own credential has last seen of its jobs. */
export interface RunUpdate extends RunView {
  readonly segmentJob: SegmentJobWire | null;
  readonly exportJob: ExportJobWire | null;
}

export interface StartRequest {
  readonly caller: Caller;
  readonly idempotencyKey: string | null;
  /** Equal for equal inputs. */
  readonly inputDigest: string;
  readonly plan: AudienceRunPlan;
  /** Of the dataset to write to; null where the run makes it. */
  readonly datasetId: string | null;
}

export type StartOutcome =
  /** Now, or by an earlier request with the same key and input. */
  | { readonly kind: 'started' | 'found'; readonly run: RunView }
  /** The key belongs to a run with another input. */
  | { readonly kind: 'key-taken' };

/**
 * Evaluate, make the dataset, export: runs that survive a restart. Every method is for callers who have proven access to
 * their org and sandbox, and each such visit lends the caller's credential to runs there that rest for want of one.
 */
export interface AudienceRuns {
  start(request: StartRequest): Promise<StartOutcome>;
  /** The run that has this key, for a repeated request; null where there is none. */
  findByKey(caller: Caller, idempotencyKey: string): Promise<RunView | null>;
  find(caller: Caller, id: string): Promise<RunView | null>;
  /** Newest first, one more than `first` where there are more. */
  list(
    caller: Caller,
    request: { readonly limit: number; readonly after?: RunPosition },
  ): Promise<{ readonly runs: readonly RunView[]; readonly totalCount: number }>;
  /** Null where there is no such run; `ended`: it was too late. */
  cancel(
    caller: Caller,
    id: string,
  ): Promise<{ readonly kind: 'cancelling' | 'ended'; readonly run: RunView } | null>;
  /** The state at once, each change, then the end; null where there is no such run. */
  watch(request: WatchRunRequest): Promise<AsyncIterableIterator<RunUpdate> | null>;
  /** Takes up what an earlier process left; to be called once. */
  resume(): Promise<void>;
  /** Stops driving; nothing is cancelled. */
  close(): Promise<void>;
}

export interface WatchRunRequest {
  readonly caller: Caller;
  readonly id: string;
  /** What he has been told of its jobs, by an earlier watch that this one takes the place of. */
  readonly seen?: Pick<RunUpdate, 'segmentJob' | 'exportJob'> | null;
  /** @param tally counts what is sent upstream through them. */
  freshSources(tally?: CallTally, signal?: AbortSignal): DataSources;
}
