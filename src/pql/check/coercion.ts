import type { Span } from '../source';
import type { Convert, Typed, ValueType } from '../typed-tree';
import { booleanType, datetimeType, numberType } from '../typed-tree';
import type { Family } from '../value-types';
import { familyOf, nameType } from '../value-types';
import type { Checker } from './checker';
import { parseIsoTime } from './iso-time';

/** Text that is a number; the same pattern in `emit/` decides about attributes. */
export const numericText = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

const textType = { kind: 'string' } as const;

/** Target family, then source family: how a value becomes one of the other. What is absent is impossible. */
const conversions: Partial<Record<Family, Partial<Record<Family, Convert['type']>>>> = {
  number: { text: numberType },
  text: { number: textType },
  boolean: { text: booleanType },
  time: { text: datetimeType, number: datetimeType },
};

export interface Coercion {
  readonly value: Typed;
  readonly target: ValueType;
  /** For errors about a value that is not written down; one that is has its own place. */
  readonly span: Span;
}

/**
 * Gives a value the type of what stands on the left: number from numeric text, text from number, boolean from "true"
 * or "false", time from ISO text or milliseconds. Source: docs/pql.md, "Values".
 *
 * What is written down is converted here; where that cannot be, it is an error. Attributes are converted when they are
 * read, null where that cannot be.
 */
export function coerce({ value, target, span }: Coercion, checker: Checker): Typed {
  const [from, to] = [familyOf(value.type), familyOf(target)];
  if (from === to || to === 'null' || [from, to].includes('unknown')) return value;
  // Always null, whatever it is made of: now null of the right type.
  if (from === 'null') {
    checker.noteReads([value]);
    return { kind: 'constant', type: target, value: null };
  }
  const type = conversions[to]?.[from];
  if (type === undefined) {
    return checker.error('type-mismatch', checker.placeOf(value) ?? span, {
      problem: `${capitalised(nameType(value.type))} cannot be used as ${nameType(target)}.`,
    });
  }
  if (value.kind !== 'constant') return { kind: 'convert', type, operand: value };
  if (value.value === null) return { ...value, type };
  const converted = convertConstant(value.value, type.kind);
  if (converted === undefined) {
    return checker.error('type-mismatch', checker.placeOf(value) ?? span, {
      problem: `${JSON.stringify(value.value)} is not ${expectations[type.kind]}.`,
    });
  }
  return { kind: 'constant', type, value: converted };
}

/** The same without a word: what cannot be of the type is null. For items of a list that is written down. */
export function converted(value: Typed, target: ValueType): Typed {
  const [from, to] = [familyOf(value.type), familyOf(target)];
  if (from === to || from === 'unknown' || to === 'unknown') return value;
  const type = conversions[to]?.[from];
  if (type !== undefined && value.kind !== 'constant') return { kind: 'convert', type, operand: value };
  const given = value.kind === 'constant' ? value.value : null;
  const constant = type === undefined || given === null ? undefined : convertConstant(given, type.kind);
  return { kind: 'constant', type: type ?? target, value: constant ?? null };
}

const expectations = {
  number: 'a number',
  string: 'a text',
  boolean: '"true" or "false"',
  datetime: 'a time such as "2019-04-01T00:00:00Z", nor milliseconds since 1970',
};

/** Farthest instant that both JavaScript and the engine know. */
const farthestMs = 8.64e15;

function convertConstant(
  value: string | number | boolean,
  kind: Convert['type']['kind'],
): string | number | boolean | undefined {
  switch (kind) {
    case 'number':
      return typeof value === 'string' && numericText.test(value) && Number.isFinite(Number(value))
        ? Number(value)
        : undefined;
    case 'string':
      return String(value);
    case 'boolean':
      return value === 'true' ? true : value === 'false' ? false : undefined;
    case 'datetime':
      if (typeof value === 'string') return parseIsoTime(value);
      return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= farthestMs
        ? value
        : undefined;
  }
}

/** The words with a capital letter at their beginning. */
export function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
