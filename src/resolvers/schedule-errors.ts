import { findSelectionErrors } from './segment-selection';
import { invalidInput } from './user-errors';
import { parseQuartz } from '../lib/quartz';
import type { CreateScheduleInput } from '../schema/schedule.input';
import type { ScheduleState } from '../schema/schedule.type';
import type { UserError } from '../schema/user-error.type';

const cronPlace = ['input', 'cron'];

/** What GraphQL lets through but a schedule cannot be made from. */
export function findScheduleErrors(input: CreateScheduleInput): UserError[] {
  return [
    ...(input.name.trim() === '' ? [invalidInput(['input', 'name'], 'A schedule needs a name.')] : []),
    ...findCronErrors(input.cron),
    ...(input.type === 'UNKNOWN' ? [onlyTold(['input', 'type'])] : []),
    ...findStateErrors(input.state),
    ...(input.segments ? findSelectionErrors(input.segments, ['input', 'segments']) : []),
  ];
}

/** UNKNOWN stands for the upstream's words that are not known; it cannot be said to it. */
export function findStateErrors(state: ScheduleState | null | undefined): UserError[] {
  return state === 'UNKNOWN' ? [onlyTold(['input', 'state'])] : [];
}

function onlyTold(field: readonly string[]): UserError {
  return invalidInput(field, 'UNKNOWN is only told, never given.', 'Give one of the other words.');
}

/** What is wrong with a cron; Adobe's schedules fire at most once in 24 hours. */
export function findCronErrors(cron: string): UserError[] {
  const parsed = parseQuartz(cron);
  if (!parsed.ok) {
    return parsed.problems.map(({ message }) =>
      invalidInput(cronPlace, message, 'explainCron says what a cron means.'),
    );
  }
  if (parsed.isAtMostDaily) return [];
  return [
    {
      code: 'SCHEDULE_TOO_FREQUENT',
      message: `"${cron}" fires more than once a day (${parsed.description}).`,
      field: cronPlace,
      hint: 'Give one second, one minute and one hour, e.g. "0 0 1 * * ?".',
    },
  ];
}
