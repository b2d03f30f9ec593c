import type { ScheduleWire } from '../../wire/schedule.wire';
import type { Schedule, Tenant } from '../records';
import { tenantBody } from './tenant-body';

/** A schedule in Adobe's spelling. */
export function scheduleBody(tenant: Tenant, schedule: Schedule): ScheduleWire {
  return {
    id: schedule.id,
    name: schedule.name,
    type: schedule.type,
    properties: schedule.segments.length === 0 ? {} : { segments: [...schedule.segments] },
    schedule: schedule.cron,
    ...frequencyOf(schedule.cron),
    state: schedule.state,
    ...tenantBody(tenant),
    createEpoch: Math.floor(schedule.createdAt / 1000),
    updateEpoch: Math.floor(schedule.updatedAt / 1000),
  };
}

const everyDay = new Set(['*', '?', '*/1', '1/1']);

/** How often a cron of one time a day is due, in Adobe's word; nothing for what has none. Source: contract §7. */
function frequencyOf(cron: string): Pick<ScheduleWire, 'frequency'> {
  const [, , , day = '', month = '', weekday = '', year = '*'] = cron.trim().split(/\s+/);
  if (year !== '*' || !everyDay.has(month) || !everyDay.has(day)) return {};
  if (everyDay.has(weekday)) return { frequency: 'daily' };
  return /^(?:[1-7]|[A-Z]{3})$/iu.test(weekday) ? { frequency: 'weekly' } : {};
}
