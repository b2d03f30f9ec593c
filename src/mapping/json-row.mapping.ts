import { isRecord } from '../lib/is-record';

/** A row of a file as JSON: whole numbers past 2^53 become decimal strings, times RFC 3339, bytes base64. */
export function toJsonRow(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, toJsonValue(value)]));
}

function toJsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toJsonValue);
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  if (isRecord(value)) return toJsonRow(value);
  return value ?? null;
}
