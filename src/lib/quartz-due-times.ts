import { Cron } from 'croner';

/** When an expression is due. */
export interface DueTimes {
  /** The first time strictly after a moment; null where there is none. */
  after(moment: Date): Date | null;
}

export const everyMonth: readonly number[] = Array.from({ length: 12 }, (_, at) => at + 1);

/** The years of Quartz. */
const everyYear: readonly number[] = Array.from({ length: 130 }, (_, at) => 1970 + at);

/** The values of a field in the form that `readQuartzField` gives it: `*`, or numbers with commas. */
export function valuesOf(text: string, every: readonly number[]): readonly number[] {
  return text === '*' ? every : text.split(',').map(Number);
}

/**
 * The due times of fields as `readQuartzField` writes them, UTC.
 *
 * The scheduling library knows no `L-3` (three days before the last one of the month): it is put in words for each
 * length that a month can have, and the earliest of them is due.
 */
export function dueTimesOf(texts: readonly string[]): DueTimes {
  const crons = patternsOf(texts).map(
    (pattern) =>
      new Cron(pattern, {
        paused: true,
        mode: '6-or-7-parts',
        alternativeWeekdays: true,
        timezone: 'UTC',
      }),
  );
  return {
    after: (moment) =>
      crons
        .map((cron) => cron.nextRun(moment))
        .reduce((first, next) => (first === null || (next !== null && next < first) ? next : first), null),
  };
}

function patternsOf(texts: readonly string[]): readonly string[] {
  const [seconds = '', minutes = '', hours = '', day = '', month = '', weekday = '', year = '*'] = texts;
  const offset = /^L-(\d+)$/.exec(day)?.[1];
  if (offset === undefined) return [texts.join(' ')];
  const months = valuesOf(month, everyMonth);
  const years = valuesOf(year, everyYear);
  return [31, 30, 29, 28].flatMap((length) => {
    const ofLength = months.filter((one) => lengthsOf(one).includes(length));
    const inYears = length > 29 ? years : years.filter((one) => isLeap(one) === (length === 29));
    const written = length - Number(offset);
    if (written < 1 || ofLength.length === 0 || inYears.length === 0) return [];
    return [[seconds, minutes, hours, written, ofLength.join(','), weekday, inYears.join(',')].join(' ')];
  });
}

function lengthsOf(month: number): readonly number[] {
  if (month === 2) return [28, 29];
  return [4, 6, 9, 11].includes(month) ? [30] : [31];
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
