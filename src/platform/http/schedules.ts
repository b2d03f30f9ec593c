import type { FastifyInstance } from 'fastify';
import { InvalidRequest, ResourceNotFound } from '../../errors/platform-error';
import { parseQuartz } from '../../lib/quartz';
import { newScheduleBody, schedulePatchBody } from '../../wire/schedule.request';
import type { SchedulePatchBody } from '../../wire/schedule.request';
import type { ScheduleListWire, ScheduleWire } from '../../wire/schedule.wire';
import { selectDefinitions } from '../jobs/new-segment-job';
import type { Schedule } from '../records';
import type { HttpServices } from './http-services';
import { childrenPage } from './next-link';
import { readPage } from './query';
import { addResource } from './resource';
import type { Call } from './resource';
import { scheduleBody } from './schedule-body';

const path = '/data/core/ups/config/schedules';

/** Contract §7 leaves the default open; daily at 01:00 is its own example (quirk M16). */
const defaultCron = '0 0 1 * * ?';

/** `/config/schedules`. Source: contract §7. */
export function addSchedules(app: FastifyInstance, services: HttpServices): void {
  addResource(app, path, { GET: (call) => list(call, services), POST: (call) => create(call, services) });
  addResource(app, `${path}/:id`, {
    GET: async (call) => scheduleBody(call.tenant, await find(call, services)),
    PATCH: (call) => patch(call, services),
    // One of Adobe's tutorials patches with POST (quirk M1).
    POST: (call) => patch(call, services),
    DELETE: (call) => remove(call, services),
  });
}

async function list({ tenant, query }: Call, { store }: HttpServices): Promise<ScheduleListWire> {
  const page = readPage(query, { defaultLimit: 100, maxLimit: 100 });
  const schedules = await store.schedules.list(tenant, page);
  return childrenPage(schedules, {
    page,
    query,
    path: '/config/schedules',
    toWire: (schedule) => scheduleBody(tenant, schedule),
  });
}

async function create(call: Call, services: HttpServices): Promise<ScheduleWire> {
  const { tenant } = call;
  const body = call.body(newScheduleBody);
  const segments = body.properties.segments ?? [];
  if (!segments.includes('*'))
    await selectDefinitions(services.store, tenant, { kind: 'ids', ids: segments });
  const now = services.surroundings.clock();
  const schedule: Schedule = {
    id: services.surroundings.ids.uuid(),
    name: body.name,
    type: body.type,
    segments,
    cron: body.schedule ?? defaultCron,
    state: body.state ?? 'inactive',
    createdAt: now,
    updatedAt: now,
    firedUntil: now,
  };
  refuseUnfit(schedule, now);
  await services.scheduleBook.add(tenant, schedule, (count) => {
    if (count < services.maxSchedules) return;
    throw new InvalidRequest(
      `A sandbox has at most ${services.maxSchedules === 1 ? 'one schedule' : `${services.maxSchedules} schedules`}, and this one has ${count}. Change or delete one.`,
    );
  });
  services.scheduler.wake();
  return scheduleBody(tenant, schedule);
}

async function patch(call: Call, services: HttpServices): Promise<undefined> {
  const operations = call.body(schedulePatchBody);
  const now = services.surroundings.clock();
  // What was due until now fires as the schedule stood until now.
  services.scheduler.wake();
  await services.scheduler.settled();
  await services.scheduleBook.change(call.tenant, call.id('id'), (schedule) => {
    const changed = operations.reduce(applyOperation, schedule);
    refuseUnfit(changed, now, schedule);
    // What was due while it stood still, or by its former times, is not made up for.
    return { ...changed, updatedAt: now, firedUntil: now };
  });
  services.scheduler.wake();
  call.reply.code(204);
}

function applyOperation(schedule: Schedule, operation: SchedulePatchBody[number]): Schedule {
  return operation.path === '/state'
    ? { ...schedule, state: operation.value }
    : { ...schedule, cron: operation.value };
}

/** `before`: the schedule that is changed; one whose last time has passed may still be turned off. */
function refuseUnfit({ cron, type, state }: Schedule, now: number, before?: Schedule): void {
  const quartz = parseQuartz(cron);
  const faults = quartz.problems.map(({ message }) => ({ path: 'schedule', message }));
  if (quartz.ok && !quartz.isAtMostDaily) {
    faults.push({
      path: 'schedule',
      message: 'A schedule runs at most once in 24 hours: give one second, one minute and one hour.',
    });
  }
  const isNewTime = cron !== before?.cron || state === 'active';
  if (quartz.ok && isNewTime && quartz.next(new Date(now), 1).length === 0) {
    faults.push({
      path: 'schedule',
      message: 'This schedule would never be due: its last time has passed. Give a later year or none.',
    });
  }
  if (type === 'export' && state === 'active') {
    faults.push({
      path: 'state',
      message: 'An export schedule cannot be active here, because it names no dataset to export to.',
    });
  }
  if (faults.length > 0) throw new InvalidRequest('The schedule cannot be kept like this.', faults);
}

async function remove(call: Call, { store, scheduler }: HttpServices): Promise<undefined> {
  const id = call.id('id');
  if (!(await store.schedules.delete(call.tenant, id))) throw new ResourceNotFound('schedule', id);
  scheduler.wake();
  call.reply.code(204);
}

async function find(call: Call, { store }: HttpServices): Promise<Schedule> {
  const id = call.id('id');
  const schedule = await store.schedules.get(call.tenant, id);
  if (schedule === undefined) throw new ResourceNotFound('schedule', id);
  return schedule;
}
