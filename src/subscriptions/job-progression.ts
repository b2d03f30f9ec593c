import type { WatchedJob } from './job-watchers';

/** What watchers have shown of a job so far. */
export interface ShownJob {
  readonly watched: WatchedJob;
  /** Of the furthest known status shown. */
  readonly rank: number;
  /** Every status shown. */
  readonly statuses: ReadonlySet<string>;
}

export type Progression =
  /** Nothing new, or a replica that lags behind what was shown. */
  | { readonly kind: 'none' }
  | { readonly kind: 'progress'; readonly shown: ShownJob }
  | { readonly kind: 'status'; readonly shown: ShownJob; readonly previousStatus: string }
  | { readonly kind: 'terminal'; readonly shown: ShownJob; readonly previousStatus: string };

/** What has been shown once the first reading of a job is out. */
export function firstShown(watched: WatchedJob): ShownJob {
  const { status } = watched.job;
  return { watched, rank: ranks[status] ?? 0, statuses: new Set([status]) };
}

/** True where the job will not change again; a status that we do not know is no end. */
export function isTerminal(watched: WatchedJob): boolean {
  return isEnd(watched.job.status);
}

/** True for a status that is final. */
export function isEnd(status: string): boolean {
  return ranks[status] === terminalRank;
}

/** True where a job that has been seen in the one status cannot come to the other any more. */
export function isBehind(status: string, seen: string): boolean {
  const [rank, seenRank] = [ranks[status], ranks[seen]];
  return rank !== undefined && seenRank !== undefined && rank < seenRank;
}

/**
 * Compares a new reading with what was shown. Status only goes forward and a terminal one is final. A status that we do not
 * know is no end and has no rank: a job may come back from it to the furthest known one.
 */
export function progress(shown: ShownJob, answer: WatchedJob): Progression {
  if (isTerminal(shown.watched)) return { kind: 'none' };
  const previousStatus = shown.watched.job.status;
  const read = withStatus(answer, previousStatus);
  const { status } = read.job;
  if (status === previousStatus) return sameStatus(shown, read);
  const rank = ranks[status] ?? shown.rank;
  // From a status that we do not know, only the upstream's own time tells forward from back; an end is no way back.
  const isUnknown = ranks[previousStatus] === undefined && rank !== terminalRank;
  if (isUnknown && updatedMs(read) < updatedMs(shown.watched)) return { kind: 'none' };
  if (!isReturn(shown, read) && isBackward(shown, status)) return { kind: 'none' };
  const next = {
    watched: keepFraction(shown.watched, read),
    rank,
    statuses: new Set([...shown.statuses, status]),
  };
  return { kind: rank === terminalRank ? 'terminal' : 'status', shown: next, previousStatus };
}

/** An answer that names no status says nothing of it: the job still stands where it stood. */
function withStatus(answer: WatchedJob, status: string): WatchedJob {
  const named: unknown = answer.job.status;
  if (typeof named === 'string' && named !== '') return answer;
  return answer.kind === 'SEGMENT'
    ? { kind: 'SEGMENT', job: { ...answer.job, status } }
    : { kind: 'EXPORT', job: { ...answer.job, status } };
}

const terminalRank = 4;

/** The order in which a job can pass through its statuses. */
const ranks: Readonly<Record<string, number>> = {
  NEW: 0,
  QUEUED: 1,
  PROCESSING: 2,
  CANCELLING: 3,
  SUCCEEDED: terminalRank,
  FAILED: terminalRank,
  CANCELLED: terminalRank,
};

function isBackward({ rank, statuses }: ShownJob, status: string): boolean {
  return statuses.has(status) || (ranks[status] ?? Infinity) <= rank;
}

/**
 * Back from a status that we do not know to the known one before it, or to one that we do not know by a later update. What
 * a replica that lags shows instead is an older update, or the same.
 */
function isReturn(shown: ShownJob, read: WatchedJob): boolean {
  const rank = ranks[read.job.status];
  const laterByMs = updatedMs(read) - updatedMs(shown.watched);
  if (rank === undefined) return laterByMs > 0;
  return ranks[shown.watched.job.status] === undefined && rank === shown.rank && laterByMs >= 0;
}

function sameStatus(shown: ShownJob, read: WatchedJob): Progression {
  const laterByMs = updatedMs(read) - updatedMs(shown.watched);
  if (laterByMs < 0) return { kind: 'none' };
  const watched = keepFraction(shown.watched, read);
  const isSame = laterByMs === 0 && JSON.stringify(watched.job) === JSON.stringify(shown.watched.job);
  return isSame ? { kind: 'none' } : { kind: 'progress', shown: { ...shown, watched } };
}

/** A fraction that has been shown never falls, and does not vanish: an upstream may count anew, or lag behind itself. */
function keepFraction(before: WatchedJob, read: WatchedJob): WatchedJob {
  const shown: unknown = before.job.progress;
  const fraction: unknown = read.job.progress;
  // The field held a text in answers of old.
  if (!isFraction(shown) || (isFraction(fraction) && fraction >= shown)) return read;
  return read.kind === 'SEGMENT'
    ? { kind: 'SEGMENT', job: { ...read.job, progress: shown } }
    : { kind: 'EXPORT', job: { ...read.job, progress: shown } };
}

function isFraction(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Both of the upstream's own clock; 0 where it says nothing usable. */
function updatedMs({ job }: WatchedJob): number {
  const value: unknown = job.updateTime;
  return typeof value === 'number' ? value : 0;
}
