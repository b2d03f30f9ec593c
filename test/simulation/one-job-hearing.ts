import type { JobChange } from '../../src/subscriptions/job-watchers';
import { jobOf, JobThread, require } from './job-thread';
import type { Truth } from './job-thread';
import type { JobPlan } from './plan';
import { endOf } from './upstream-model';

/** What a subscriber hears, over all its streams. */
export interface Hearing {
  /** @param isResumed it gave a cursor. */
  streamOpened(isResumed: boolean): void;
  heard(change: JobChange): void;
  /** The stream is complete. @throws Violation where it may not be. */
  completed(isClosing: boolean): void;
  /** True where nothing was heard on this stream yet. */
  readonly isSilent: boolean;
  /** True where its stream must have come to an end by itself once its job has. */
  readonly isOver: boolean;
  /** What was heard of this job since it was heard of last without a gap; null: it is none of those that are listened to. */
  statusesOf(job: JobPlan): ReadonlySet<string> | null;
  /** At the end of a history: what it ought to have heard. @throws Violation */
  checkWhole(): void;
}

/** The stream of one job: SNAPSHOT, changes, one TERMINAL, end; after a cursor what was missed, or GAP and SNAPSHOT. */
export class OneJobHearing implements Hearing {
  private thread: JobThread | null = null;
  private isResumed = false;
  private count = 0;
  private awaitsSnapshot = false;
  private isPastReplay = false;
  isOver = false;

  constructor(
    private readonly truth: Truth,
    private readonly job: JobPlan,
  ) {}

  get isSilent(): boolean {
    return this.count === 0;
  }

  streamOpened(isResumed: boolean): void {
    this.isResumed = isResumed;
    this.count = 0;
    this.awaitsSnapshot = !isResumed;
    this.isPastReplay = false;
    if (isResumed) this.thread?.resume();
    else this.thread = null;
  }

  heard(change: JobChange): void {
    this.count += 1;
    const { type } = change;
    if (type === 'GAP') {
      require(this.isResumed && this.count === 1, 'GAP where nothing was asked for');
      this.awaitsSnapshot = true;
      this.thread = null;
      return;
    }
    require(jobOf(this.truth, change) === this.job, 'an event of another job');
    require((type === 'SNAPSHOT') === this.awaitsSnapshot, `${type} where a stream begins or goes on`);
    require(type !== 'CREATED', 'CREATED of a job that was there');
    this.checkReplayed(change);
    this.awaitsSnapshot = false;
    if (this.thread === null) this.thread = new JobThread(this.truth, this.job, change);
    else this.thread.take(change);
  }

  completed(isClosing: boolean): void {
    const isEnded = this.thread?.isEnded ?? false;
    require(isEnded || isClosing, 'complete without TERMINAL');
    this.isOver = isEnded;
  }

  statusesOf(job: JobPlan): ReadonlySet<string> | null {
    return job === this.job ? (this.thread?.statuses ?? new Set()) : null;
  }

  checkWhole(): void {
    require(this.isOver, `has not heard the end of job ${this.job.id}`);
    require(this.thread?.status === endOf(this.job).status, `heard a wrong end of job ${this.job.id}`);
  }

  private checkReplayed({ type, replayed }: JobChange): void {
    require(!replayed || this.isResumed, `${type} replayed to one who did not resume`);
    require(!replayed || !this.isPastReplay, `${type} replayed behind what is new`);
    if (!replayed) this.isPastReplay = true;
  }
}
