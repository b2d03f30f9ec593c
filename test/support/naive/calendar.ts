import type { TimeUnit } from '../../../src/pql/words';

/** A stretch of time, from its first millisecond up to, but not with, its end. Of an instant both are the same. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

const fixedLengths: Partial<Record<TimeUnit, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
};

const lengthsInMonths: Partial<Record<TimeUnit, number>> = {
  month: 1,
  year: 12,
  decade: 120,
  century: 1200,
  millennium: 12_000,
};

/** The time so many units later. Months and longer are of the calendar: a day that the month lacks becomes its last. */
export function addUnits(ms: number, amount: number, unit: TimeUnit): number {
  const length = fixedLengths[unit];
  if (length !== undefined) return ms + amount * length;
  const from = new Date(ms);
  const month = from.getUTCMonth() + amount * (lengthsInMonths[unit] ?? 0);
  const day = Math.min(from.getUTCDate(), daysInMonth(from.getUTCFullYear(), month));
  return utc(from.getUTCFullYear(), month, day) + (ms - startOfDay(ms));
}

/** The unit of the calendar that a time lies in. Weeks begin on Monday; decades in years divisible by 10, and so on. */
export function unitAround(ms: number, unit: TimeUnit): Stretch {
  const start = startOfUnit(ms, unit);
  return { start, end: addUnits(start, 1, unit) };
}

function startOfUnit(ms: number, unit: TimeUnit): number {
  const date = new Date(ms);
  if (unit === 'week') return startOfDay(ms) - ((date.getUTCDay() + 6) % 7) * 86_400_000;
  const length = fixedLengths[unit];
  if (length !== undefined) return Math.floor(ms / length) * length;
  if (unit === 'month') return utc(date.getUTCFullYear(), date.getUTCMonth(), 1);
  const years = (lengthsInMonths[unit] ?? 12) / 12;
  return utc(Math.floor(date.getUTCFullYear() / years) * years, 0, 1);
}

/** The day of a year, month (1 to 12) and day; null where there is no such day. */
export function dayOf(year: number, month: number, day: number): Stretch | null {
  if (![year, month, day].every(Number.isInteger) || month < 1 || month > 12) return null;
  if (year < 1 || year > 9999) return null;
  if (day < 1 || day > daysInMonth(year, month - 1)) return null;
  return unitAround(utc(year, month - 1, day), 'day');
}

function startOfDay(ms: number): number {
  return Math.floor(ms / 86_400_000) * 86_400_000;
}

function daysInMonth(year: number, month: number): number {
  return new Date(utc(year, month + 1, 0)).getUTCDate();
}

/** `Date.UTC` reads the years 0 to 99 as 1900 to 1999; this does not. */
function utc(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}
