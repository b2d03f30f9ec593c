import type { Column } from '../../xdm/columns';
import { columnsOf, quoteIdentifier } from '../../xdm/columns';
import type { UnionSchema, XdmObject } from '../../xdm/union-schema';
import type { Field } from '../typed-tree';
import { itemName } from './collections';

/** Finds the columns of attributes. */
export interface Fields {
  /** SQL of a field that has a column, or of a part of an item. */
  sql(field: Field): string;
  /** Columns under an attribute: its own, or those of all its leaves. */
  leaves(field: Field): readonly string[];
}

/** Aliases of the two tables in every statement. */
const aliases = { profile: 'p', event: 'e' } as const;

/** Reads the schema once for a whole pass. */
export function createFields(schema: UnionSchema): Fields {
  const columns = { profile: columnsByPath(schema.profile), event: columnsByPath(schema.event) };
  const sql = (field: Field): string => {
    const { owner, path } = field;
    if (owner.kind === 'item') {
      const steps = path === '' ? [] : path.split('.').map((name) => `.${quoteIdentifier(name)}`);
      return itemName(owner.item) + steps.join('');
    }
    const column = columns[owner.kind].get(path);
    if (column === undefined) throw new Error(`Invariant broken: no column for ${owner.kind} ${path}`);
    return `${aliases[owner.kind]}.${quoteIdentifier(column.name)}`;
  };
  const leaves = (field: Field): readonly string[] => {
    if (field.type.kind !== 'object') return [sql(field)];
    return Object.entries(field.type.fields).flatMap(([name, type]) =>
      leaves({ ...field, type, path: field.path === '' ? name : `${field.path}.${name}` }),
    );
  };
  return { sql, leaves };
}

function columnsByPath(entity: XdmObject): ReadonlyMap<string, Column> {
  return new Map(columnsOf(entity).map((column) => [column.path, column]));
}
