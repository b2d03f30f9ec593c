import type { DataSources } from '../datasources';
import { isRecord } from '../lib/is-record';
import type { NewLogEntry } from '../state/backbone/backbone';
import type { JobEventType, WatchedJob } from './job-watchers';

/** What one look, or one entry of a log, says of a job, as who saw it judged it. CREATED of one that has ended is its end, too. */
export interface Sighting {
  /** SNAPSHOT: how things stood before anything was told. */
  readonly type: Exclude<JobEventType, 'GAP'>;
  /** When it was seen, by the wall clock of who saw it. */
  readonly at: Date;
  readonly previousStatus: string | null;
  readonly watched: WatchedJob;
}

/** Where a log begins: what is there and will not be told as new. */
export interface Baseline {
  readonly type: 'BASELINE';
  readonly at: Date;
  /** What has not ended, the oldest first. */
  readonly running: readonly WatchedJob[];
  /** Keys of all that is there, the oldest first. */
  readonly known: readonly string[];
}

/** One thing that goes into a log, and comes out of it in another replica. */
export type Seen = Sighting | Baseline;

/** What the calls of a look have to do with each other, and with those of other looks of the same caller. */
export interface LookCourse {
  /** Told of each call that failed, at once: others may still be under way. */
  failed(error: unknown): void;
  /**
   * Waited for before so many calls that follow upon others: until the budget has room.
   *
   * @throws where the upstream wants to be left alone by now.
   */
  goOn(calls: number): Promise<void>;
}

/** What is watched: one job, or a list of jobs. Knows what was seen of it and what that changes; reads the upstream. */
export interface Subject {
  /** For the company of looks, and for what they cost. */
  readonly kinds: readonly WatchedJob['kind'][];
  /** True for one job: its stream ends with it. */
  readonly isOne: boolean;
  /**
   * One look.
   *
   * @throws UpstreamError, and what `course` throws.
   */
  read(sources: DataSources, course: LookCourse): Promise<Reading>;
  /** How things stand, for a log that does not know; null while nothing has been seen. */
  baseline(at: Date): Seen | null;
  /**
   * Takes in what was seen, here or elsewhere, and answers what that changes: status only forward, a terminal one once.
   *
   * @param isTold somebody was told of what was seen before.
   */
  takeIn(seen: Seen, isTold: boolean): Taken;
  /** False where it is of a job that nobody here knows of. */
  knows(seen: Seen): boolean;
  /** True where exactly this is known here. */
  isAsIn(baseline: Baseline): boolean;
  /** What a subscriber is shown first; newest first. */
  snapshot(): readonly WatchedJob[];
  /** Keys of those that it leaves out because they were not there twice; they may be there again. */
  readonly absent: readonly string[];
  /** False until there is something to show, be it that there are no jobs. */
  readonly hasBegun: boolean;
  /** True once the one job has ended. */
  readonly hasEnded: boolean;
  /** Jobs that are being followed. */
  readonly runningCount: number;
  /** A look found nothing; false where that is the end of it. */
  bearsMissing(): boolean;
}

/**
 * What a look has read: tells, whenever it is asked, what of it has not been seen. What nobody hears of is noted; else it
 * changes nothing.
 */
export type Reading = (at: Date) => News;

export interface News {
  readonly seen: readonly Seen[];
  /** Kinds of jobs of which an older status came after a newer one. */
  readonly wentBack: readonly WatchedJob['kind'][];
}

export interface Taken {
  readonly found: readonly Sighting[];
  /** True where only a look of our own can tell what has become of something. */
  readonly needsLook: boolean;
}

/** Names a job among those of a list. */
export function jobKey({ kind, job }: WatchedJob): string {
  return `${kind} ${String(job.id)}`;
}

const toldKeys = new WeakMap<WatchedJob, string>();

/** The same of what is told: made once for all who hear of it. */
export function toldJobKey(watched: WatchedJob): string {
  let key = toldKeys.get(watched);
  if (key === undefined) {
    key = jobKey(watched);
    toldKeys.set(watched, key);
  }
  return key;
}

/** As text, for a log that other replicas read. */
function toBody(seen: Seen): string {
  return JSON.stringify({ ...seen, at: seen.at.getTime() });
}

/** The entries that a log keeps of what was seen. */
export function toEntry(seen: Seen): NewLogEntry {
  return { replacesKey: replacedBy(seen), body: toBody(seen) };
}

/** Null for what no version of this gateway wrote that we understand. */
export function fromBody(body: string): Seen | null {
  const parsed = parse(body);
  if (!isRecord(parsed) || typeof parsed['at'] !== 'number' || typeof parsed['type'] !== 'string')
    return null;
  const seen = { ...parsed, at: new Date(parsed['at']) };
  if (parsed['type'] === 'BASELINE') {
    const isWhole = Array.isArray(parsed['running']) && Array.isArray(parsed['known']);
    return isWhole ? (seen as unknown as Baseline) : null;
  }
  const { watched } = parsed;
  const isWhole = sightingTypes.has(parsed['type']) && isRecord(watched) && isRecord(watched['job']);
  return isWhole ? (seen as unknown as Sighting) : null;
}

/** Of the progress of a job in one status only the last counts. */
function replacedBy(seen: Seen): string | null {
  if (seen.type === 'BASELINE') return 'baseline';
  return seen.type === 'PROGRESS' ? `${jobKey(seen.watched)} ${seen.watched.job.status}` : null;
}

const sightingTypes: ReadonlySet<string> = new Set(['SNAPSHOT', 'CREATED', 'STATUS', 'PROGRESS', 'TERMINAL']);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
