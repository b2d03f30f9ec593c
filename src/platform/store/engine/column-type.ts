import { assertNever } from '../../../lib/assert';
import { quoteIdentifier } from '../../../xdm/columns';
import type { XdmType } from '../../../xdm/union-schema';

/** The engine's type of an XDM type, as `xdm/columns.ts` promises it. */
export function columnType(type: XdmType): string {
  return sqlType(type, { datetime: 'TIMESTAMP', date: 'DATE', integer: 'BIGINT' });
}

/**
 * The type into which JSON is read first: times and whole numbers wide enough that nothing is lost before it was
 * looked at, so that a wrong value is told from a missing one.
 */
export function uncheckedType(type: XdmType, reading: Reading = 'value'): string {
  const text = { datetime: 'VARCHAR', date: 'VARCHAR' };
  return reading === 'value'
    ? sqlType(type, { ...text, integer: 'HUGEINT' })
    : sqlType(type, { ...text, integer: 'VARCHAR', number: 'VARCHAR', boolean: 'VARCHAR' });
}

/** How scalars stand in the rows: as values of their kind, or as texts that are still to be read. */
export type Reading = 'value' | 'text';

interface Names {
  readonly datetime: string;
  readonly date: string;
  readonly integer: string;
  readonly number?: string;
  readonly boolean?: string;
}

function sqlType(type: XdmType, names: Names): string {
  switch (type.kind) {
    case 'string':
      return 'VARCHAR';
    case 'number':
      return names.number ?? 'DOUBLE';
    case 'boolean':
      return names.boolean ?? 'BOOLEAN';
    case 'integer':
    case 'datetime':
    case 'date':
      return names[type.kind];
    case 'array':
      return `${sqlType(type.items, names)}[]`;
    case 'map':
      return `MAP(VARCHAR, ${sqlType(type.values, names)})`;
    case 'object':
      return `STRUCT(${Object.entries(type.fields)
        .map(([name, field]) => `${quoteIdentifier(name)} ${sqlType(field, names)}`)
        .join(', ')})`;
    default:
      return assertNever(type);
  }
}
