import { describeType } from '../../../xdm/describe-type';
import { fieldOf } from '../../../xdm/find-field';
import type { XdmObject, XdmType } from '../../../xdm/union-schema';
import { anyKey, isItems, type ScalarKind, type Sketch } from './sketch';

/** A value of a known field that has another type than the schema says. */
export interface Misfit {
  readonly path: string;
  readonly expected: string;
}

export interface KnownSchema {
  readonly entity: XdmObject;
  /** Paths of fields whose type an import guessed: it may be widened, at any depth. */
  readonly guessed: ReadonlySet<string>;
  /** True where the file's own types say little: scalars fit where their text does. */
  readonly isLenient: boolean;
}

/** The first value of a row that the schema forbids. */
export function findMisfit(sketch: Sketch, schema: KnownSchema): Misfit | undefined {
  return misfitOf(sketch, { type: schema.entity, path: '', isGuessed: false, schema });
}

interface Place {
  readonly type: XdmType;
  readonly path: string;
  /** True within a list or map that an import found. */
  readonly isGuessed: boolean;
  readonly schema: KnownSchema;
}

/** System-maintained: what a client writes there is not looked at. */
export const ignoredFields: ReadonlySet<string> = new Set(['segmentMembership']);

function misfitOf(sketch: Sketch, place: Place): Misfit | undefined {
  if (sketch === null) return undefined;
  const { type, path, schema } = place;
  const isGuessed = place.isGuessed || schema.guessed.has(path);
  const misfit: Misfit = { path, expected: describeType(type) };
  if (type.kind === 'array') {
    if (typeof sketch === 'string' || !isItems(sketch)) return misfit;
    return firstOf(sketch, (item) =>
      misfitOf(item, { type: type.items, path: `${path}[]`, isGuessed, schema }),
    );
  }
  if (type.kind !== 'object' && type.kind !== 'map') {
    return typeof sketch === 'string' && fitsScalar(sketch, { type, path, isGuessed, schema })
      ? undefined
      : misfit;
  }
  if (typeof sketch === 'string' || isItems(sketch)) return misfit;
  return firstOf(Object.entries(sketch), ([name, field]) => {
    const expected = type.kind === 'map' ? type.values : fieldOf(type, name);
    if (expected === undefined || (path === '' && ignoredFields.has(name))) return undefined;
    return misfitOf(field, {
      type: expected,
      path: path === '' ? name : `${path}.${name === anyKey ? '*' : name}`,
      isGuessed,
      schema,
    });
  });
}

function firstOf<T>(items: readonly T[], find: (item: T) => Misfit | undefined): Misfit | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function fitsScalar(scalar: ScalarKind, { type, path, isGuessed, schema }: Place): boolean {
  if (scalar === 'text') return true;
  if (type.kind === 'string') {
    return scalar === 'string' || schema.isLenient || isGuessed || (isWhole(scalar) && isIdentityId(path));
  }
  switch (scalar) {
    case 'string':
    case 'date':
    case 'datetime':
      return type.kind === 'datetime' || type.kind === 'date' || schema.isLenient;
    case 'boolean':
      return type.kind === 'boolean';
    case 'number':
      return type.kind === 'number' || (type.kind === 'integer' && (isGuessed || schema.isLenient));
    case 'integer':
    case 'long':
      return type.kind === 'number' || type.kind === 'integer';
    case 'huge':
      return type.kind === 'number';
  }
}

function isWhole(scalar: ScalarKind): boolean {
  return scalar === 'integer' || scalar === 'long' || scalar === 'huge';
}

/** Many systems count their customers; an id is taken as it is written. */
function isIdentityId(path: string): boolean {
  return /^(?:identityMap\.[^[]*\[\]|identities\[\]|endUserIDs\._experience\.[a-z]+)\.id$/u.test(path);
}
