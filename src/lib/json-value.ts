import { isRecord } from './is-record';

/**
 * Any decoded value as plain JSON: dates become ISO texts, whole numbers beyond 2^53 decimal texts, bytes base64, what
 * JSON lacks null.
 */
export function toJsonValue(value: unknown): unknown {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toJsonValue);
  if (isRecord(value)) return toJsonObject(value);
  return typeof value === 'string' || typeof value === 'boolean' ? value : null;
}

/** `toJsonValue` of each of an object's values. */
export function toJsonObject(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, toJsonValue(value)]));
}
