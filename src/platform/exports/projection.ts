import { columnsOf, quoteIdentifier } from '../../xdm/columns';
import type { XdmObject, XdmType } from '../../xdm/union-schema';
import { columnType } from '../store/engine/column-type';
import { quoteText } from '../store/engine/sql-text';
import { selectionOf, type FieldSelection } from './field-selection';

/** One top-level field of the exported shape, and the SQL that makes its value. */
export interface ProjectedField {
  readonly name: string;
  readonly sql: string;
}

export interface ProjectionRequest {
  readonly entity: XdmObject;
  readonly selection: FieldSelection;
  /** The table that has the columns, as the query calls it. */
  readonly table: string;
  /** Only these columns hold anything. */
  readonly presentPaths: ReadonlySet<string>;
  /** Values of fields that no column holds, by path. */
  readonly computed?: Readonly<Record<string, string>>;
}

/**
 * Puts the flat columns together again to the nested shape of XDM. An object of which nothing is known is null, not an
 * object of nulls.
 */
export function projectFields(request: ProjectionRequest): readonly ProjectedField[] {
  const projection = new Projection(request);
  const fields = Object.entries(request.entity.fields).flatMap(([name, type]) => {
    const selection = selectionOf(request.selection, name);
    if (selection === undefined) return [];
    return [
      {
        name,
        value: projection.field({ type, path: name, selection }),
        isAsked: request.selection !== 'all',
      },
    ];
  });
  return withoutClashes(fields).map(({ name, value }) => ({ name, sql: value.sql }));
}

interface Place {
  readonly type: XdmType;
  readonly path: string;
  readonly selection: FieldSelection;
}

interface Projected {
  readonly sql: string;
  readonly type: string;
  /** Columns that decide whether there is a value at all. */
  readonly columns: readonly string[];
}

class Projection {
  readonly #request: ProjectionRequest;
  readonly #names: ReadonlyMap<string, string>;

  constructor(request: ProjectionRequest) {
    this.#request = request;
    this.#names = new Map(columnsOf(request.entity).map(({ path, name }) => [path, name]));
  }

  field(place: Place): Projected {
    return place.type.kind === 'object' ? this.#object(place.type, place) : this.#leaf(place);
  }

  #object(type: XdmObject, { path, selection }: Place): Projected {
    const fields = Object.entries(type.fields).flatMap(([name, field]) => {
      const inner = selectionOf(selection, name);
      if (inner === undefined) return [];
      const value = this.field({ type: field, path: `${path}.${name}`, selection: inner });
      return [{ name, value, isAsked: selection !== 'all' }];
    });
    const distinct = withoutClashes(fields);
    const structType = `STRUCT(${distinct.map(({ name, value }) => `${quoteIdentifier(name)} ${value.type}`).join(', ')})`;
    const columns = distinct.flatMap(({ value }) => value.columns);
    if (columns.length === 0) return { sql: `CAST(NULL AS ${structType})`, type: structType, columns };
    const packed = distinct.map(({ name, value }) => `${quoteIdentifier(name)} := ${value.sql}`);
    const known = columns.map((column) => `${column} IS NOT NULL`);
    return {
      sql: `CASE WHEN ${known.join(' OR ')} THEN struct_pack(${packed.join(', ')}) END`,
      type: structType,
      columns,
    };
  }

  #leaf({ type, path, selection }: Place): Projected {
    const { computed = {}, presentPaths, table } = this.#request;
    const narrowedType = columnType(narrowType(type, selection));
    // A field may be called `constructor`, which every object has from elsewhere.
    const value = Object.hasOwn(computed, path) ? computed[path] : undefined;
    if (value !== undefined)
      return { sql: narrow(value, type, selection), type: narrowedType, columns: [value] };
    if (!presentPaths.has(path))
      return { sql: `CAST(NULL AS ${narrowedType})`, type: narrowedType, columns: [] };
    const column = `${table}.${quoteIdentifier(this.#names.get(path) ?? path)}`;
    return { sql: narrow(column, type, selection), type: narrowedType, columns: [column] };
  }
}

interface NamedValue {
  readonly name: string;
  readonly value: Projected;
  /** True where the job names the field itself. */
  readonly isAsked: boolean;
}

/**
 * A struct cannot hold two names that differ in case alone: the later one gets a suffix, which the finished file loses. Some
 * readers stumble over such names, so that one of which nobody has a value is left out, unless it was asked for.
 */
function withoutClashes(fields: readonly NamedValue[]): readonly NamedValue[] {
  const taken = new Map<string, number>();
  const filledFirst = fields.filter((field, index) => {
    const folded = field.name.toLowerCase();
    const others = fields.filter((other, at) => at !== index && other.name.toLowerCase() === folded);
    if (others.length === 0 || field.isAsked || field.value.columns.length > 0) return true;
    // Of fields that are all empty the first stays.
    return (
      others.every((other) => other.value.columns.length === 0) &&
      fields.findIndex((other) => other.name.toLowerCase() === folded) === index
    );
  });
  return filledFirst.map((field) => {
    const folded = field.name.toLowerCase();
    const count = (taken.get(folded) ?? 0) + 1;
    taken.set(folded, count);
    return count === 1 ? field : { ...field, name: `${field.name}~${count}` };
  });
}

/** What is left of a type inside a list or map. */
function narrowType(type: XdmType, selection: FieldSelection): XdmType {
  if (selection === 'all') return type;
  if (type.kind === 'array') return { kind: 'array', items: narrowType(type.items, selection) };
  if (type.kind !== 'object') return type;
  const fields = Object.entries(type.fields).flatMap(([name, field]) => {
    const inner = selectionOf(selection, name);
    return inner === undefined ? [] : [[name, narrowType(field, inner)] as const];
  });
  return { kind: 'object', fields: Object.fromEntries(fields) };
}

function narrow(value: string, type: XdmType, selection: FieldSelection, depth = 0): string {
  if (selection === 'all') return value;
  const item = `i${depth}`;
  switch (type.kind) {
    case 'array':
      return `list_transform(${value}, lambda ${item}: ${narrow(item, type.items, selection, depth + 1)})`;
    case 'map': {
      // Namespaces are compared without case.
      const keys = [...selection.fields.keys()].map((key) => quoteText(key.toLowerCase()));
      const kept = `list_filter(map_entries(${value}), lambda ${item}: lower(${item}."key") IN (${keys.join(', ')}))`;
      return `map_from_entries(${kept})`;
    }
    case 'object': {
      const fields = Object.entries(type.fields).flatMap(([name, field]) => {
        const inner = selectionOf(selection, name);
        const quoted = quoteIdentifier(name);
        return inner === undefined
          ? []
          : [`${quoted} := ${narrow(`${value}.${quoted}`, field, inner, depth)}`];
      });
      return `CASE WHEN ${value} IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`;
    }
    default:
      return value;
  }
}
