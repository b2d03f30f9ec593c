import { findSelectionErrors } from './segment-selection';
import { invalidInput } from './user-errors';
import { parseQuartz } from '../lib/quartz';
import type { CreateScheduleInput } from '../schema/schedule.input';
import type { UserError } from '../schema/user-error.type';

const cronPlace = ['input', 'cron'];

/** What GraphQL lets through but a schedule cannot be made from. */
export function findScheduleErrors(input: CreateScheduleInput): UserError[] {
  return [
    ...(input.name.trim() === '' ? [invalidInput(['input', 'name'], 'A schedule needs a name.')] : []),
    ...findCronErrors(input.cron),
    ...(input.segments ? findSelectionErrors(input.segments, ['input', 'segments']) : []),
  ];
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
