import { ResourceNotFound, InvalidRequest } from '../../errors/platform-error';
import { parseQuartz } from '../../lib/quartz';
import type { Schedule, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import { newSegmentJob, selectDefinitions } from './new-segment-job';
import type { SegmentSelection } from './new-segment-job';
import type { ScheduleBook } from './schedule-book';
import type { Surroundings } from './surroundings';

export interface SchedulerOptions {
  readonly store: PlatformStore;
  readonly book: ScheduleBook;
  readonly surroundings: Surroundings;
  /** Told that a job was made. */
  readonly onJob: () => void;
}

/** A wait longer than this is taken in parts: timers overflow at 24.8 days, and clocks may be set. */
const longestWaitMs = 60_000;
const scheduleListLimit = 1000;

/**
 * Makes a segment job at each due time of each active schedule.
 *
 * A due time fires once: the store refuses a second job of the same schedule and due time, whoever tries. Times that were
 * missed while the platform was down run once, for the last of them, at the start; such a job is late (its due time,
 * `scheduledFor`, lies before its creation).
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  #isClosed = false;
  #callOff: (() => void) | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Looks at all schedules: call it at the start and after each change of one. Answers at once. */
  wake(): void {
    if (this.#isClosed) return;
    this.#lookAgain = true;
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
      if (this.#lookAgain) this.wake();
    });
  }

  /** Resolves when all that is due now has been dealt with. */
  async settled(): Promise<void> {
    while (this.#looking !== undefined) await this.#looking;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#callOff?.();
    await this.#looking;
  }

  async #look(): Promise<void> {
    let nextDue = Infinity;
    while (this.#lookAgain && !this.#isClosed) {
      this.#lookAgain = false;
      nextDue = await this.#fireWhatIsDue().catch((error: unknown) => {
        this.#options.surroundings.log.error(
          { err: error },
          'the scheduler could not look at its schedules; it will look again',
        );
        return Infinity;
      });
    }
    this.#waitUntil(nextDue);
  }

  #waitUntil(nextDue: number): void {
    this.#callOff?.();
    if (this.#isClosed) return;
    const delayMs = Math.max(0, Math.min(nextDue - this.#options.surroundings.clock(), longestWaitMs));
    this.#callOff = this.#options.surroundings.timers.after(delayMs, () => this.wake());
  }

  /** Answers the earliest due time that is still to come. */
  async #fireWhatIsDue(): Promise<number> {
    const { store, surroundings } = this.#options;
    let earliest = Infinity;
    for (const tenant of await store.tenants()) {
      const { items } = await store.schedules.list(tenant, { offset: 0, limit: scheduleListLimit });
      for (const schedule of items) {
        if (this.#isClosed || schedule.state !== 'active') continue;
        const now = surroundings.clock();
        const due = lastDue(schedule, now);
        if (due !== undefined) await this.#tryToFire(tenant, schedule, due);
        const [next] = parseQuartz(schedule.cron).next(new Date(now), 1);
        if (next !== undefined) earliest = Math.min(earliest, next.getTime());
      }
    }
    return earliest;
  }

  /** A fault with one schedule keeps no other from its time; what was not noted as fired is due at the next look. */
  async #tryToFire(tenant: Tenant, schedule: Schedule, due: number): Promise<void> {
    try {
      await this.#fire(tenant, schedule, due);
    } catch (error) {
      this.#options.surroundings.log.error(
        { err: error, scheduleId: schedule.id, due: new Date(due).toISOString() },
        'a schedule was due, but it could not be dealt with; trying again at the next look',
      );
    }
  }

  async #fire(tenant: Tenant, schedule: Schedule, due: number): Promise<void> {
    const { store, book, surroundings, onJob } = this.#options;
    const selection: SegmentSelection = schedule.segments.includes('*')
      ? { kind: 'all' }
      : { kind: 'ids', ids: schedule.segments };
    const now = surroundings.clock();
    const fields = { scheduleId: schedule.id, due: new Date(due).toISOString(), lateMs: now - due };
    try {
      const job = newSegmentJob({
        id: surroundings.ids.uuid(),
        at: now,
        selection,
        definitions: await selectDefinitions(store, tenant, selection),
        requestId: `${schedule.id}-${due}`,
        due: { scheduleId: schedule.id, scheduledFor: due },
      });
      if (await store.segmentJobs.insert(tenant, job)) {
        surroundings.log.info({ ...fields, jobId: job.id }, 'a schedule was due');
        onJob();
      }
    } catch (error) {
      if (!(error instanceof ResourceNotFound || error instanceof InvalidRequest)) throw error;
      surroundings.log.warn(
        { ...fields, reason: error.message },
        'a schedule was due, but there is nothing to evaluate',
      );
    }
    await book
      .change(tenant, schedule.id, (current) => ({
        ...current,
        firedUntil: Math.max(current.firedUntil, due),
      }))
      .catch(ignoreNotFound);
  }
}

/** The last due time after `firedUntil` that is not after `now`; all before it count as missed. */
function lastDue(schedule: Schedule, now: number): number | undefined {
  const quartz = parseQuartz(schedule.cron);
  let due: number | undefined;
  let from = schedule.firedUntil;
  for (;;) {
    const times = quartz.next(new Date(from), 100).map((time) => time.getTime());
    const past = times.filter((time) => time <= now);
    due = past.at(-1) ?? due;
    if (due === undefined || past.length < 100) return due;
    from = due;
  }
}

/** The schedule was deleted while it fired. */
function ignoreNotFound(error: unknown): void {
  if (!(error instanceof ResourceNotFound)) throw error;
}
