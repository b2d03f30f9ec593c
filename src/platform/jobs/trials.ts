import type { JobError, Tenant } from '../records';
import type { JobKind } from './job-state';
import { PlannedJobFailure } from './planned-job-failure';

export interface TrialsOptions {
  /** The true time, epoch ms. */
  readonly clock: () => number;
  /** Milliseconds that nobody can set back, for waits. */
  readonly monotonic: () => number;
  /** Rest between two steps of a job unless told otherwise, ms. */
  readonly paceMs: number;
}

/** The next jobs of a kind fail with this. */
export interface PlannedFailure {
  readonly kind: JobKind;
  readonly error: JobError;
  readonly times: number;
}

/** Requests of one method and below one path are refused with a status. */
export interface PlannedAnswer {
  /** Every method where it is missing. */
  readonly method?: string | undefined;
  /** A path and all that lies below it; `/` for all. */
  readonly path: string;
  readonly status: 429 | 500 | 503;
  /** None is sent where it is missing. */
  readonly retryAfterSeconds?: number | undefined;
  /** How long it lasts; until `times` are used up where it is missing. */
  readonly forMs?: number | undefined;
  /** How often; without end where it is missing. */
  readonly times?: number | undefined;
}

/** A planned answer that still holds. */
export interface HeldAnswer extends PlannedAnswer {
  readonly leftMs: number | undefined;
}

interface Kept<T> {
  readonly tenant: Tenant;
  readonly plan: T;
  readonly until: number | undefined;
  times: number | undefined;
}

/**
 * What people set to try how their programs behave: another time, a slower pace, jobs that fail, answers that refuse. It
 * lives in this process alone, so a restart ends all of it. Clock and pace are the platform's; failures and answers hold
 * for the sandbox that asked for them.
 */
export class Trials {
  readonly #options: TrialsOptions;
  readonly #failures: Kept<PlannedFailure>[] = [];
  readonly #answers: Kept<PlannedAnswer>[] = [];
  #offsetMs = 0;
  #paceMs: number | undefined;

  constructor(options: TrialsOptions) {
    this.#options = options;
  }

  /** The platform's time, epoch ms: the true one, moved. */
  now(): number {
    return this.#options.clock() + this.#offsetMs;
  }

  /** How far the platform's time is ahead of the true one, ms. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Goes on from a moment, epoch ms. */
  moveClockTo(now: number): void {
    this.#offsetMs = Math.round(now - this.#options.clock());
  }

  resetClock(): void {
    this.#offsetMs = 0;
  }

  get paceMs(): number {
    return this.#paceMs ?? this.#options.paceMs;
  }

  setPace(paceMs: number | undefined): void {
    this.#paceMs = paceMs;
  }

  planFailure(tenant: Tenant, plan: PlannedFailure): void {
    this.#failures.push({ tenant, plan, until: undefined, times: plan.times });
  }

  planAnswer(tenant: Tenant, plan: PlannedAnswer): void {
    const until = plan.forMs === undefined ? undefined : this.#options.monotonic() + plan.forMs;
    this.#answers.push({ tenant, plan, until, times: plan.times });
  }

  /** Uses up a failure that was planned for the next job of this kind. @throws PlannedJobFailure where there was one. */
  failIfPlanned(tenant: Tenant, kind: JobKind): void {
    const kept = this.#failures.find((one) => isOf(one, tenant) && one.plan.kind === kind);
    if (kept === undefined) return;
    useUp(this.#failures, kept);
    throw new PlannedJobFailure(kept.plan.error);
  }

  /** Uses up an answer that was planned for such a request; the one that was planned last wins. */
  answerFor(
    tenant: Tenant,
    request: { readonly method: string; readonly path: string },
  ): PlannedAnswer | undefined {
    this.#dropEnded();
    const kept = this.#answers.findLast((one) => isOf(one, tenant) && fits(one.plan, request));
    if (kept !== undefined) useUp(this.#answers, kept);
    return kept?.plan;
  }

  failures(tenant: Tenant): readonly PlannedFailure[] {
    return this.#failures
      .filter((one) => isOf(one, tenant))
      .map(({ plan, times = plan.times }) => ({ ...plan, times }));
  }

  answers(tenant: Tenant): readonly HeldAnswer[] {
    this.#dropEnded();
    const now = this.#options.monotonic();
    return this.#answers
      .filter((one) => isOf(one, tenant))
      .map(({ plan, until, times }) => ({
        ...plan,
        times,
        leftMs: until === undefined ? undefined : until - now,
      }));
  }

  forgetFailures(tenant: Tenant): void {
    removeAll(this.#failures, (one) => isOf(one, tenant));
  }

  forgetAnswers(tenant: Tenant): void {
    removeAll(this.#answers, (one) => isOf(one, tenant));
  }

  #dropEnded(): void {
    const now = this.#options.monotonic();
    removeAll(this.#answers, ({ until }) => until !== undefined && until <= now);
  }
}

function useUp<T>(all: Kept<T>[], kept: Kept<T>): void {
  if (kept.times === undefined) return;
  kept.times -= 1;
  if (kept.times <= 0) removeAll(all, (one) => one === kept);
}

function removeAll<T>(all: T[], isGone: (one: T) => boolean): void {
  all.splice(0, all.length, ...all.filter((one) => !isGone(one)));
}

function isOf({ tenant }: { readonly tenant: Tenant }, { orgId, sandbox }: Tenant): boolean {
  return tenant.orgId === orgId && tenant.sandbox === sandbox;
}

function fits(
  plan: PlannedAnswer,
  { method, path }: { readonly method: string; readonly path: string },
): boolean {
  const below = plan.path.replace(/\/+$/u, '');
  return (plan.method ?? method) === method && (path === below || path.startsWith(`${below}/`));
}
