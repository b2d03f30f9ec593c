import { toString as describe } from 'cronstrue';
import type { DueTimes } from './quartz-due-times';
import { dueTimesOf, everyMonth, valuesOf } from './quartz-due-times';
import { quartzFields, readQuartzField } from './quartz-fields';

export interface QuartzProblem {
  /** A stable word: wrong-field-count, bad-field, days-not-exclusive, never-due. */
  readonly code: 'wrong-field-count' | 'bad-field' | 'days-not-exclusive' | 'never-due';
  /** `seconds`, `day of month`, …; null where the expression as a whole is meant. */
  readonly field: string | null;
  readonly message: string;
}

export interface QuartzSchedule {
  readonly ok: boolean;
  /** Empty when `ok`. */
  readonly problems: readonly QuartzProblem[];
  /** True when a day (UTC) never holds two due times, so that they lie at least 24 hours apart. */
  readonly isAtMostDaily: boolean;
  /** The due times strictly after a moment, earliest first; fewer than `count` where the years run out; none unless `ok`. */
  next(after: Date, count: number): Date[];
  /** The last due time after one moment and not after another, however far apart they are; undefined where there is none. */
  lastWithin(after: Date, until: Date): Date | undefined;
  /** For people: `At 01:00`. Empty unless `ok`. */
  readonly description: string;
}

/**
 * Reads a Quartz cron expression of 6 or 7 fields: seconds, minutes, hours, day of month, month, day of week, year.
 * Times are UTC. As in Quartz, exactly one of the two day fields is `?`.
 *
 * Source: contract of `/config/schedules`; the Quartz grammar but for `L-nW` in the day of month.
 */
export function parseQuartz(expression: string): QuartzSchedule {
  const fields = expression.split(/\s+/).filter((field) => field !== '');
  if (fields.length < 6 || fields.length > 7) {
    const message = `A Quartz expression has 6 or 7 fields (seconds first), this one has ${fields.length}. Example: "0 0 1 * * ?" is daily at 01:00 UTC.`;
    return refused([{ code: 'wrong-field-count', field: null, message }]);
  }
  const readings = fields.map((text, index) => readQuartzField(fieldAt(index), text));
  const problems: QuartzProblem[] = [];
  readings.forEach((reading, index) => {
    if (!reading.ok)
      problems.push({ code: 'bad-field', field: fieldAt(index).name, message: reading.message });
  });
  if ((fields[3] === '?') === (fields[5] === '?')) {
    const message = 'Exactly one of day of month and day of week must be "?", as in "0 0 1 * * ?".';
    problems.push({ code: 'days-not-exclusive', field: null, message });
  }
  if (problems.length > 0) return refused(problems);
  const texts = readings.map((reading) => (reading.ok ? reading.text : ''));
  const isAtMostDaily = readings.slice(0, 3).every((reading) => reading.ok && reading.isSingle);
  return accepted({ expression: fields.join(' '), texts, isAtMostDaily });
}

function accepted(parts: {
  readonly expression: string;
  /** Of the fields, as the scheduling library takes them. */
  readonly texts: readonly string[];
  readonly isAtMostDaily: boolean;
}): QuartzSchedule {
  const due = dueTimesOf(parts.texts);
  const beginning = new Date(Date.UTC(1970, 0, 1) - 1000);
  if (due.after(beginning) === null) {
    const message = `${whyNever(parts.texts)}, so it would never be due.`;
    return refused([{ code: 'never-due', field: null, message }]);
  }
  return {
    ok: true,
    problems: [],
    isAtMostDaily: parts.isAtMostDaily,
    next: (after, count) => nextOf(due, after, count),
    lastWithin: (after, until) => lastWithin(due, after, until),
    description: describe(parts.expression, { dayOfWeekStartIndexZero: false, use24HourTimeFormat: true }),
  };
}

function nextOf(due: DueTimes, after: Date, count: number): Date[] {
  const times: Date[] = [];
  for (let next = due.after(after); next !== null && times.length < count; next = due.after(next))
    times.push(next);
  return times;
}

/** What people see at once: a day that none of the months has. */
function whyNever(texts: readonly string[]): string {
  const [, , , day = '', months = ''] = texts;
  const longest = Math.max(...valuesOf(months, everyMonth).map((month) => longestMonths[month - 1] ?? 31));
  const isBeyond = /^\d+$/.test(day) && Number(day) > longest;
  return isBeyond ? `The months that it names have no day ${day}` : 'No date fits this expression';
}

const longestMonths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const dayMs = 86_400_000;

/** Looks back over the last day, then over four, sixteen and so on, so that years that were missed cost no more than days. */
function lastWithin(due: DueTimes, after: Date, until: Date): Date | undefined {
  for (let spanMs = dayMs; ; spanMs *= 4) {
    const from = new Date(Math.max(after.getTime(), until.getTime() - spanMs));
    let last: Date | undefined;
    for (let next = due.after(from); next !== null && next <= until; next = due.after(next)) last = next;
    if (last !== undefined || from <= after) return last;
  }
}

function refused(problems: readonly QuartzProblem[]): QuartzSchedule {
  return {
    ok: false,
    problems,
    isAtMostDaily: false,
    next: () => [],
    lastWithin: () => undefined,
    description: '',
  };
}

function fieldAt(index: number): (typeof quartzFields)[number] {
  const field = quartzFields[index];
  if (field === undefined) throw new RangeError(`A Quartz expression has no field ${index}`);
  return field;
}
