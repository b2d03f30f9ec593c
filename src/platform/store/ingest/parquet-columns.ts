import {
  DuckDBArrayType,
  DuckDBListType,
  DuckDBMapType,
  DuckDBStructType,
  DuckDBTypeId,
  type DuckDBType,
} from '@duckdb/node-api';
import { quoteIdentifier } from '../../../xdm/columns';
import type { Engine, EngineColumn } from '../engine/engine';
import { quoteText } from '../engine/sql-text';
import { anyKey, type ScalarKind, type Sketch } from './sketch';

/** A column or field of a Parquet file: the engine's name for it, and the file's own. */
interface NamedColumn extends EngineColumn {
  readonly ownName: string;
  readonly schema: SchemaNode | undefined;
}

interface SchemaNode {
  readonly name: string;
  readonly children: readonly SchemaNode[];
}

/** What the rows of a Parquet file hold, and the SQL that makes a row into JSON. */
export interface ParquetRows {
  readonly sketch: Sketch;
  readonly json: string;
}

/** Reads the columns of a Parquet file: nested ones, and flat ones whose names are dotted paths. */
export async function describeParquet(engine: Engine, source: string, path: string): Promise<ParquetRows> {
  const columns = await engine.columns(`SELECT * FROM ${source}`);
  const schema = await readSchema(engine, path);
  const root = nest(named(columns, schema));
  return { sketch: sketchOfFields(root), json: jsonOfFields(root) };
}

/**
 * The file's own tree of names. The engine renames fields that differ in case alone, and XDM has such.
 */
async function readSchema(engine: Engine, path: string): Promise<SchemaNode | undefined> {
  const rows = await engine.rows(`SELECT name, num_children FROM parquet_schema(${quoteText(path)})`);
  let at = 0;
  const read = (): SchemaNode => {
    const row = rows[at];
    at += 1;
    const children = Array.from({ length: Number(row?.['num_children'] ?? 0) }, read);
    return { name: String(row?.['name']), children };
  };
  return rows.length === 0 ? undefined : read();
}

function named(columns: readonly EngineColumn[], schema: SchemaNode | undefined): readonly NamedColumn[] {
  const children = schema?.children.length === columns.length ? schema.children : undefined;
  return columns.map((column, index) => ({
    ...column,
    ownName: children?.[index]?.name ?? column.name,
    schema: children?.[index],
  }));
}

/** A field of the rows: a value, or an object of fields that stand in several columns. */
type Field =
  | { readonly expression: string; readonly type: DuckDBType; readonly schema: SchemaNode | undefined }
  | Map<string, Field>;

function nest(columns: readonly NamedColumn[]): Map<string, Field> {
  const root = new Map<string, Field>();
  for (const { name, ownName, type, schema } of columns) {
    put(root, ownName, { expression: quoteIdentifier(name), type, schema });
  }
  return root;
}

function put(root: Map<string, Field>, path: string, field: Field): void {
  const names =
    path === 'identityMap' || !path.includes('.') || path.split('.').includes('') ? [path] : path.split('.');
  const last = names.pop() ?? '';
  let parent = root;
  for (const name of names) {
    const known = parent.get(name);
    const next =
      known instanceof Map ? known : known === undefined ? new Map<string, Field>() : expand(known);
    if (next === undefined) {
      // The path leads through a value: the column keeps its dotted name, and is reported as one that has no place.
      root.set(path, field);
      return;
    }
    parent.set(name, next);
    parent = next;
  }
  parent.set(last, field);
}

/** The fields of a struct as fields of their own; undefined for anything else. */
function expand(field: Exclude<Field, Map<string, Field>>): Map<string, Field> | undefined {
  if (!(field.type instanceof DuckDBStructType)) return undefined;
  return new Map(
    fieldsOf(field.type, field.schema).map((inner) => [inner.ownName, below(field.expression, inner)]),
  );
}

function below(parent: string, { name, type, schema }: NamedColumn): Field {
  return { expression: `${parent}.${quoteIdentifier(name)}`, type, schema };
}

function fieldsOf(type: DuckDBStructType, schema: SchemaNode | undefined): readonly NamedColumn[] {
  const columns = type.entryNames.map((name, index) => ({
    name,
    type: type.entryTypes[index] as DuckDBType,
  }));
  return named(columns, schema);
}

function jsonOfFields(fields: ReadonlyMap<string, Field>): string {
  const members = [...fields].map(([name, field]) => `${quoteText(name)}, ${jsonOf(field, name)}`);
  return `json_object(${members.join(', ')})`;
}

