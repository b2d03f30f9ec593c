import type { Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import { isOwnFault, toJobErrors } from './job-error';
import type { JobHandle, JobWork } from './job-handle';
import { unfinishedJobs } from './job-handle';
import { statesUntilProcessing } from './job-state';
import type { Surroundings } from './surroundings';
import { rest } from './surroundings';

export interface JobRunnerOptions {
  readonly store: PlatformStore;
  readonly work: JobWork;
  readonly surroundings: Surroundings;
  /** Rest before each state and after each step of progress, in ms; 0: none. */
  readonly paceMs: () => number;
  /** Jobs that run side by side, over all tenants; one tenant has at most one. */
  readonly maxRunning: number;
}

interface RunningJob {
  readonly tenantKey: string;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

const retryAfterFaultMs = 1000;
const longestRetryMs = 60_000;

/**
 * Runs what the store says is owed: segment and export jobs, oldest first, one at a time per tenant.
 *
 * The store is the truth and every change of status is conditional, so that a job that was cancelled, or that another
 * hand has ended, is simply found gone. Jobs left PROCESSING by a process that died are run again from their start: a
 * commit of the store is atomic, so nothing half done is there. Those left CANCELLING become CANCELLED.
 */
export class JobRunner {
  readonly #options: JobRunnerOptions;
  readonly #running = new Map<string, RunningJob>();
  readonly #held = new Set<string>();
  readonly #closing = new AbortController();
  /** Jobs that could not be begun: how often, and whether their time to rest is over. */
  readonly #unbegun = new Map<string, { readonly attempts: number; readonly rests: boolean }>();
  #looking: Promise<void> | undefined;
  #lookAgain = false;

  constructor(options: JobRunnerOptions) {
    this.#options = options;
  }

  /** Looks for work: call it at the start and after each new job. Answers at once. */
  wake(): void {
    if (this.#closing.signal.aborted) return;
    this.#lookAgain = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#lookAgain) this.wake();
    });
  }

  /** Asks a job to end. False where it is terminal or already asked; the effect follows within moments. */
  async cancel(job: JobHandle): Promise<boolean> {
    const isAccepted = await job.move('CANCELLING', { updatedAt: this.#now() });
    if (isAccepted) {
      this.#unbegun.delete(keyOf(job));
      this.#running.get(keyOf(job))?.controller.abort(new Error('The job was cancelled.'));
      this.wake();
    }
    return isAccepted;
  }

  /** Stops the jobs of a tenant, as `close` does, and runs none of its until the answer is called. */
  async hold(tenant: Tenant): Promise<() => void> {
    const key = keyOfTenant(tenant);
    this.#held.add(key);
    const running = [...this.#running.values()].filter(({ tenantKey }) => tenantKey === key);
    for (const { controller } of running) controller.abort(new Error('The jobs of the sandbox are held.'));
    await Promise.all(running.map(({ ended }) => ended));
    return () => {
      this.#held.delete(key);
      this.wake();
    };
  }

  /** Resolves when nothing runs and nothing is owed. */
  async idle(): Promise<void> {
    while (this.#looking !== undefined || this.#running.size > 0) {
      await this.#looking;
      await Promise.all([...this.#running.values()].map(({ ended }) => ended));
    }
  }

  /** Stops at once. Jobs that run stay PROCESSING in the store and are run again at the next start. */
  async close(): Promise<void> {
    this.#closing.abort(new Error('The platform is closing.'));
    for (const { controller } of this.#running.values()) controller.abort(this.#closing.signal.reason);
    await this.#looking;
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  async #look(): Promise<void> {
    while (this.#lookAgain && !this.#closing.signal.aborted) {
      this.#lookAgain = false;
      try {
        for (const job of await unfinishedJobs(this.#options.store, this.#options.work))
          await this.#consider(job).catch((error: unknown) => this.#tryLater(job, error));
      } catch (error) {
        this.#options.surroundings.log.error(
          { err: error },
          'the job runner could not look for work; it will look again',
        );
        this.#lookAgain = true;
        await this.#restAfterFault();
      }
    }
  }

  async #consider(job: JobHandle): Promise<void> {
    const tenantKey = keyOfTenant(job.tenant);
    if (this.#closing.signal.aborted || this.#running.has(keyOf(job)) || this.#held.has(tenantKey)) return;
    // One that cannot be begun must not keep the younger ones of its tenant waiting.
    if (this.#unbegun.get(keyOf(job))?.rests === true) return;
    if (job.status === 'CANCELLING') {
      await job.move('CANCELLED', this.#ended());
      return;
    }
    const running = [...this.#running.values()];
    if (
      running.length < this.#options.maxRunning &&
      !running.some((other) => other.tenantKey === tenantKey)
    ) {
      this.#begin(job, tenantKey);
    } else if (job.status === 'NEW' && job.kind === 'segment') {
      await job.move('QUEUED', { updatedAt: this.#now() });
    }
  }

  #begin(job: JobHandle, tenantKey: string): void {
    const controller = new AbortController();
    const ended = this.#run(job, controller.signal)
      .catch((error: unknown) => {
        this.#options.surroundings.log.error(
          { err: error, jobId: job.id },
          'a job could not be brought to its end',
        );
      })
      .finally(() => {
        this.#running.delete(keyOf(job));
        this.wake();
      });
    this.#running.set(keyOf(job), { tenantKey, controller, ended });
  }

  async #run(job: JobHandle, signal: AbortSignal): Promise<void> {
    let hasBegun = false;
    try {
      hasBegun = await this.#bringToProcessing(job, signal);
      if (hasBegun) {
        const onProgress = this.#progressOf(job, signal);
        await job.work({ at: this.#now(), signal, onProgress });
      }
    } catch (error) {
      if (!signal.aborted) {
        await (hasBegun ? this.#settleAfterFault(job, error) : this.#tryLater(job, error));
        return;
      }
    }
    await this.#cancelIfAsked(job);
  }

  async #settleAfterFault(job: JobHandle, error: unknown): Promise<void> {
    if (!(await this.#fail(job, error))) await this.#cancelIfAsked(job);
  }

  /**
   * A fault before PROCESSING leaves the job owed. It is tried again, each time after a longer rest, while the other jobs of
   * its tenant go on.
   */
  #tryLater(job: JobHandle, error: unknown): void {
    const { log, timers } = this.#options.surroundings;
    log.error({ err: error, jobId: job.id }, 'a job could not be begun; trying again later');
    const key = keyOf(job);
    const attempts = (this.#unbegun.get(key)?.attempts ?? 0) + 1;
    this.#unbegun.set(key, { attempts, rests: true });
    const delayMs = Math.min(longestRetryMs, retryAfterFaultMs * 2 ** Math.min(attempts - 1, 16));
    timers.after(delayMs, () => {
      if (this.#unbegun.has(key)) this.#unbegun.set(key, { attempts, rests: false });
      this.wake();
    });
  }

  /** Only a CANCELLING job can become CANCELLED; for all others this changes nothing. */
  #cancelIfAsked(job: JobHandle): Promise<boolean> {
    return this.#insist(() => job.move('CANCELLED', this.#ended()));
  }

  /** False where the job was cancelled on the way. */
  async #bringToProcessing(job: JobHandle, signal: AbortSignal): Promise<boolean> {
    const way = statesUntilProcessing(job.kind);
    for (const to of way.slice(way.indexOf(job.status) + 1)) {
      await this.#rest(signal);
      const now = this.#now();
      const changes = to === 'PROCESSING' ? { updatedAt: now, startedAt: now } : { updatedAt: now };
      if (!(await job.move(to, changes))) return false;
    }
    this.#unbegun.delete(keyOf(job));
    // The list of what is owed may have been read just before the job ended.
    return (await job.currentStatus()) === 'PROCESSING';
  }

  #progressOf(
    job: JobHandle,
    signal: AbortSignal,
  ): (progress: { done: number; total: number }) => Promise<void> {
    return async ({ done, total }) => {
      signal.throwIfAborted();
      if (total > 0) await job.setProgress(Math.min(1, done / total), this.#now());
      await this.#rest(signal);
    };
  }

  /** False where the job has no way from its state to FAILED. */
  async #fail(job: JobHandle, error: unknown): Promise<boolean> {
    const fields = { err: error, jobId: job.id, requestId: job.requestId };
    if (isOwnFault(error)) this.#options.surroundings.log.error(fields, `a ${job.kind} job failed`);
    else
      this.#options.surroundings.log.info(
        { ...fields, err: undefined, code: toJobErrors(error)[0]?.code },
        `a ${job.kind} job failed`,
      );
    return this.#insist(() => job.move('FAILED', { ...this.#ended(), errors: toJobErrors(error) }));
  }

  /** Tries until it is written down: a full disk must not make a job run for ever. */
  async #insist(move: () => Promise<boolean>): Promise<boolean> {
    for (;;) {
      try {
        return await move();
      } catch (error) {
        if (this.#closing.signal.aborted) throw error;
        this.#options.surroundings.log.error(
          { err: error },
          'the end of a job could not be written down; trying again',
        );
        await this.#restAfterFault();
      }
    }
  }

  #rest(signal: AbortSignal): Promise<void> {
    return rest(this.#options.surroundings.timers, this.#options.paceMs(), signal);
  }

  async #restAfterFault(): Promise<void> {
    await rest(this.#options.surroundings.timers, retryAfterFaultMs, this.#closing.signal).catch(
      () => undefined,
    );
  }

  #ended(): { readonly updatedAt: number; readonly endedAt: number } {
    const now = this.#now();
    return { updatedAt: now, endedAt: now };
  }

  #now(): number {
    return this.#options.surroundings.clock();
  }
}

function keyOf(job: JobHandle): string {
  return `${job.kind} ${keyOfTenant(job.tenant)} ${job.id}`;
}

function keyOfTenant({ orgId, sandbox }: Tenant): string {
  return `${orgId} ${sandbox}`;
}
