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
  const of = (entity: XdmObject): readonly Column[] =>
    quotedColumns(entity).flatMap(({ quotedName, column }) => (quoted.has(quotedName) ? [column] : []));
  return {
    profile: of(schema.profile),
    event: of(schema.event),
    row: isNamed(systemColumn.row),
    set: isNamed(systemColumn.set),
  };
}

interface QuotedColumn {
  readonly column: Column;
  /** As it stands in SQL. */
  readonly quotedName: string;
}

const known = new WeakMap<XdmObject, readonly QuotedColumn[]>();

/** Made once for each entity: to quote all names takes longer than to compile a simple rule. */
function quotedColumns(entity: XdmObject): readonly QuotedColumn[] {
  const columns =
    known.get(entity) ??
    columnsOf(entity).map((column) => ({ column, quotedName: quoteIdentifier(column.name) }));
  known.set(entity, columns);
  return columns;
}
