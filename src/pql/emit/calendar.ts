import type { TimeUnit } from '../words';

/** Units of a fixed length in milliseconds; the others are so many calendar months. All in UTC. */
const fixedMs: Partial<Record<TimeUnit, number>> = {
  millisecond: 1,
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

const calendarMonths: Partial<Record<TimeUnit, number>> = {
  month: 1,
  year: 12,
  decade: 120,
  century: 1200,
  millennium: 12_000,
};

/** The length of a unit: in milliseconds, or in calendar months. */
export function lengthOf(unit: TimeUnit): { readonly ms: number } | { readonly months: number } {
  const ms = fixedMs[unit];
  return ms === undefined ? { months: calendarMonths[unit] ?? 1 } : { ms };
}

/** Farthest instant that both JavaScript and the engine know. */
const farthestMs = 8.64e15;

const clamp = (ms: number): number =>
  Number.isNaN(ms) ? farthestMs : Math.max(-farthestMs, Math.min(farthestMs, ms));

/**
 * An instant moved by so many units; days that a shorter month lacks become its last. Stops at the ends of
 * time.
 */
export function shiftInstant(ms: number, amount: number, unit: TimeUnit): number {
  const length = lengthOf(unit);
  if ('ms' in length) return clamp(ms + amount * length.ms);
  const months = amount * length.months;
  if (Math.abs(months) > 12 * 300_000) return months < 0 ? -farthestMs : farthestMs;
  const date = new Date(ms);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const lastDay = new Date(date.getTime());
  lastDay.setUTCMonth(lastDay.getUTCMonth() + 1, 0);
  date.setUTCDate(Math.min(day, lastDay.getUTCDate()));
  return clamp(date.getTime());
}

/**
 * First instant of the calendar unit around an instant. Weeks begin on Monday, decades in years divisible by
 * 10.
 */
export function startOfUnit(ms: number, unit: TimeUnit): number {
  const length = lengthOf(unit);
  if ('ms' in length) {
    // 1970 began on a Thursday.
    const offset = unit === 'week' ? 3 * 86_400_000 : 0;
    return ms - floorModulo(ms + offset, length.ms);
  }
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  const start = new Date(0);
  if (unit === 'month') start.setUTCFullYear(year, date.getUTCMonth(), 1);
  else start.setUTCFullYear(year - floorModulo(year, length.months / 12), 0, 1);
  return clamp(start.getTime());
}

function floorModulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}
