import { assertNever } from '../../../lib/assert';
import { instantSql } from '../../../pql';
import { quoteIdentifier } from '../../../xdm/columns';
import type { XdmType } from '../../../xdm/union-schema';
import type { Reading } from './column-type';

/** A value of `uncheckedType`. */
export interface UncheckedValue {
  readonly expression: string;
  readonly type: XdmType;
  readonly reading: Reading;
}

/** SQL that turns a value of `uncheckedType` into one of `columnType`; what cannot be turned becomes null. */
export function checkedValue(value: UncheckedValue, depth = 0): string {
  const { expression, type, reading } = value;
  if (!needsChecking(type, reading)) return expression;
  const item = `v${depth}`;
  const inner = (inside: string, insideType: XdmType, at = depth): string =>
    checkedValue({ expression: inside, type: insideType, reading }, at);
  switch (type.kind) {
    case 'string':
      return expression;
    case 'array':
      return `list_transform(${expression}, lambda ${item}: ${inner(item, type.items, depth + 1)})`;
    case 'map':
      return (
        `map_from_entries(list_transform(map_entries(${expression}), lambda ${item}: ` +
        `struct_pack("key" := ${item}."key", "value" := ${inner(`${item}."value"`, type.values, depth + 1)})))`
      );
    case 'object': {
      const fields = Object.entries(type.fields).map(([name, field]) => {
        const quoted = quoteIdentifier(name);
        return `${quoted} := ${inner(`${expression}.${quoted}`, field)}`;
      });
      return `CASE WHEN ${expression} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`;
    }
    default:
      return reading === 'text' ? valueOfText(expression, type.kind) : checkedScalar(expression, type.kind);
  }
}

function checkedScalar(expression: string, kind: ReadableKind): string {
  switch (kind) {
    case 'integer':
      return `CASE WHEN ${expression} BETWEEN -${largestInteger} AND ${largestInteger} THEN TRY_CAST(${expression} AS BIGINT) END`;
    case 'number':
      return `CASE WHEN isfinite(${expression}) THEN ${expression} END`;
    case 'boolean':
      return expression;
    case 'datetime':
      return timeOfText(expression);
    case 'date':
      return `coalesce(${dayOfText(expression)}, ${midnightOfText(expression)})`;
    default:
      return assertNever(kind);
  }
}

/** SQL that is true where a value of `uncheckedType` holds something that `checkedValue` would lose. */
export function hasBadValue(value: UncheckedValue, depth = 0): string | undefined {
  const { expression, type, reading } = value;
  if (!needsChecking(type, reading)) return undefined;
  const item = `v${depth}`;
  const inner = (inside: string, insideType: XdmType, at = depth): string | undefined =>
    hasBadValue({ expression: inside, type: insideType, reading }, at);
  switch (type.kind) {
    case 'array':
      return anyItem(expression, item, inner(item, type.items, depth + 1));
    case 'map':
      return anyItem(`map_values(${expression})`, item, inner(item, type.values, depth + 1));
    case 'object': {
      const bad = Object.entries(type.fields)
        .map(([name, field]) => inner(`${expression}.${quoteIdentifier(name)}`, field))
        .filter((condition) => condition !== undefined);
      return bad.length === 0 ? undefined : `(${bad.join(' OR ')})`;
    }
    default:
      return `(${expression} IS NOT NULL AND ${checkedValue(value)} IS NULL)`;
  }
}

function anyItem(list: string, item: string, condition: string | undefined): string | undefined {
  if (condition === undefined) return undefined;
  return `coalesce(len(list_filter(${list}, lambda ${item}: ${condition})), 0) > 0`;
}

