import { describeType } from '../../../xdm/describe-type';
import { fieldOf } from '../../../xdm/find-field';
import type { XdmObject, XdmType } from '../../../xdm/union-schema';
import { inferType, isItems, joinInferred, toXdmType, type InferredType, type Shape } from './inferred-type';
import { isFieldName } from './field-name';

/** A value of a known field that has another type than the schema says. */
export interface Mismatch {
  readonly path: string;
  readonly expected: string;
}

export interface ShapeFindings {
  /** Shapes that the schema forbids. */
  readonly mismatches: ReadonlyMap<string, Mismatch>;
  /** Leaves of the schema that some good row has a value for. */
  readonly presentPaths: ReadonlySet<string>;
  /** Leaves that the schema does not have. */
  readonly newFields: readonly { readonly path: string; readonly type: XdmType }[];
  /** Whole numbers so far, as an import guessed; now there are fractions. */
  readonly widenedPaths: ReadonlySet<string>;
  /** True where rows hold data that no path leads to. */
  readonly hasUnaddressable: boolean;
}

interface ExaminedSchema {
  readonly entity: XdmObject;
  /** Integer leaves that may become numbers. */
  readonly widenable: ReadonlySet<string>;
  /** How many fields may still be added. */
  readonly roomForFields: number;
}

/** Compares the shapes of rows, as the engine's `json_structure` writes them, with the schema. */
export function examineShapes(shapes: readonly string[], schema: ExaminedSchema): ShapeFindings {
  const mismatches = new Map<string, Mismatch>();
  const visit = new Examination(schema.widenable);
  for (const text of shapes) {
    const shape = JSON.parse(text) as Shape;
    const mismatch = findMismatch(shape, schema.entity, '', schema.widenable);
    if (mismatch === undefined) visit.object(shape, schema.entity, '');
    else mismatches.set(text, mismatch);
  }
  const { fields, hasUnaddressable } = addressableFields(visit.found, schema.roomForFields);
  return {
    mismatches,
    presentPaths: visit.presentPaths,
    newFields: fields,
    widenedPaths: visit.widenedPaths,
    hasUnaddressable: hasUnaddressable || visit.hasUnaddressable,
  };
}

/** Walks good shapes and remembers which leaves they have. */
class Examination {
  readonly presentPaths = new Set<string>();
  readonly widenedPaths = new Set<string>();
  readonly found = new Map<string, InferredType>();
  hasUnaddressable = false;
  readonly #widenable: ReadonlySet<string>;

  constructor(widenable: ReadonlySet<string>) {
    this.#widenable = widenable;
  }

  object(shape: Shape, type: XdmObject, prefix: string): void {
    if (typeof shape === 'string' || isItems(shape)) return;
    for (const [name, field] of Object.entries(shape)) this.#field(field, { name, parent: type, prefix });
  }

  #field(
    shape: Shape,
    at: { readonly name: string; readonly parent: XdmObject; readonly prefix: string },
  ): void {
    const path = `${at.prefix}${at.name}`;
    const type = fieldOf(at.parent, at.name);
    if (shape === 'NULL') return;
    if (type === undefined) this.#unknown(shape, path, at.name);
    else if (type.kind === 'object') this.object(shape, type, `${path}.`);
    else {
      this.presentPaths.add(path);
      if (shape === 'DOUBLE' && this.#widenable.has(path)) this.widenedPaths.add(path);
      if (hasUnknownItems(shape, type)) this.hasUnaddressable = true;
    }
  }

  #unknown(shape: Shape, path: string, name: string): void {
    if (!isFieldName(name)) {
      this.hasUnaddressable = true;
      return;
    }
    this.found.set(path, joinInferred(this.found.get(path) ?? { kind: 'unknown' }, inferType(shape)));
  }
}

function addressableFields(
  found: ReadonlyMap<string, InferredType>,
  room: number,
): { readonly fields: ShapeFindings['newFields']; readonly hasUnaddressable: boolean } {
  const fields: { path: string; type: XdmType }[] = [];
  let hasUnaddressable = false;
  const visit = (inferred: InferredType, path: string, depth: number): void => {
    if (inferred.kind === 'object' && depth < maxDepth) {
      for (const [name, field] of inferred.fields) {
        if (isFieldName(name)) visit(field, `${path}.${name}`, depth + 1);
        else hasUnaddressable = true;
      }
      return;
    }
    const type = toXdmType(inferred);
    if (type === undefined) return;
    if (type === 'mixed' || depth >= maxDepth || fields.length >= room) hasUnaddressable = true;
    else fields.push({ path, type });
  };
  for (const [path, inferred] of found) visit(inferred, path, path.split('.').length);
  return { fields, hasUnaddressable };
}

const maxDepth = 20;

function findMismatch(
  shape: Shape,
  type: XdmType,
  path: string,
  widenable: ReadonlySet<string>,
): Mismatch | undefined {
  if (shape === 'NULL') return undefined;
  const mismatch: Mismatch = { path, expected: describeType(type) };
  if (type.kind === 'array') {
    if (typeof shape === 'string' || !isItems(shape)) return mismatch;
    return findMismatch(shape[0] ?? 'NULL', type.items, `${path}[]`, widenable);
  }
  if (type.kind !== 'object' && type.kind !== 'map') {
    return typeof shape === 'string' && fitsScalar(shape, type.kind, widenable.has(path))
      ? undefined
      : mismatch;
  }
  // `JSON` is what the engine says of `{}`.
  if (typeof shape === 'string') return shape === 'JSON' ? undefined : mismatch;
  if (isItems(shape)) return mismatch;
  for (const [name, field] of Object.entries(shape)) {
    const expected = type.kind === 'map' ? type.values : fieldOf(type, name);
    const inside = path === '' ? name : `${path}.${name}`;
    const found = expected === undefined ? undefined : findMismatch(field, expected, inside, widenable);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fitsScalar(shape: string, kind: string, mayWiden: boolean): boolean {
  switch (shape) {
    case 'VARCHAR':
      return kind === 'string' || kind === 'datetime' || kind === 'date';
    case 'BOOLEAN':
      return kind === 'boolean';
    case 'DOUBLE':
      return kind === 'number' || (kind === 'integer' && mayWiden);
    case 'BIGINT':
    case 'UBIGINT':
      return kind === 'number' || kind === 'integer';
    default:
      return false;
  }
}

/** True where items of a known list or map have fields that the schema does not give them: they cannot be addressed. */
function hasUnknownItems(shape: Shape, type: XdmType): boolean {
  if (typeof shape === 'string') return false;
  if (type.kind === 'array') return isItems(shape) && hasUnknownItems(shape[0] ?? 'NULL', type.items);
  if (isItems(shape)) return false;
  if (type.kind === 'map') return Object.values(shape).some((value) => hasUnknownItems(value, type.values));
  if (type.kind !== 'object') return false;
  return Object.entries(shape).some(([name, field]) => {
    const known = fieldOf(type, name);
    return known === undefined ? field !== 'NULL' : hasUnknownItems(field, known);
  });
}
