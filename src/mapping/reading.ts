import { isRecord } from '../lib/is-record';
import { inPlaceOf, misread, outOfRange, wrongType } from './misread';
import type { Misread, Noun } from './misread';
import { readTime } from './time.mapping';

export type JsonRecord = Readonly<Record<string, unknown>>;

/** Reads a value; `name` is the upstream's word for it. */
type Reader<T> = (value: unknown, name: string) => T;

/**
 * Readers of the fields of one noun. Each takes the value as it came and the upstream's name for it. Absent and null are
 * null; what has another type, or cannot be, is a misread in its place. `required…` readers take nothing for a misread
 * too: they are for what GraphQL promises.
 */
export interface Fields {
  readonly noun: Noun;
  readonly text: Reader<string | null>;
  readonly requiredText: Reader<string>;
  /** A text that is not empty, or a number (quirk T1), as text. */
  readonly requiredId: Reader<string>;
  /** Empty is none (quirk N4). */
  readonly id: Reader<string | null>;
  /** A whole number of things: a number, or digits in a text (quirk N35). */
  readonly count: Reader<bigint | null>;
  /** What fits GraphQL's Int. */
  readonly int: Reader<number | null>;
  readonly float: Reader<number | null>;
  /** `"true"` and `"false"` too (quirk N21). */
  readonly flag: Reader<boolean | null>;
  /** Any of the upstream's times; 0 is none (quirk D3). */
  readonly time: Reader<Date | null>;
  readonly requiredTime: Reader<Date>;
  readonly object: Reader<JsonRecord | null>;
  /** For code: an object, null, or the misread that is to stand in each field that is read from it. */
  readonly part: Reader<JsonRecord | null | Misread>;
  /** The same for a list; nothing is an empty one. */
  readonly items: Reader<readonly unknown[] | Misread>;
  /** An entry of such a list. */
  readonly entry: Reader<JsonRecord | Misread>;
}

/** Makes the readers of a noun; once for each, not for each record. */
export function fieldsOf(noun: Noun): Fields {
  const wrong = <T>(name: string, value: unknown, expected: string): T =>
    inPlaceOf<T>(misread(noun, name, wrongType(value, expected)));
  const impossible = <T>(name: string, expected: string): T =>
    inPlaceOf<T>(misread(noun, name, outOfRange(expected)));

  const text = (value: unknown, name: string): string | null =>
    typeof value === 'string' ? value : isNone(value) ? null : wrong(name, value, 'a text');
  const time = (value: unknown, name: string): Date | null => {
    const read = readTime(value);
    return read === 'unreadable' ? impossible(name, 'a time') : read;
  };
  return {
    noun,
    text,
    time,
    requiredText: (value, name) => (typeof value === 'string' ? value : wrong(name, value, 'a text')),
    requiredId: (value, name) => toId(value) ?? wrong(name, value, 'an id'),
    id: (value, name) =>
      isNone(value) || value === '' ? null : (toId(value) ?? wrong(name, value, 'an id')),
    count: (value, name) => {
      if (isNone(value)) return null;
      if (typeof value === 'string' && /^\d{1,39}$/.test(value)) return BigInt(value);
      if (typeof value !== 'number') return wrong(name, value, 'a count');
      return Number.isInteger(value) && value >= 0 ? BigInt(value) : impossible(name, 'a count');
    },
    int: (value, name) => {
      if (isNone(value)) return null;
      const number = typeof value === 'string' && /^-?\d{1,10}$/.test(value) ? Number(value) : value;
      if (typeof number !== 'number') return wrong(name, value, 'a whole number');
      return Number.isInteger(number) && Math.abs(number) < 2 ** 31
        ? number
        : impossible(name, 'a whole number');
    },
    float: (value, name) => {
      if (isNone(value)) return null;
      if (typeof value !== 'number') return wrong(name, value, 'a number');
      return Number.isFinite(value) ? value : impossible(name, 'a number');
    },
    flag: (value, name) => {
      if (isNone(value)) return null;
      if (value === 'true') return true;
      if (value === 'false') return false;
      return typeof value === 'boolean' ? value : wrong(name, value, 'true or false');
    },
    requiredTime: (value, name) => time(value, name) ?? wrong(name, value, 'a time'),
    object: (value, name) =>
      isNone(value) ? null : isRecord(value) ? value : wrong(name, value, 'an object'),
    part: (value, name) =>
      isNone(value) ? null : isRecord(value) ? value : misread(noun, name, wrongType(value, 'an object')),
    items: (value, name) =>
      isNone(value) ? [] : Array.isArray(value) ? value : misread(noun, name, wrongType(value, 'a list')),
    entry: (value, name) => (isRecord(value) ? value : misread(noun, name, wrongType(value, 'an object'))),
  };
}

function isNone(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function toId(value: unknown): string | null {
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : null;
}