function needsChecking(type: XdmType, reading: Reading): boolean {
  switch (type.kind) {
    case 'integer':
    case 'number':
    case 'datetime':
    case 'date':
      return true;
    case 'boolean':
      return reading === 'text';
    case 'array':
      return needsChecking(type.items, reading);
    case 'map':
      return needsChecking(type.values, reading);
    case 'object':
      return Object.values(type.fields).some((field) => needsChecking(field, reading));
    case 'string':
      return false;
    default:
      return assertNever(type);
  }
}

/** Whole numbers beyond 2^53 would be rounded by whoever reads JSON; they are no integers here, but texts. */
const largestInteger = 9_007_199_254_740_991;

/** ISO 8601 with a year of four digits, from 0001 to 9999 in UTC; the engine itself also takes `epoch`, `infinity`, names of zones and the like. */
const day = String.raw`\d{4}-\d{2}-\d{2}`;
const zone = String.raw`(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)`;
const plainTime = String.raw`^${day}([T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?${zone}?)?$`;
const looseTime = String.raw`^${day}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?( ?${zone})?$`;

function timeOfText(expression: string): string {
  // Without a zone a time is meant in UTC, the engine's time zone. The first form is the usual one, and by far the
  // cheaper to read: the engine minds no zone in it but that Z, and takes no word behind the date.
  // The engine reads no zone behind minutes, and none behind a space.
  const joined = `regexp_replace(${expression}, ' ${zone}$', '\\1')`;
  const whole = `regexp_replace(${joined}, '^(.{16})${zone}?$', '\\1:00\\2')`;
  return `CASE WHEN ${expression} LIKE '____-__-__T__:__:__%Z' AND NOT contains(${expression}, ' ') AND ${expression} >= '0001' THEN TRY_CAST(${expression} AS TIMESTAMP)
    WHEN ${expression} NOT LIKE '____-__-__%' THEN NULL
    WHEN regexp_matches(${expression}, '${plainTime}') THEN ${instantSql(expression)}
    WHEN regexp_matches(${expression}, '${looseTime}') THEN ${instantSql(whole)} END`;
}

function dayOfText(expression: string): string {
  return `CASE WHEN ${expression} LIKE '____-__-__' AND ${expression} >= '0001' THEN TRY_CAST(${expression} AS DATE) END`;
}

/** A day may be written as its first moment; any other time would be lost. */
function midnightOfText(expression: string): string {
  const time = timeOfText(expression);
  return `CASE WHEN length(${expression}) > 10 AND ${time} = date_trunc('day', ${time}) THEN CAST(${time} AS DATE) END`;
}

/** Kinds of scalars that a text may turn out to be. */
export type ReadableKind = 'boolean' | 'integer' | 'number' | 'date' | 'datetime';

/**
 * SQL that reads a text as a value of `columnType`; null where it is none, or where something of it would be lost. `001`
 * is no number: it is a code that starts with zeros.
 */
export function valueOfText(expression: string, kind: ReadableKind): string {
  const whole = `regexp_matches(${expression}, '^-?(0|[1-9][0-9]{0,15})(\\.0+)?$')`;
  switch (kind) {
    case 'boolean':
      return `CASE lower(${expression}) WHEN 'true' THEN true WHEN 'false' THEN false END`;
    case 'integer':
      return `CASE WHEN ${whole} AND abs(TRY_CAST(${expression} AS DOUBLE)) <= ${largestInteger} THEN TRY_CAST(TRY_CAST(${expression} AS DECIMAL(18, 1)) AS BIGINT) END`;
    case 'number':
      return `CASE WHEN regexp_matches(${expression}, '^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?$') AND isfinite(TRY_CAST(${expression} AS DOUBLE))
        AND (${expression} LIKE '%.%' OR abs(TRY_CAST(${expression} AS DOUBLE)) <= ${largestInteger} OR lower(${expression}) LIKE '%e%')
        THEN TRY_CAST(${expression} AS DOUBLE) END`;
    case 'date':
      return dayOfText(expression);
    case 'datetime':
      return timeOfText(expression);
    default:
      return assertNever(kind);
  }
}
