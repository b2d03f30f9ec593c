import type { Column } from '../../xdm/columns';
import { columnsOf, quoteIdentifier, systemColumn } from '../../xdm/columns';
import type { UnionSchema, XdmObject } from '../../xdm/union-schema';

/** The columns of the two tables that a statement names. */
export interface ColumnsRead {
  readonly profile: readonly Column[];
  readonly event: readonly Column[];
  /** Whether it tells events apart by their place. */
  readonly row: boolean;
  /** Whether the number of the set of namespaces is a column of the result. */
  readonly set: boolean;
}

/**
 * Finds the columns by their names in the SQL, in which all values are parameters. A column of the other table, or an
 * attribute of an item, that has the same name is taken in with it: that costs little.
 */
export function columnsRead(sql: string, schema: UnionSchema): ColumnsRead {
  const quoted = new Set(sql.match(/"(?:[^"]|"")*"/g));
  const isNamed = (name: string): boolean => quoted.has(quoteIdentifier(name));
  const of = (entity: XdmObject): readonly Column[] => {
    const columns = quotedColumns(entity);
    return [...quoted]
      .flatMap((name) => columns.get(name) ?? [])
      .sort((one, other) => one.place - other.place)
      .map(({ column }) => column);
  };
  return {
    profile: of(schema.profile),
    event: of(schema.event),
    row: isNamed(systemColumn.row),
    set: isNamed(systemColumn.set),
  };
}

/** A column with its place among those of its entity. */
interface PlacedColumn {
  readonly column: Column;
  readonly place: number;
}

const known = new WeakMap<XdmObject, ReadonlyMap<string, PlacedColumn>>();

/** Columns by their names in SQL, quoted; made once for each entity. */
function quotedColumns(entity: XdmObject): ReadonlyMap<string, PlacedColumn> {
  const columns =
    known.get(entity) ??
    new Map(
      columnsOf(entity).map((column, place) => [quoteIdentifier(column.name), { column, place }] as const),
    );
  known.set(entity, columns);
  return columns;
}
