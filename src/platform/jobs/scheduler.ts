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
/** A due time that is found later than this was missed, as the clock was moved or the machine slept. */
const lateAfterMs = longestWaitMs;
const scheduleListLimit = 1000;

/**
 * Makes a segment job at each due time of each active schedule.
 *
 * A due time fires once: the store refuses a second job of the same schedule and due time, whoever tries. Times that were
 * missed, because the platform was down or its clock was moved forward, run once, for the last of them; such a job is
 * marked late. Where the clock was set back, due times that come again do not fire again; those that had only been
 * counted as missed do fire when they really come.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  #isClosed = false;
  #resting = 0;
  #callOff: (() => void) | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;
  /** What was due before was missed: nobody was looking. */
  #since = Infinity;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Looks at all schedules: call it at the start and after each change of one. Answers at once. */
  wake(): void {
    if (this.#isClosed || this.#resting > 0) return;
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

  /** Does work while no schedule fires, and looks again after it. */
  async whileResting<T>(work: () => Promise<T>): Promise<T> {
    this.#resting += 1;
    try {
      await this.settled();
      return await work();
    } finally {
      this.#resting -= 1;
      this.wake();
    }
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
        // A clock that is set back has seen nothing of the time to come.
        this.#since = Math.min(this.#since, now);
        await this.#tryToFire(tenant, schedule, now);
        const [next] = parseQuartz(schedule.cron).next(new Date(now), 1);
        if (next !== undefined) earliest = Math.min(earliest, next.getTime());
      }
    }
    return earliest;
  }

  /** A fault with one schedule keeps no other from its time; what was not noted as fired is due at the next look. */
  async #tryToFire(tenant: Tenant, schedule: Schedule, now: number): Promise<void> {
    const { firedUntil, cron } = schedule;
    try {
      if (firedUntil > now) await this.#noteFired(tenant, schedule.id, () => now);
      const due = parseQuartz(cron).lastWithin(new Date(firedUntil), new Date(now))?.getTime();
      if (due === undefined) return;
      await this.#fire(tenant, schedule, due);
      await this.#noteFired(tenant, schedule.id, (until) => Math.max(until, due));
    } catch (error) {
      this.#options.surroundings.log.error(
        { err: error, scheduleId: schedule.id },
        'a schedule could not be dealt with; trying again at the next look',
      );
    }
  }

  async #noteFired(tenant: Tenant, id: string, change: (firedUntil: number) => number): Promise<void> {
    await this.#options.book
      .change(tenant, id, (current) => ({ ...current, firedUntil: change(current.firedUntil) }))
      .catch(ignoreNotFound);
  }

  async #fire(tenant: Tenant, schedule: Schedule, due: number): Promise<void> {
    const { store, surroundings, onJob } = this.#options;
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
        due: {
          scheduleId: schedule.id,
          scheduledFor: due,
          late: due < this.#since || now - due > lateAfterMs,
        },
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
  }
}

/** The schedule was deleted while it fired. */
function ignoreNotFound(error: unknown): void {
  if (!(error instanceof ResourceNotFound)) throw error;
}
