import { assertNever } from '../../../lib/assert';
import { quoteIdentifier } from '../../../xdm/columns';
import type { XdmType } from '../../../xdm/union-schema';
import { columnType } from './column-type';

/** SQL that turns a value of `uncheckedType` into one of `columnType`; what cannot be turned becomes null. */
export function checkedValue(expression: string, type: XdmType, depth = 0): string {
  if (!needsChecking(type)) return expression;
  const item = `v${depth}`;
  switch (type.kind) {
    case 'integer':
      return `TRY_CAST(${expression} AS BIGINT)`;
    case 'datetime':
      // Without a zone a time is meant in UTC, the engine's time zone.
      return `CASE WHEN ${looksLikeDate(expression)} THEN TRY_CAST(TRY_CAST(${expression} AS TIMESTAMPTZ) AS TIMESTAMP) END`;
    case 'date':
      return `CASE WHEN ${looksLikeDate(expression)} THEN TRY_CAST(${expression} AS DATE) END`;
    case 'array':
      return `list_transform(${expression}, lambda ${item}: ${checkedValue(item, type.items, depth + 1)})`;
    case 'map':
      return (
        `map_from_entries(list_transform(map_entries(${expression}), lambda ${item}: ` +
        `struct_pack("key" := ${item}."key", "value" := ${checkedValue(`${item}."value"`, type.values, depth + 1)})))`
      );
    case 'object': {
      const fields = Object.entries(type.fields).map(([name, field]) => {
        const quoted = quoteIdentifier(name);
        return `${quoted} := ${checkedValue(`${expression}.${quoted}`, field, depth)}`;
      });
      const packed = `struct_pack(${fields.join(', ')})`;
      return `CASE WHEN ${expression} IS NOT NULL THEN ${packed} END`;
    }
    case 'string':
    case 'number':
    case 'boolean':
      return `CAST(${expression} AS ${columnType(type)})`;
    default:
      return assertNever(type);
  }
}

/** SQL that is true where a value of `uncheckedType` holds something that `checkedValue` would lose. */
export function hasBadValue(expression: string, type: XdmType, depth = 0): string | undefined {
  if (!needsChecking(type)) return undefined;
  const item = `v${depth}`;
  switch (type.kind) {
    case 'integer':
    case 'datetime':
    case 'date':
      return `(${expression} IS NOT NULL AND ${checkedValue(expression, type)} IS NULL)`;
    case 'array':
      return anyItem(expression, item, hasBadValue(item, type.items, depth + 1));
    case 'map':
      return anyItem(`map_values(${expression})`, item, hasBadValue(item, type.values, depth + 1));
    case 'object': {
      const bad = Object.entries(type.fields)
        .map(([name, field]) => hasBadValue(`${expression}.${quoteIdentifier(name)}`, field, depth))
        .filter((condition) => condition !== undefined);
      return bad.length === 0 ? undefined : `(${bad.join(' OR ')})`;
    }
    case 'string':
    case 'number':
    case 'boolean':
      return undefined;
    default:
      return assertNever(type);
  }
}

function anyItem(list: string, item: string, condition: string | undefined): string | undefined {
  if (condition === undefined) return undefined;
  return `coalesce(len(list_filter(${list}, lambda ${item}: ${condition})), 0) > 0`;
}

function needsChecking(type: XdmType): boolean {
  switch (type.kind) {
    case 'integer':
    case 'datetime':
    case 'date':
      return true;
    case 'array':
      return needsChecking(type.items);
    case 'map':
      return needsChecking(type.values);
    case 'object':
      return Object.values(type.fields).some(needsChecking);
    case 'string':
    case 'number':
    case 'boolean':
      return false;
    default:
      return assertNever(type);
  }
}

/** The engine also takes `epoch`, `infinity` and the like for times; ISO 8601 starts with a year of four digits. */
function looksLikeDate(expression: string): string {
  return `${expression} LIKE '____-__-__%'`;
}
