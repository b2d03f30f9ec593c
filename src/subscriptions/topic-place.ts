import { backboneLimits } from '../state/backbone/backbone';
import type { LogPosition } from '../state/backbone/backbone';
import type { AheadOfLog } from './ahead-of-log';
import { endUntold } from './job-cursor';
import type { JobCursor } from './job-cursor';
import { jobKey } from './subject';
import type { WatchedJob } from './job-watchers';
import type { Seen, Subject } from './subject';

/** Where this replica stands in the log that one backbone keeps of a topic. */
export class TopicPlace {
  /** Where the log says how it began; null where it does not. */
  private baselineAt: number | null = null;
  private followsFromLog: boolean;

  constructor(
    private at: LogPosition,
    private readonly ahead: AheadOfLog,
    /** All that was told here is in the log, or ahead of it. */
    isSure: boolean,
  ) {
    this.followsFromLog = isSure;
  }

  get position(): LogPosition {
    return this.at;
  }

  /** Everything up to here has been taken in. */
  moveTo(position: LogPosition): void {
    this.at = position;
  }

  /**
   * Whoever has been told everything here knows what the log holds up to this place, and what is ahead of it: he may go on
   * from it in any replica. False for a list that has begun elsewhere, until the log says of it what is known here.
   */
  get isSure(): boolean {
    return this.followsFromLog && !this.ahead.isTooMuch;
  }

  /** A list began, or begins anew, with that: in the log as it is known here, or not. */
  baselineTakenIn(isSure: boolean): void {
    this.followsFromLog = isSure;
    if (isSure) this.ahead.clear();
  }

  /** The log holds this. @returns true where that had been told here before. */
  hold(seen: Seen, position: LogPosition, isOne: boolean): boolean {
    this.at = position;
    if (seen.type === 'BASELINE' || isOne) this.baselineAt = position.sequence;
    return seen.type !== 'BASELINE' && this.ahead.settle(seen);
  }

  /** A list is told of anew before its beginning is pushed out. */
  needsBaseline(isOne: boolean): boolean {
    if (this.baselineAt === null || !this.isSure) return true;
    return !isOne && this.at.sequence - this.baselineAt > backboneLimits.maxEntries / 2;
  }

  /** Of who has been told everything so far. */
  cursor(subject: Subject): JobCursor {
    const [only] = subject.isOne ? subject.snapshot() : [];
    const told = only === undefined ? this.ahead.told : { [jobKey(only)]: only.job.status };
    return { ...this.at, told, isAhead: this.ahead.isAny };
  }

  /** Of who has been told that a job is there, which has ended, and not yet of its end: of both the log says at once. */
  cursorBeforeEnd(subject: Subject, ended: WatchedJob, isLogged: boolean): JobCursor {
    const { sequence, told, ...rest } = this.cursor(subject);
    const before = isLogged ? sequence - 1 : sequence;
    return { ...rest, sequence: before, told: { ...told, [jobKey(ended)]: endUntold }, isAhead: true };
  }
}
