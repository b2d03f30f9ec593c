import { ResourceNotFound } from '../../errors/platform-error';
import type { Schedule, Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';

/** What may be changed of a schedule after it was made. */
export type ScheduleChange = (schedule: Schedule) => Schedule;

/**
 * Changes schedules one at a time, because a change by a caller and the note of the scheduler that a due time has been
 * dealt with meet on one record, and the store overwrites records as a whole.
 */
export class ScheduleBook {
  readonly #store: PlatformStore;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: PlatformStore) {
    this.#store = store;
  }

  /** @throws ResourceNotFound where there is no such schedule (any more). */
  change(tenant: Tenant, id: string, change: ScheduleChange): Promise<Schedule> {
    return this.#inTurn(async () => {
      const schedule = await this.#store.schedules.get(tenant, id);
      if (schedule === undefined) throw new ResourceNotFound('schedule', id);
      const changed = change(schedule);
      if (!(await this.#store.schedules.replace(tenant, changed))) throw new ResourceNotFound('schedule', id);
      return changed;
    });
  }

  /** Adds a schedule after `check` has seen how many there are; nothing else is added in between. */
  add(tenant: Tenant, schedule: Schedule, check: (count: number) => void): Promise<void> {
    return this.#inTurn(async () => {
      check((await this.#store.schedules.list(tenant, { offset: 0, limit: 1 })).totalCount);
      await this.#store.schedules.insert(tenant, schedule);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work, work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
