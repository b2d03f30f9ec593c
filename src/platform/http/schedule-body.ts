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
    state: schedule.state,
    ...tenantBody(tenant),
    createEpoch: Math.floor(schedule.createdAt / 1000),
    updateEpoch: Math.floor(schedule.updatedAt / 1000),
  };
}
