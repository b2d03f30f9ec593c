import type { XdmObject, XdmType } from './union-schema';

/**
 * One attribute as one flat column: objects are taken apart into their leaves; arrays and maps stay whole.
 *
 * The store makes tables with these columns and `pql/emit` names them, so both must ask here and nowhere else.
 * SQL types by kind: string VARCHAR, integer BIGINT, number DOUBLE, boolean BOOLEAN, datetime TIMESTAMP (UTC),
 * date DATE, array LIST, map MAP(VARCHAR, …), object inside an array or map STRUCT.
 */
export interface Column {
  /** Dotted path, e.g. `person.name.firstName`. */
  readonly path: string;
  /** Column name, to be quoted in SQL. The path itself, but for paths that differ in case alone (`birthDate~2`). */
  readonly name: string;
  readonly type: XdmType;
}

/** System columns start with `#`, which no XDM name can, so imported data cannot collide with them. */
export const systemColumn = {
  /** Dense internal number of a profile within one generation of the data, from 0; in both tables. BIGINT. */
  pid: '#pid',
  /** Opaque public id of a profile: base64url of `namespace:id` of its primary identity. */
  xid: '#xid',
  /** When the profile was last changed by an import (profile), or the event was ingested (event). TIMESTAMP. */
  ingestedAt: '#ingested_at',
  /** Tells events of one generation apart, whatever their content (event). BIGINT. */
  row: '#row',
  /** The number of the set of namespaces in which a profile has identities (profile). INTEGER. */
  set: '#set',
  /** False for a profile that only events speak of (`emptyProfiles` of an export). BOOLEAN. */
  hasRecord: '#has_record',
} as const;

const known = new WeakMap<XdmObject, readonly Column[]>();

/**
 * The columns of one entity, in schema order; found out once for each. Engine identifiers ignore case, XDM names do not:
 * clashes get a suffix.
 */
export function columnsOf(entity: XdmObject): readonly Column[] {
  const columns = known.get(entity) ?? findColumns(entity);
  known.set(entity, columns);
  return columns;
}

function findColumns(entity: XdmObject): readonly Column[] {
  const columns: Column[] = [];
  const taken = new Map<string, number>();
  const visit = (type: XdmType, path: string): void => {
    if (type.kind === 'object') {
      for (const [name, field] of Object.entries(type.fields))
        visit(field, path === '' ? name : `${path}.${name}`);
      return;
    }
    const folded = path.toLowerCase();
    const count = (taken.get(folded) ?? 0) + 1;
    taken.set(folded, count);
    columns.push({ path, name: count === 1 ? path : `${path}~${count}`, type });
  };
  visit(entity, '');
  return columns;
}

/** Quotes an SQL identifier. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
