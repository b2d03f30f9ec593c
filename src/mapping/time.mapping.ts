/** What a time field says: a Date, null where there is none, or that it is no time at all. */
export type ReadTime = Date | null | 'unreadable';

/**
 * The upstream's many times, as Dates. Null where there is none: absent, empty, 0 (quirk D3) or less.
 *
 * A number may be seconds, milliseconds or microseconds whatever its field's name says (quirks D1, D2): below 1e11 it is
 * seconds, above 1e14 microseconds. A text is ISO 8601 in any of the forms of quirk D4; without a zone it is UTC.
 */
export function readTime(value: unknown): ReadTime {
  if (value === null || value === undefined || value === '') return null;
  if (typeof value === 'number' && value <= 0) return null;
  if (typeof value === 'string' && /^(0+|-\d+)$/.test(value)) return null;
  const date =
    typeof value === 'number' ? fromNumber(value) : typeof value === 'string' ? fromText(value) : null;
  return date === null || !(date.getTime() <= latestMs) ? 'unreadable' : date;
}

/** The same for times that are only compared: what is no time is none. */
export function toDate(value: unknown): Date | null {
  const read = readTime(value);
  return read === 'unreadable' ? null : read;
}

const leastMilliseconds = 1e11;
const mostMilliseconds = 1e14;
/** The last millisecond that RFC 3339 has a year for. */
const latestMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function fromNumber(value: number): Date {
  if (value < leastMilliseconds) return new Date(value * 1000);
  return new Date(value > mostMilliseconds ? value / 1000 : value);
}

const isoPattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

function fromText(text: string): Date | null {
  if (/^\d+$/.test(text)) return fromNumber(Number(text));
  const match = isoPattern.exec(text.trim());
  if (match === null) return null;
  const [, day, time = '00:00:00', zone = 'Z'] = match;
  return new Date(`${day}T${time}${zone}`);
}
