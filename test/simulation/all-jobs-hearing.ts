import type { JobChange } from '../../src/subscriptions/job-watchers';
import { jobOf, JobThread, require } from './job-thread';
import type { Truth } from './job-thread';
import { maxLagMs } from './make-faults';
import type { Hearing } from './one-job-hearing';
import type { JobPlan, Kind } from './plan';
import { canRead, createdMs, endOf } from './upstream-model';

/** The stream of every job of some kinds: SNAPSHOT of each that runs, CREATED of each that is made, each one's TERMINAL once. */
export class AllJobsHearing implements Hearing {
  readonly isOver = false;
  private threads = new Map<string, JobThread>();
  private isResumed = false;
  private count = 0;
  private hasGap = false;
  private isPastSnapshots = false;
  private isPastReplay = false;
  /** Since when its knowledge is whole: when it came, and when it first heard something. */
  private era = { openedMs: 0, heardMs: Infinity };

  constructor(
    private readonly truth: Truth,
    private readonly kinds: readonly Kind[],
  ) {}

  get isSilent(): boolean {
    return this.count === 0;
  }

  streamOpened(isResumed: boolean): void {
    this.isResumed = isResumed;
    this.count = 0;
    this.hasGap = false;
    this.isPastSnapshots = isResumed;
    this.isPastReplay = false;
    if (!isResumed) this.beginEra();
  }

  heard(change: JobChange): void {
    this.count += 1;
    if (change.type === 'GAP') {
      require(this.isResumed && this.count === 1, 'GAP where nothing was asked for');
      this.beginEra();
      this.hasGap = true;
      this.isPastSnapshots = false;
      return;
    }
    this.era.heardMs = Math.min(this.era.heardMs, this.truth.time.nowMs);
    this.checkPlace(change);
    const job = jobOf(this.truth, change);
    require(this.kinds.includes(job.kind), `job ${job.id} is of a kind that was not asked for`);
    const thread = this.threads.get(job.id);
    if (change.type === 'SNAPSHOT' || change.type === 'CREATED') {
      require(thread === undefined, `${change.type} of job ${job.id}, which was known`);
      this.threads.set(job.id, new JobThread(this.truth, job, change));
      // Who joins others begins with what they saw last. A server that lags may show a job again that has vanished.
      const isNew = createdMs(job) > this.era.openedMs - maxAgeMs || job.vanishesMs !== null;
      require(change.type === 'SNAPSHOT' || isNew, `job ${job.id} was there before`);
      return;
    }
    require(thread !== undefined, `${change.type} of job ${job.id}, of which nothing was said`);
    thread?.take(change);
  }

  completed(isClosing: boolean): void {
    require(isClosing, 'complete, though jobs go on');
  }

  statusesOf({ id, kind }: JobPlan): ReadonlySet<string> | null {
    return this.kinds.includes(kind) ? (this.threads.get(id)?.statuses ?? new Set()) : null;
  }

  /** Each job whose end came when it was listening for sure. */
  checkWhole(): void {
    const { plan, who } = this.truth;
    for (const job of plan.jobs) {
      if (!canRead(who, job) || !this.kinds.includes(job.kind) || job.vanishesMs !== null) continue;
      if (endOf(job).fromMs <= this.era.heardMs && !this.threads.has(job.id)) continue;
      if (this.era.heardMs === Infinity && endOf(job).fromMs <= plan.healedMs) continue;
      const thread = this.threads.get(job.id);
      require(thread?.isEnded === true, `has not heard the end of job ${job.id}`);
      require(thread?.status === endOf(job).status, `heard a wrong end of job ${job.id}`);
    }
  }

  private beginEra(): void {
    this.threads = new Map();
    this.era = { openedMs: this.truth.time.nowMs, heardMs: Infinity };
  }

  private checkPlace({ type, replayed }: JobChange): void {
    if (type === 'SNAPSHOT') require(!this.isPastSnapshots, 'SNAPSHOT in the middle');
    else this.isPastSnapshots = true;
    const mayReplay = this.isResumed && !this.hasGap && !this.isPastReplay;
    require(!replayed || mayReplay, `${type} replayed where nothing was missed`);
    if (!replayed) this.isPastReplay = true;
  }
}

/** Of what those saw who were there before: the longest pause, a look that fails and one that does not. */
const maxAgeMs = maxLagMs + 60_000;
