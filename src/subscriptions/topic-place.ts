import { backboneLimits } from '../state/backbone/backbone';
import type { LogPosition } from '../state/backbone/backbone';
import type { JobCursor } from './job-cursor';
import { isBehind } from './job-progression';
import type { WatchedJob } from './job-watchers';
import { jobKey } from './subject';
import type { Seen, Sighting, Subject } from './subject';

/** Where this replica stands in the log that one backbone keeps of a topic. */
export class TopicPlace {
  /** Where the log says how it began; null where it does not. */
  private baselineAt: number | null = null;
  /** Statuses of jobs that were told of here and are not in the log up to here: the last ones. */
  private readonly ahead = new Map<string, string>();

  /** @param told what was told before of which this log may know nothing. */
  constructor(
    private at: LogPosition,
    told: readonly WatchedJob[],
  ) {
    for (const watched of told) this.ahead.set(jobKey(watched), watched.job.status);
  }

  get position(): LogPosition {
    return this.at;
  }

  /** Everything up to here has been taken in. */
  moveTo(position: LogPosition): void {
    this.at = position;
  }

  /** The log holds this. */
  hold(seen: Seen, position: LogPosition, isOne: boolean): void {
    this.at = position;
    if (seen.type === 'BASELINE' || isOne) this.baselineAt = position.sequence;
    if (seen.type === 'BASELINE') return;
    const key = jobKey(seen.watched);
    const status = this.ahead.get(key);
    if (status !== undefined && !isBehind(seen.watched.job.status, status)) this.ahead.delete(key);
  }

  /** This was told, or is known from the beginning, though the log does not hold it. */
  runAhead(found: readonly Sighting[], first: Sighting | null): void {
    for (const { watched } of first === null ? found : [...found, first]) {
      const key = jobKey(watched);
      this.ahead.delete(key);
      this.ahead.set(key, watched.job.status);
      const [oldest] = this.ahead.keys();
      if (this.ahead.size > maxAhead && oldest !== undefined) this.ahead.delete(oldest);
    }
  }

  /** A list is told of anew before its beginning is pushed out. */
  needsBaseline(isOne: boolean): boolean {
    if (this.baselineAt === null) return true;
    return !isOne && this.at.sequence - this.baselineAt > backboneLimits.maxEntries / 2;
  }

  /** Of who has been told everything so far. */
  cursor(subject: Subject): JobCursor {
    const told = subject.isOne
      ? subject.snapshot().map((watched): [string, string] => [jobKey(watched), watched.job.status])
      : [...this.ahead];
    return { ...this.at, told: Object.fromEntries(told), isAhead: this.ahead.size > 0 };
  }
}

/** So many fit into a cursor. */
const maxAhead = 24;
