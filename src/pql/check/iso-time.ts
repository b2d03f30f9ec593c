const isoPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?$/;

/** First and last instant of the years 1 to 9999, in epoch milliseconds: all that ISO 8601 writes with four digits. */
const [firstMs, lastMs] = [Date.parse('0001-01-01T00:00:00.000Z'), Date.parse('9999-12-31T23:59:59.999Z')];

/**
 * Epoch milliseconds of an ISO 8601 text; UTC without an offset, midnight without a time; undefined where it
 * is none, or where its offset leads out of the years 1 to 9999.
 */
export function parseIsoTime(text: string): number | undefined {
  const parts = isoPattern.exec(text);
  if (parts === null) return undefined;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', offset = 'Z'] = parts;
  const midnight = utcDay(Number(year), Number(month), Number(day));
  if (midnight === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    return undefined;
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3));
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const time = midnight + seconds * 1000 + milliseconds - offsetMs(offset);
  return time >= firstMs && time <= lastMs ? time : undefined;
}

function offsetMs(offset: string): number {
  if (/^z$/i.test(offset)) return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** First instant of a day in epoch milliseconds; undefined where the calendar (years 1 to 9999) has no such day. */
export function utcDay(year: number, month: number, day: number): number | undefined {
  if (![year, month, day].every(Number.isInteger) || year < 1 || year > 9999) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const same =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return same ? date.getTime() : undefined;
}
