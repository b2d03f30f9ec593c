import type { ComparisonOperator } from '../../../src/pql/ast';
import type { Scalar, Value } from './values';
import { instant, isTime, leavesOf } from './values';

/**
 * `left operator right`. Both sides have to be there, so `!=` is not the negation of `=`. A list meets a scalar, or
 * another list, with each of its items: true when any pair is.
 */
export function compares(left: Value, operator: ComparisonOperator, right: Value): boolean {
  return leavesOf(left).some((one) =>
    leavesOf(right).some((other) => {
      if (operator === '=') return isSame(one, other);
      if (operator === '!=') return isDifferent(one, other);
      return isOrdered(one, operator, other);
    }),
  );
}

/** Equal after the right one has taken the type of the left. Objects are equal only to themselves. */
export function isSame(left: Value, right: Value): boolean {
  return sameness(left, right) === true;
}

/** Both are there and not equal. */
export function isDifferent(left: Value, right: Value): boolean {
  return sameness(left, right) === false;
}

/** Null where a side is missing, or the right one cannot be what the left one is. */
function sameness(left: Value, right: Value): boolean | null {
  if (left === null || right === null) return null;
  if (!isScalar(left) || !isScalar(right)) return left === right;
  const other = asTypeOf(left, right);
  if (other === null) return null;
  return isTime(left) && isTime(other) ? left.ms === other.ms : left === other;
}

function isOrdered(left: Value, operator: ComparisonOperator, right: Value): boolean {
  if (!isScalar(left) || !isScalar(right)) throw new Error('Only scalars have an order');
  const other = asTypeOf(left, right);
  if (other === null) return false;
  const order = orderOf(left, other);
  switch (operator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

/** Negative when the first of two scalars of one type comes first. Text goes by code point, not by UTF-16 unit. */
export function orderOf(one: Scalar, other: Scalar): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (isTime(one) && isTime(other)) return one.ms - other.ms;
  if (typeof one !== 'string' || typeof other !== 'string') throw new Error('Values without an order');
  const left = codePoints(one);
  const right = codePoints(other);
  const at = left.findIndex((point, index) => point !== right[index]);
  if (at === -1) return left.length - right.length;
  return (left[at] ?? 0) - (right[at] ?? -1);
}

export function codePoints(text: string): readonly number[] {
  return [...text].map((character) => character.codePointAt(0) ?? 0);
}

export function isScalar(value: Value): value is Scalar {
  return value !== null && (typeof value !== 'object' || isTime(value));
}

/**
 * The right side as the type of the left: a number from numeric text, text from a number, a boolean from "true" and
 * "false", a time from ISO 8601 text or milliseconds. What cannot be converted is null.
 */
function asTypeOf(left: Scalar, right: Scalar): Scalar | null {
  if (typeof left === typeof right) return right;
  if (typeof left === 'number' && typeof right === 'string') return numberFrom(right);
  if (typeof left === 'string' && typeof right === 'number') return String(right);
  if (typeof left === 'boolean' && typeof right === 'string')
    return right === 'true' ? true : right === 'false' ? false : null;
  if (isTime(left)) return timeFrom(right);
  throw new Error(`${JSON.stringify(right)} cannot be of the type of ${JSON.stringify(left)}`);
}

/** A number as PQL writes it, with a sign perhaps. */
function numberFrom(text: string): number | null {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) ? Number(text) : null;
}

/** The text of a value that stands where text is wanted. */
export function textFrom(value: Value): string | null {
  if (typeof value === 'number') return String(value);
  if (value === null || typeof value === 'string') return value;
  throw new Error('A value that is no text');
}

/** Where a number is wanted, also from numeric text. */
export function asNumber(value: Value): number | null {
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'string') return numberFrom(value);
  throw new Error('A value that is no number');
}

/** A time as it is, milliseconds, or ISO 8601 text; a date without a time is its first instant. */
export function timeFrom(value: Value): Scalar | null {
  if (value === null || isTime(value)) return value;
  if (typeof value === 'number') return instant(value);
  if (typeof value !== 'string') throw new Error('A value that is no time');
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(value)) return null;
  const hasZone = value.length === 10 || /(Z|[+-]\d\d:\d\d)$/.test(value);
  const ms = Date.parse(hasZone ? value : `${value}Z`);
  return Number.isNaN(ms) ? null : instant(ms);
}
