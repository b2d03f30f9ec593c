/**
 * The upstream's many times, as Dates. Null where there is none: absent, 0 (quirk D3), or no time at all.
 *
 * A number may be seconds, milliseconds or microseconds whatever its field's name says (quirks D1, D2): below 1e11 it is
 * seconds, above 1e14 microseconds. A text is ISO 8601 in any of the forms of quirk D4; without a zone it is UTC.
 */
export function toDate(value: number | string | null | undefined): Date | null {
  if (value === null || value === undefined || value === 0 || value === '') return null;
  const date = typeof value === 'number' ? fromNumber(value) : fromText(value);
  return date === null || Number.isNaN(date.getTime()) ? null : date;
}

/** For times that every record has: the epoch itself where an upstream left one out. */
export function toRequiredDate(value: number | string | null | undefined): Date {
  return toDate(value) ?? new Date(0);
}

const leastMilliseconds = 1e11;
const mostMilliseconds = 1e14;

function fromNumber(value: number): Date {
  const size = Math.abs(value);
  if (size < leastMilliseconds) return new Date(value * 1000);
  return new Date(size > mostMilliseconds ? value / 1000 : value);
}

const isoPattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;

function fromText(text: string): Date | null {
  if (/^\d+$/.test(text)) return fromNumber(Number(text));
  const match = isoPattern.exec(text.trim());
  if (match === null) return null;
  const [, day, time = '00:00:00', zone = 'Z'] = match;
  return new Date(`${day}T${time}${zone}`);
}
