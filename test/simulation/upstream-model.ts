import {
  UpstreamForbidden,
  UpstreamInvalidResponse,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamTimeout,
  UpstreamUnauthorized,
  UpstreamUnavailable,
} from '../../src/errors/upstream-error';
import type { WatchedJob } from '../../src/subscriptions/job-watchers';
import { chanceOf } from './chance';
import { byName } from './plan';
import type { CredentialPlan, JobPlan, JobState, Kind, Plan, UpstreamFault } from './plan';
import type { VirtualTime } from './virtual-time';

/** When the world began, by true time: what the upstream writes into jobs. */
export const epochMs = Date.parse('2026-03-01T00:00:00Z');

/** The truth about jobs, and how a server with faults of its own tells it. */
export class UpstreamModel {
  private readonly chance;
  private readonly faults: readonly UpstreamFault[];

  constructor(
    private readonly plan: Plan,
    private readonly time: VirtualTime,
  ) {
    this.chance = chanceOf(plan.seed, 'upstream');
    this.faults = plan.faults.filter((fault) => fault.kind === 'upstream');
  }

  /**
   * Answers one call after a while, unless it fails: `answer` gets what a server that lags so many ms would know.
   *
   * @param from who asks, and the replica from which the call comes.
   * @param reply told once, at the time when the answer is there.
   */
  call<T>(
    { credential, replica }: { readonly credential: string; readonly replica: string },
    answer: (who: CredentialPlan, lagMs: number) => T,
    reply: (outcome: { readonly value: T } | { readonly error: Error }) => void,
  ): void {
    const { chance, time } = this;
    const fault = this.faults.find(
      ({ fromMs, toMs, share }) => fromMs <= time.nowMs && time.nowMs < toMs && chance.happens(share),
    );
    const wayMs = chance.between(2, 40);
    const slowMs = fault?.how === 'slow' || fault?.how === 'time-out' ? fault.byMs : 0;
    const failure = this.isUnreachable(replica) ? unreachable() : failureOf(fault);
    time.schedule(wayMs + slowMs, () => {
      const outcome =
        failure === null
          ? this.lookUp(credential, answer, fault?.how === 'lagging' ? chance.between(0, fault.byMs) : 0)
          : { error: failure };
      time.schedule(chance.between(2, 40), () => {
        reply(outcome);
      });
    });
  }

  /** @throws UpstreamForbidden, UpstreamNotFound as the server would. */
  read(who: CredentialPlan, kind: Kind, id: string, lagMs: number): WatchedJob {
    const job = this.plan.jobs.find((each) => each.id === id && each.kind === kind);
    const state = job && stateAt(job, this.time.nowMs - lagMs);
    if (job === undefined || state === null || state === undefined || job.org !== who.org) throw notFound();
    if (who.hiddenJobs.includes(id)) throw new UpstreamForbidden('That job is not yours', failed(403));
    return toWatched(job, state);
  }

  /** Those of one kind that a caller sees, newest first. */
  list(who: CredentialPlan, kind: Kind, lagMs: number): readonly WatchedJob[] {
    return this.plan.jobs
      .filter((job) => job.kind === kind && canRead(who, job))
      .toSorted((one, other) => createdMs(other) - createdMs(one) || Number(other.id) - Number(one.id))
      .flatMap((job) => {
        const state = stateAt(job, this.time.nowMs - lagMs);
        return state === null ? [] : [toWatched(job, state)];
      });
  }

  private isUnreachable(replica: string): boolean {
    const { nowMs } = this.time;
    return this.plan.faults.some(
      (fault) =>
        fault.kind === 'unreachable' &&
        fault.replica === replica &&
        fault.fromMs <= nowMs &&
        nowMs < fault.toMs,
    );
  }

  private lookUp<T>(
    credential: string,
    answer: (who: CredentialPlan, lagMs: number) => T,
    lagMs: number,
  ): { readonly value: T } | { readonly error: Error } {
    const who = byName(this.plan.credentials, credential);
    if (who.revokedMs !== null && who.revokedMs <= this.time.nowMs)
      return { error: new UpstreamUnauthorized('The token was revoked', failed(401)) };
    try {
      return { value: answer(who, lagMs) };
    } catch (error) {
      if (error instanceof Error) return { error };
      throw error;
    }
  }
}

export function canRead(who: CredentialPlan, job: JobPlan): boolean {
  return job.org === who.org && !who.hiddenJobs.includes(job.id);
}

/** What a job is like then; null before it is made and once it has vanished. */
export function stateAt({ states, vanishesMs }: JobPlan, atMs: number): JobState | null {
  if (vanishesMs !== null && vanishesMs <= atMs) return null;
  return states.findLast(({ fromMs }) => fromMs <= atMs) ?? null;
}

export function createdMs({ states }: JobPlan): number {
  return states[0]?.fromMs ?? Infinity;
}

/** The state that is its end. */
export function endOf({ id, states }: JobPlan): JobState {
  const end = states.at(-1);
  if (end === undefined) throw new Error(`Job ${id} has no life`);
  return end;
}

export function notFound(): UpstreamNotFound {
  return new UpstreamNotFound('No such job', failed(404));
}

function toWatched(job: JobPlan, { fromMs, status, progress }: JobState): WatchedJob {
  const fields = {
    status,
    ...(progress !== null && { progress }),
    creationTime: epochMs + createdMs(job),
    updateTime: epochMs + fromMs,
    imsOrgId: job.org,
  };
  const schema = { name: '_xdm.context.profile' };
  return job.kind === 'SEGMENT'
    ? { kind: 'SEGMENT', job: { ...fields, id: job.id, segments: [] } }
    : { kind: 'EXPORT', job: { ...fields, id: Number(job.id), destination: {}, schema } };
}

function unreachable(): UpstreamUnavailable {
  return new UpstreamUnavailable('There is no way to the upstream', failed(null));
}

function failureOf(fault: UpstreamFault | undefined): Error | null {
  switch (fault?.how) {
    case 'unavailable':
      return new UpstreamUnavailable('The upstream is away', failed(503));
    case 'broken':
      return new UpstreamInvalidResponse('That is no JSON', failed(500));
    case 'time-out':
      return new UpstreamTimeout('No answer in time', failed(null));
    case 'limited':
      return new UpstreamRateLimited('Too many calls', { ...failed(429), retryAfterMs: fault.byMs || null });
    case 'slow':
    case 'lagging':
    case undefined:
      return null;
  }
}

function failed(status: number | null): { readonly service: 'segmentation'; readonly status: number | null } {
  return { service: 'segmentation', status };
}
