import type { CreateScheduleInput, UpdateScheduleInput } from '../schema/schedule.input';
import type { Schedule, ScheduleType } from '../schema/schedule.type';
import type { ScheduleBodyWire, SchedulePatchWire, ScheduleWire } from '../wire/schedule.wire';
import { toRequiredDate } from './time.mapping';

const everySegment = '*';

/** A schedule as GraphQL shows it; `*` becomes `allSegments`, an unknown state INACTIVE. */
export function toSchedule(wire: ScheduleWire): Schedule {
  // Adobe's list example has `[]` where the properties are.
  const segments = Array.isArray(wire.properties) ? [] : (wire.properties.segments ?? []);
  return {
    id: wire.id,
    name: wire.name,
    type: wire.type === 'export' ? 'EXPORT' : 'BATCH_SEGMENTATION',
    state: wire.state === 'active' ? 'ACTIVE' : 'INACTIVE',
    cron: wire.schedule,
    allSegments: segments.includes(everySegment),
    segmentIds: segments.filter((id) => id !== everySegment),
    createdAt: toRequiredDate(wire.createEpoch),
    updatedAt: toRequiredDate(wire.updateEpoch),
  };
}

const typeWords: Readonly<Record<ScheduleType, string>> = {
  BATCH_SEGMENTATION: 'batch_segmentation',
  EXPORT: 'export',
};

/** The body that makes a schedule; without a selection of segments it runs over `*`. */
export function toScheduleBodyWire(input: CreateScheduleInput): ScheduleBodyWire {
  return {
    name: input.name,
    type: typeWords[input.type],
    properties: { segments: input.segments?.ids ? [...input.segments.ids] : [everySegment] },
    schedule: input.cron,
    state: input.state.toLowerCase(),
  };
}

/** JSON Patch; `add` means upsert there (quirk M9). */
export function toSchedulePatchWire(input: UpdateScheduleInput): SchedulePatchWire {
  return [
    ...(input.state ? [{ op: 'add', path: '/state', value: input.state.toLowerCase() }] : []),
    ...(input.cron ? [{ op: 'add', path: '/schedule', value: input.cron }] : []),
  ];
}
