import type { XdmType } from '../../../xdm/union-schema';
import { isPqlName, whyNotHeld } from './field-name';
import { anyKey, isItems, type ScalarKind, type Sketch } from './sketch';

/** What is known so far of a field that the schema does not have. */
export interface FoundField {
  /** Rows in which it is a scalar, a list, an object. */
  readonly rows: Record<Structure, number>;
  /** Rows in which it has a value of the structure that most rows have. */
  readonly scalars: Set<ScalarKind>;
  items: FoundField | undefined;
  readonly fields: Map<string, FoundField>;
  /** Rows with fields beyond those that are remembered. */
  moreRows: number;
}

/** So many fields of one object are remembered by name. */
const mostNames = 10_000;

export type Structure = 'scalar' | 'list' | 'object';

const words: Readonly<Record<Structure, string>> = {
  scalar: 'a plain value',
  list: 'a list',
  object: 'an object',
};

/** A field of which nothing was seen yet. */
export function createFoundField(): FoundField {
  return {
    rows: { scalar: 0, list: 0, object: 0 },
    scalars: new Set(),
    items: undefined,
    fields: new Map(),
    moreRows: 0,
  };
}

/** Adds what some rows say of a field. */
export function addSketch(field: FoundField, sketch: Sketch, rows: number): void {
  if (sketch === null) return;
  if (typeof sketch === 'string') {
    field.rows.scalar += rows;
    field.scalars.add(sketch);
  } else if (isItems(sketch)) {
    field.rows.list += rows;
    field.items ??= createFoundField();
    for (const item of sketch) addSketch(field.items, item, rows);
  } else {
    field.rows.object += rows;
    for (const [name, inner] of Object.entries(sketch)) {
      const known = fieldNamed(field, name);
      if (known === undefined) field.moreRows += rows;
      else addSketch(known, inner, rows);
    }
  }
}

function fieldNamed(field: FoundField, name: string): FoundField | undefined {
  const known = field.fields.get(name);
  if (known !== undefined || field.fields.size >= mostNames) return known;
  const added = createFoundField();
  field.fields.set(name, added);
  return added;
}

/** Adds all that one tree says to another. */
export function addFound(field: FoundField, other: FoundField): void {
  for (const structure of ['scalar', 'list', 'object'] as const)
    field.rows[structure] += other.rows[structure];
  for (const scalar of other.scalars) field.scalars.add(scalar);
  if (other.items !== undefined) addFound((field.items ??= createFoundField()), other.items);
  for (const [name, inner] of other.fields) {
    const known = fieldNamed(field, name);
    if (known === undefined) field.moreRows += rowsWith(inner);
    else addFound(known, inner);
  }
  field.moreRows += other.moreRows;
}

/** What most rows say that it is; undefined while all are null. */
export function structureOf({ rows }: FoundField): Structure | undefined {
  const order: readonly Structure[] = ['object', 'list', 'scalar'];
  const most = Math.max(rows.object, rows.list, rows.scalar);
  return most === 0 ? undefined : order.find((structure) => rows[structure] === most);
}

/** How many rows have a value there. */
export function rowsWith({ rows }: FoundField): number {
  return rows.scalar + rows.list + rows.object;
}

export interface Contradiction {
  readonly path: string;
  readonly is: string;
  readonly isInMost: string;
}

