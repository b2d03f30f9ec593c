import type { Column } from '../../xdm/columns';
import { columnsOf, quoteIdentifier } from '../../xdm/columns';
import type { UnionSchema, XdmObject } from '../../xdm/union-schema';
import type { Field } from '../typed-tree';
import { itemName } from './emitter';

/** Finds the columns of attributes. */
export interface Fields {
  /** SQL of a field that has a column, or of a part of an item. */
  sql(field: Field): string;
  /** Columns under an attribute: its own, or those of all its leaves. */
  leaves(field: Field): readonly string[];
  /** The name of the column of an attribute of profile or event. */
  columnName(field: Field): string;
  /** The names of the columns of all leaves under an attribute of profile or event. */
  leafColumns(field: Field): readonly string[];
}

/** Aliases of the two tables in every statement. */
const aliases = { profile: 'p', event: 'e' } as const;

/** For a whole pass. */
export function createFields(schema: UnionSchema): Fields {
  const columns = { profile: columnsByPath(schema.profile), event: columnsByPath(schema.event) };
  const columnName = ({ owner, path }: Field): string => {
    const column = owner.kind === 'item' ? undefined : columns[owner.kind].get(path);
    if (column === undefined) throw new Error(`Invariant broken: no column for ${owner.kind} ${path}`);
    return column.name;
  };
  const sql = (field: Field): string => {
    const { owner, path } = field;
    if (owner.kind !== 'item') return `${aliases[owner.kind]}.${quoteIdentifier(columnName(field))}`;
    const steps = path === '' ? [] : path.split('.').map((name) => `.${quoteIdentifier(name)}`);
    return itemName(owner.item) + steps.join('');
  };
  return {
    sql,
    columnName,
    leaves: (field) => leafFields(field).map(sql),
    leafColumns: (field) => leafFields(field).map(columnName),
  };
}

function leafFields(field: Field): readonly Field[] {
  if (field.type.kind !== 'object') return [field];
  return Object.entries(field.type.fields).flatMap(([name, type]) =>
    leafFields({ ...field, type, path: field.path === '' ? name : `${field.path}.${name}` }),
  );
}

const known = new WeakMap<XdmObject, ReadonlyMap<string, Column>>();

/** Made once for each entity: it takes longer than to compile a simple rule. */
function columnsByPath(entity: XdmObject): ReadonlyMap<string, Column> {
  const columns = known.get(entity) ?? new Map(columnsOf(entity).map((column) => [column.path, column]));
  known.set(entity, columns);
  return columns;
}