function jsonOf(field: Field, name: string): string {
  if (field instanceof Map) return name === 'identityMap' ? jsonOfIdentities(field) : jsonOfFields(field);
  const { expression, type } = field;
  if (type instanceof DuckDBStructType) {
    const inner = fieldsOf(type, field.schema);
    if (name === 'identityMap') return jsonOf(expandIdentities(field), name);
    const renamed = inner.some(({ name: engineName, ownName }) => engineName !== ownName);
    const isFlat = !inner.some(({ type: innerType }) => innerType instanceof DuckDBStructType);
    if (!renamed && isFlat) return `to_json(${expression})`;
    const members = jsonOfFields(new Map(inner.map((each) => [each.ownName, below(expression, each)])));
    return `CASE WHEN ${expression} IS NOT NULL THEN ${members} END`;
  }
  // The engine would take a text that is marked as JSON for what it says.
  return type.alias === 'JSON' ? `to_json(CAST(${expression} AS VARCHAR))` : `to_json(${expression})`;
}

/** Flat columns `identityMap.Email` hold ids, not lists of identities. */
function jsonOfIdentities(fields: ReadonlyMap<string, Field>): string {
  const members = [...fields].map(([code, field]) => {
    if (
      field instanceof Map ||
      field.type instanceof DuckDBListType ||
      field.type instanceof DuckDBStructType
    )
      return `${quoteText(code)}, ${jsonOf(field, code)}`;
    const id = `CAST(${field.expression} AS VARCHAR)`;
    return `${quoteText(code)}, CASE WHEN ${field.expression} IS NOT NULL THEN json_array(json_object('id', ${id})) END`;
  });
  return `json_object(${members.join(', ')})`;
}

function expandIdentities(field: Exclude<Field, Map<string, Field>>): Map<string, Field> {
  return expand(field) ?? new Map<string, Field>();
}

function sketchOfFields(fields: ReadonlyMap<string, Field>): Sketch {
  const entries = [...fields].map(([name, field]) => [name, sketchOfField(field, name)] as const);
  return Object.fromEntries(entries);
}

function sketchOfField(field: Field, name: string): Sketch {
  const isIdentityMap = name === 'identityMap';
  if (field instanceof Map) return isIdentityMap ? sketchOfIdentities(field) : sketchOfFields(field);
  if (isIdentityMap && field.type instanceof DuckDBStructType)
    return sketchOfIdentities(expandIdentities(field));
  return sketchOfType(field.type, field.schema);
}

function sketchOfIdentities(fields: ReadonlyMap<string, Field>): Sketch {
  const entries = [...fields].map(([code, field]) => {
    const isId = !(field instanceof Map) && typeof sketchOfType(field.type, undefined) === 'string';
    return [code, isId ? [{ id: 'string' as const }] : sketchOfField(field, code)] as const;
  });
  return Object.fromEntries(entries);
}

function sketchOfType(type: DuckDBType, schema: SchemaNode | undefined): Sketch {
  if (type instanceof DuckDBStructType) {
    const fields = fieldsOf(type, schema);
    return Object.fromEntries(fields.map((field) => [field.ownName, sketchOfType(field.type, field.schema)]));
  }
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType)
    return [sketchOfType(type.valueType, undefined)];
  if (type instanceof DuckDBMapType) return { [anyKey]: sketchOfType(type.valueType, undefined) };
  return kinds[type.typeId] ?? 'string';
}

const kinds: Readonly<Partial<Record<DuckDBTypeId, ScalarKind | null>>> = {
  [DuckDBTypeId.SQLNULL]: null,
  [DuckDBTypeId.BOOLEAN]: 'boolean',
  [DuckDBTypeId.TINYINT]: 'integer',
  [DuckDBTypeId.SMALLINT]: 'integer',
  [DuckDBTypeId.INTEGER]: 'integer',
  [DuckDBTypeId.UTINYINT]: 'integer',
  [DuckDBTypeId.USMALLINT]: 'integer',
  [DuckDBTypeId.UINTEGER]: 'integer',
  [DuckDBTypeId.BIGINT]: 'long',
  [DuckDBTypeId.UBIGINT]: 'long',
  [DuckDBTypeId.HUGEINT]: 'long',
  [DuckDBTypeId.FLOAT]: 'number',
  [DuckDBTypeId.DOUBLE]: 'number',
  [DuckDBTypeId.DECIMAL]: 'number',
  [DuckDBTypeId.DATE]: 'date',
  [DuckDBTypeId.TIMESTAMP]: 'datetime',
  [DuckDBTypeId.TIMESTAMP_S]: 'datetime',
  [DuckDBTypeId.TIMESTAMP_MS]: 'datetime',
  [DuckDBTypeId.TIMESTAMP_NS]: 'datetime',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'datetime',
};
