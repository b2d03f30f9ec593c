import { codeWord } from '../lib/code-word';
import type { CreateScheduleInput, UpdateScheduleInput } from '../schema/schedule.input';
import type { Schedule, ScheduleState, ScheduleType } from '../schema/schedule.type';
import type { ScheduleBodyWire, SchedulePatchWire, ScheduleWire } from '../wire/schedule.wire';
import { inPlaceOf, isMisread, misread, wrongType } from './misread';
import type { Misread } from './misread';
import { fieldsOf } from './reading';

const everySegment = '*';
const read = fieldsOf({ service: 'segmentation', noun: 'schedule' });

/** A schedule as GraphQL shows it; `*` becomes `allSegments`. */
export function toSchedule(wire: ScheduleWire): Schedule {
  const segments = toSegmentIds(wire.properties);
  return {
    id: read.requiredId(wire.id, 'id'),
    name: read.requiredText(wire.name, 'name'),
    type: wordOf(scheduleTypes, wire.type, 'type'),
    state: wordOf(scheduleStates, wire.state, 'state'),
    rawState: toRawState(wire.state),
    cron: read.requiredText(wire.schedule, 'schedule'),
    allSegments: isMisread(segments) ? inPlaceOf(segments) : segments.includes(everySegment),
    segmentIds: isMisread(segments) ? segments : segments.filter((id) => id !== everySegment),
    createdAt: read.requiredTime(wire.createEpoch, 'createEpoch'),
    updatedAt: read.requiredTime(wire.updateEpoch, 'updateEpoch'),
  };
}

/** Adobe's list example has `[]` where the properties are. */
function toSegmentIds(properties: unknown): readonly string[] | Misread {
  const part = Array.isArray(properties) ? {} : read.part(properties, 'properties');
  const items = isMisread(part) ? part : read.items(part?.['segments'], 'properties.segments');
  if (isMisread(items)) return items;
  const wrong = items.find((item) => typeof item !== 'string');
  if (wrong !== undefined) return misread(read.noun, 'properties.segments', wrongType(wrong, 'an id'));
  return items.map(String);
}

const scheduleTypes: ReadonlyMap<string, ScheduleType> = new Map([
  ['batch_segmentation', 'BATCH_SEGMENTATION'],
  // Quirk M17.
  ['export', 'EXPORT'],
]);
const scheduleStates: ReadonlyMap<string, ScheduleState> = new Map([
  ['active', 'ACTIVE'],
  ['inactive', 'INACTIVE'],
]);

/** The upstream's word where it looks like a state. */
function toRawState(state: unknown): string {
  const text = read.requiredText(state, 'state');
  return typeof text === 'string' ? (codeWord(text) ?? 'UNKNOWN') : text;
}

/** A word that the upstream added later is UNKNOWN; what is no word at all cannot be read. */
function wordOf<Word>(words: ReadonlyMap<string, Word>, value: unknown, name: string): Word | 'UNKNOWN' {
  const text = read.requiredText(value, name);
  return isMisread(text) ? inPlaceOf(text) : (words.get(text.toLowerCase()) ?? 'UNKNOWN');
}

const typeWords: Readonly<Record<ScheduleType, string>> = {
  BATCH_SEGMENTATION: 'batch_segmentation',
  EXPORT: 'export',
  UNKNOWN: 'unknown',
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
