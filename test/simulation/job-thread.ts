import type { JobChange } from '../../src/subscriptions/job-watchers';
import type { CredentialPlan, JobPlan, Plan } from './plan';
import { canRead, epochMs } from './upstream-model';
import type { VirtualTime } from './virtual-time';

/** A promise that was broken. */
export class Violation extends Error {}

/** What checks know that subscribers do not. */
export interface Truth {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly who: CredentialPlan;
}

/** Written once more, apart from the product: the order in which a job passes through its statuses. */
const order = ['NEW', 'QUEUED', 'PROCESSING', 'CANCELLING', 'SUCCEEDED', 'FAILED', 'CANCELLED'];
const ends = ['SUCCEEDED', 'FAILED', 'CANCELLED'];

/** What one subscriber was told of one job, without a gap; checks each word against the last and against the truth. */
export class JobThread {
  status: string;
  /** All that it was told to be. */
  readonly statuses = new Set<string>();
  isEnded = false;
  private progress: number | null = null;
  private furthest = -1;
  /** Where nothing fails, the word before is the one that was told last. */
  private readonly isStrict: boolean;

  /** @param first a SNAPSHOT, or a CREATED. */
  constructor(
    private readonly truth: Truth,
    private readonly job: JobPlan,
    first: JobChange,
  ) {
    this.status = statusOf(first);
    this.isStrict = truth.plan.faults.length === 0;
    this.go(first);
  }

  /** A new stream goes on where the last one broke: what was shown of a status may be an older progress. */
  resume(): void {
    this.progress = null;
    this.isEnded = false;
  }

  take(change: JobChange): void {
    const { type, previousStatus } = change;
    const status = statusOf(change);
    const isRepeated = change.replayed && status === this.status && type !== 'PROGRESS' && !this.isStrict;
    if (isRepeated) {
      this.isEnded ||= type === 'TERMINAL';
      return;
    }
    require(!this.isEnded, `${type} ${status} after its end`);
    if (type === 'PROGRESS') {
      require(status === this.status, `PROGRESS of ${status}, but it was ${this.status}`);
    } else if (status === this.status) {
      require(type === 'TERMINAL', `STATUS ${status} twice`);
    } else {
      require(this.knows(
        previousStatus,
      ), `${String(previousStatus)} > ${status}, but ${this.status} was told`);
      require(this.isForward(status), `back from ${this.status} to ${status}`);
    }
    require((type === 'TERMINAL') === (ends.includes(status) && type !== 'PROGRESS'), `${type} ${status}`);
    this.go(change);
  }

  /** What came between was told by whoever saw it, and so to everyone; where nothing fails, it is the last word. */
  private knows(previousStatus: string | null): boolean {
    if (this.isStrict) return previousStatus === this.status;
    return previousStatus === null || order.indexOf(previousStatus) <= this.furthest;
  }

  /** A status that nobody knows has no place; from it a job comes back to where it was, or goes on. */
  private isForward(status: string): boolean {
    const place = order.indexOf(status);
    if (place === -1) return !ends.includes(this.status);
    if (ends.includes(this.status)) return false;
    return place > this.furthest || (place === this.furthest && !order.includes(this.status));
  }

  private go(change: JobChange): void {
    checkTruth(this.truth, this.job, change);
    const status = statusOf(change);
    const progress = change.watched?.job.progress ?? null;
    if (status === this.status && progress !== null && !change.replayed) {
      require(this.progress === null || progress >= this.progress, `progress fell to ${progress}`);
      this.progress = progress;
    }
    this.status = status;
    this.statuses.add(status);
    this.furthest = Math.max(this.furthest, order.indexOf(status));
    this.isEnded = change.type === 'TERMINAL';
  }
}

/** A record that the job has had, that its reader may see, and that he could still read. */
function checkTruth({ time, who }: Truth, job: JobPlan, change: JobChange): void {
  const status = statusOf(change);
  const updatedMs = Number(change.watched?.job.updateTime) - epochMs;
  require(canRead(who, job), `${who.name} hears of job ${job.id}, which is not for him`);
  const isTrue = job.states.some((state) => state.fromMs === updatedMs && state.status === status);
  require(isTrue && updatedMs <= time.nowMs, `job ${job.id} is said to be ${status}, which it was not`);
  const isStillHis = who.revokedMs === null || updatedMs <= who.revokedMs;
  require(isStillHis, `${who.name} hears that job ${job.id} is ${status} after his token was revoked`);
}

export function jobOf({ plan }: Truth, { type, watched }: JobChange): JobPlan {
  require(watched !== null, `${type} without a job`);
  const job = plan.jobs.find(({ id }) => id === String(watched?.job.id));
  if (job === undefined) throw new Violation(`a job that was never made: ${String(watched?.job.id)}`);
  return job;
}

function statusOf({ watched }: JobChange): string {
  return watched?.job.status ?? 'nothing';
}

export function require(isTrue: boolean, words: string): void {
  if (!isTrue) throw new Violation(words);
}
