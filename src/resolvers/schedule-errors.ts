import type { GatewayContext } from './context';
import { findSelectionErrors } from './segment-selection';
import { findNameErrors } from './text-errors';
import { invalidInput } from './user-errors';
import { parseQuartz } from '../lib/quartz';
import type { CreateScheduleInput } from '../schema/schedule.input';
import type { ScheduleState } from '../schema/schedule.type';
import type { UserError } from '../schema/user-error.type';

const cronPlace = ['input', 'cron'];

/** A schedule says neither what to export nor where to, so one for exports could never be turned on. */
const exportsNothing = invalidInput(
  ['input', 'type'],
  'The embedded platform starts no exports by itself: a schedule names no dataset to export to.',
  'Let a BATCH_SEGMENTATION schedule evaluate, and start the export with createExportJob.',
);

/** What GraphQL lets through but a schedule cannot be made from. */
export function findScheduleErrors(
  input: CreateScheduleInput,
  { upstream, now }: Pick<GatewayContext, 'upstream' | 'now'>,
): UserError[] {
  return [
    ...findNameErrors(input.name, ['input', 'name'], 'A schedule needs a name.'),
    ...findCronErrors(input.cron, now()),
    ...(input.type === 'UNKNOWN' ? [onlyTold(['input', 'type'])] : []),
    ...(input.type === 'EXPORT' && upstream.mode === 'EMBEDDED' ? [exportsNothing] : []),
    ...findStateErrors(input.state),
    ...(input.segments ? findSelectionErrors(input.segments, ['input', 'segments']) : []),
  ];
}

const neverDue = invalidInput(
  cronPlace,
  'It would never be due: its last time has passed.',
  'Give a later year or none.',
);

/** UNKNOWN stands for the upstream's words that are not known; it cannot be said to it. */
export function findStateErrors(state: ScheduleState | null | undefined): UserError[] {
  return state === 'UNKNOWN' ? [onlyTold(['input', 'state'])] : [];
}

function onlyTold(field: readonly string[]): UserError {
  return invalidInput(field, 'UNKNOWN is only told, never given.', 'Give one of the other words.');
}

/** What is wrong with a cron that is to count from now on; Adobe's schedules fire at most once in 24 hours. */
export function findCronErrors(cron: string, now: Date): UserError[] {
  const parsed = parseQuartz(cron);
  if (!parsed.ok) {
    return parsed.problems.map(({ message }) =>
      invalidInput(cronPlace, message, 'explainCron says what a cron means.'),
    );
  }
  if (parsed.isAtMostDaily) return parsed.next(now, 1).length > 0 ? [] : [neverDue];
  return [
    {
      code: 'SCHEDULE_TOO_FREQUENT',
      message: `"${cron}" fires more than once a day (${parsed.description}).`,
      field: cronPlace,
      hint: 'Give one second, one minute and one hour, e.g. "0 0 1 * * ?".',
    },
  ];
}
