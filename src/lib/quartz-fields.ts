/** One field of a Quartz cron expression: its bounds, its names and which special forms it may hold. */
export interface QuartzField {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of the values, from `min` upwards. */
  readonly names?: readonly string[];
  /** `?`, "no specific value". */
  readonly mayBeOpen?: boolean;
  /** Forms besides numbers, ranges and steps, as a whole item. */
  readonly special?: RegExp;
  /** How a range that runs past the end (`FRI-MON`) may be read; a year has no such reading. */
  readonly wraps: boolean;
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'] as const;
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;

/** In the order in which an expression writes them; the year may be left out. Source: contract of `/config/schedules`. */
export const quartzFields: readonly QuartzField[] = [
  { name: 'seconds', min: 0, max: 59, wraps: true },
  { name: 'minutes', min: 0, max: 59, wraps: true },
  { name: 'hours', min: 0, max: 23, wraps: true },
  {
    name: 'day of month',
    min: 1,
    max: 31,
    wraps: true,
    mayBeOpen: true,
    special: /^(L|LW|L-([1-9]|[12]\d|30)|([1-9]|[12]\d|3[01])W)$/,
  },
  { name: 'month', min: 1, max: 12, names: months, wraps: true },
  {
    name: 'day of week',
    min: 1,
    max: 7,
    names: weekdays,
    wraps: true,
    mayBeOpen: true,
    special: /^(L|[1-7]L|[1-7]#[1-5])$/,
  },
  { name: 'year', min: 1970, max: 2099, wraps: false },
];

export type FieldReading =
  | { readonly ok: true; readonly text: string; readonly isSingle: boolean }
  | { readonly ok: false; readonly message: string };

/**
 * Reads one field and writes it anew as the scheduling library takes it: names become numbers, Quartz's `a/b` becomes a
 * stepped range, ranges that run past the end become two, and `?` becomes `*`.
 *
 * @returns the text and whether it names exactly one value, or why it is refused
 */
export function readQuartzField(field: QuartzField, text: string): FieldReading {
  const upper = text.toUpperCase();
  if (upper === '*') return { ok: true, text: '*', isSingle: false };
  if (upper === '?') {
    if (field.mayBeOpen === true) return { ok: true, text: '*', isSingle: false };
    return refuse(field, '"?" can only stand for the day of month or the day of week');
  }
  const parts: string[] = [];
  const items = upper.split(',');
  for (const item of items) {
    const reading = readItem(field, numbersForNames(field, item));
    if (!reading.ok) return reading;
    if (items.length > 1 && isAlone(field, item)) return refuse(field, `"${item}" cannot be one of a list`);
    parts.push(reading.text);
  }
  const joined = parts.join(',');
  return { ok: true, text: joined, isSingle: /^\d+$/.test(joined) };
}

/** `L`, `W` and `#` cannot be one of several. Source: Quartz, `CronExpression`. */
function isAlone(field: QuartzField, item: string): boolean {
  return field.special?.test(numbersForNames(field, item)) === true;
}

function numbersForNames(field: QuartzField, item: string): string {
  if (field.names === undefined) return item;
  return item.replace(/[A-Z]{3}/g, (word) => {
    const index = field.names?.indexOf(word) ?? -1;
    return index < 0 ? word : String(index + field.min);
  });
}

function readItem(field: QuartzField, item: string): FieldReading {
  if (field.special?.test(item) === true)
    return accept(item === 'L' && field.name === 'day of week' ? '7' : item);
  const match = /^(?:(\*|\d{1,4})(?:-(\d{1,4}))?)?(?:\/(\d{1,4}))?$/.exec(item);
  if (match === null || item === '' || (match[1] === '*' && match[2] !== undefined)) {
    return refuse(field, `"${item}" is not a value, range or step of it`);
  }
  const stepText = match[3];
  const from = match[1] === undefined || match[1] === '*' ? field.min : Number(match[1]);
  const to = match[2] === undefined ? (stepText === undefined ? from : field.max) : Number(match[2]);
  const outside = [from, to].find((value) => value < field.min || value > field.max);
  if (outside !== undefined) return refuse(field, `${outside} is not within ${field.min} to ${field.max}`);
  const step = stepText === undefined ? 1 : Number(stepText);
  if (step < 1 || step > field.max - field.min + 1) return refuse(field, `a step of ${step} is not possible`);
  return writeRange(field, { from, to, step });
}

function writeRange(
  field: QuartzField,
  range: { readonly from: number; readonly to: number; readonly step: number },
): FieldReading {
  const { from, to, step } = range;
  if (from <= to) return accept(listOf(from, to, step).join(','));
  if (!field.wraps) return refuse(field, `the range ${from}-${to} runs backwards`);
  const span = field.max - field.min + 1;
  return accept(
    listOf(from, to + span, step)
      .map((value) => (value > field.max ? value - span : value))
      .join(','),
  );
}

function listOf(from: number, to: number, step: number): readonly number[] {
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(value);
  return values;
}

function accept(text: string): FieldReading {
  return { ok: true, text, isSingle: false };
}

function refuse(field: QuartzField, reason: string): FieldReading {
  return { ok: false, message: `The ${field.name} field is wrong: ${reason}.` };
}