/** Where a row says that something is a list, say, and most rows that it is an object. */
export function findContradiction(
  sketch: Sketch,
  field: FoundField,
  path: string,
): Contradiction | undefined {
  if (sketch === null) return undefined;
  const is: Structure = typeof sketch === 'string' ? 'scalar' : isItems(sketch) ? 'list' : 'object';
  const most = structureOf(field) ?? is;
  if (is !== most) return { path, is: words[is], isInMost: words[most] };
  if (typeof sketch === 'string') return undefined;
  const inner = isItems(sketch)
    ? sketch.map((item) => [`${path}[]`, item, field.items] as const)
    : Object.entries(sketch).map(
        ([name, value]) => [`${path}.${name}`, value, field.fields.get(name)] as const,
      );
  for (const [innerPath, value, known] of inner) {
    const found = known === undefined ? undefined : findContradiction(value, known, innerPath);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The type that a new scalar field is read with first, and the types that its texts may turn out to have. */
export interface ScalarGuess {
  readonly type: XdmType;
  /** In the order of preference; all values must be readable as the one that is taken. */
  readonly candidates: readonly XdmType[];
}

const boolean: XdmType = { kind: 'boolean' };
const integer: XdmType = { kind: 'integer' };
const number: XdmType = { kind: 'number' };
const string: XdmType = { kind: 'string' };
const date: XdmType = { kind: 'date' };
const datetime: XdmType = { kind: 'datetime' };

/** Scalars of several kinds become text, as they are written; so do whole numbers beyond 2^53, which would be rounded. */
export function guessScalar(scalars: ReadonlySet<ScalarKind>): ScalarGuess {
  const only = (...kinds: readonly ScalarKind[]): boolean =>
    [...scalars].every((kind) => kinds.includes(kind));
  if (only('boolean')) return { type: boolean, candidates: [] };
  if (only('integer')) return { type: integer, candidates: [] };
  if (only('integer', 'long')) return { type: string, candidates: [integer] };
  if (only('integer', 'long', 'huge')) return { type: string, candidates: [] };
  if (only('integer', 'long', 'huge', 'number')) return { type: number, candidates: [] };
  if (only('date')) return { type: date, candidates: [] };
  if (only('date', 'datetime')) return { type: datetime, candidates: [] };
  if (only('string', 'date', 'datetime')) return { type: string, candidates: [date, datetime] };
  if (only('text')) return { type: string, candidates: [boolean, integer, number, date, datetime] };
  return { type: string, candidates: [] };
}

export interface LeftOut {
  readonly path: string;
  /** Goes on from “The field … is left out, since”. */
  readonly why: string;
}

/** The type of a whole list, map or item, where nothing can be decided value by value; undefined where nothing was seen. */
export function typeOf(field: FoundField, path: string, leftOut: LeftOut[]): XdmType | undefined {
  switch (structureOf(field)) {
    case undefined:
      return undefined;
    case 'scalar': {
      const { type, candidates } = guessScalar(field.scalars);
      // Items are not looked at one by one: whole numbers that may be too large are rejected where they are.
      return candidates[0]?.kind === 'integer' ? integer : type;
    }
    case 'list': {
      const items = field.items === undefined ? undefined : typeOf(field.items, `${path}[]`, leftOut);
      return items === undefined ? undefined : { kind: 'array', items };
    }
    case 'object': {
      const values = field.fields.get(anyKey);
      if (values === undefined) return objectTypeOf(field, path, leftOut);
      const type = typeOf(values, `${path}.*`, leftOut);
      return type === undefined ? undefined : { kind: 'map', values: type };
    }
  }
}

/** True for a map of a file that tells maps from objects. */
export function isMap(field: FoundField): boolean {
  return field.fields.has(anyKey);
}

function objectTypeOf(field: FoundField, path: string, leftOut: LeftOut[]): XdmType | undefined {
  const fields: [string, XdmType][] = [];
  const folded = new Map<string, string>();
  for (const [name, inner] of field.fields) {
    const innerPath = `${path}.${name}`;
    const other = folded.get(name.toLowerCase());
    const why =
      other === undefined ? whyNotHeld(name) : `inside a list its name differs from "${other}" in case alone`;
    if (why !== undefined) {
      leftOut.push({ path: innerPath, why });
      continue;
    }
    const type = typeOf(inner, innerPath, leftOut);
    if (type === undefined) continue;
    if (!isPqlName(name)) leftOut.push({ path: innerPath, why: 'PQL cannot spell its name' });
    folded.set(name.toLowerCase(), name);
    fields.push([name, type]);
  }
  return fields.length === 0 ? undefined : { kind: 'object', fields: Object.fromEntries(fields) };
}
