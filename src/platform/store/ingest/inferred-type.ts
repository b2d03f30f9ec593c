import { isFieldName } from './field-name';
import type { XdmType } from '../../../xdm/union-schema';

/** What one row looks like, as the engine's `json_structure` tells it: a word for a scalar, `[items]`, or fields. */
export type Shape = string | readonly Shape[] | { readonly [field: string]: Shape };

/** What is known so far of the type of a field that the schema does not have. */
export type InferredType =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'string' | 'integer' | 'number' | 'boolean' }
  | { readonly kind: 'array'; readonly items: InferredType }
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, InferredType> }
  /** Rows contradict each other. */
  | { readonly kind: 'mixed' };

const scalars: Readonly<Record<string, InferredType>> = {
  VARCHAR: { kind: 'string' },
  BIGINT: { kind: 'integer' },
  UBIGINT: { kind: 'integer' },
  DOUBLE: { kind: 'number' },
  BOOLEAN: { kind: 'boolean' },
};

/** The type that one row gives a field; `unknown` for null and for an empty object. */
export function inferType(shape: Shape): InferredType {
  // The engine says `JSON` of an empty object, and of items that differ.
  if (typeof shape === 'string') return scalars[shape] ?? { kind: 'unknown' };
  if (isItems(shape)) {
    return { kind: 'array', items: shape[0] === 'JSON' ? { kind: 'mixed' } : inferType(shape[0] ?? 'NULL') };
  }
  const fields = Object.entries(shape).map(([name, field]) => [name, inferType(field)] as const);
  return { kind: 'object', fields: new Map(fields) };
}

/** True for the shape of a list. */
export function isItems(shape: Shape): shape is readonly Shape[] {
  return Array.isArray(shape);
}

/** The type that both can be read as. */
export function joinInferred(a: InferredType, b: InferredType): InferredType {
  if (a.kind === 'unknown') return b;
  if (b.kind === 'unknown') return a;
  if (a.kind === 'array' && b.kind === 'array')
    return { kind: 'array', items: joinInferred(a.items, b.items) };
  if (a.kind === 'object' && b.kind === 'object') {
    const fields = new Map(a.fields);
    for (const [name, type] of b.fields)
      fields.set(name, joinInferred(fields.get(name) ?? { kind: 'unknown' }, type));
    return { kind: 'object', fields };
  }
  if (a.kind === b.kind) return a;
  const isNumeric = (type: InferredType): boolean => type.kind === 'integer' || type.kind === 'number';
  return isNumeric(a) && isNumeric(b) ? { kind: 'number' } : { kind: 'mixed' };
}

/** The type as a schema can hold it; undefined while nothing was seen; `mixed` when it cannot be held. */
export function toXdmType(type: InferredType): XdmType | 'mixed' | undefined {
  switch (type.kind) {
    case 'unknown':
      return undefined;
    case 'mixed':
      return 'mixed';
    case 'array': {
      const items = toXdmType(type.items);
      return items === undefined || items === 'mixed' ? items : { kind: 'array', items };
    }
    case 'object':
      return toXdmObject(type.fields);
    default:
      return { kind: type.kind };
  }
}

function toXdmObject(inferred: ReadonlyMap<string, InferredType>): XdmType | 'mixed' | undefined {
  const fields: Record<string, XdmType> = {};
  const folded = new Set<string>();
  for (const [name, field] of inferred) {
    const type = toXdmType(field);
    if (type === undefined) continue;
    // A struct of the engine cannot hold two names that differ in case alone.
    if (type === 'mixed' || !isFieldName(name) || folded.has(name.toLowerCase())) return 'mixed';
    folded.add(name.toLowerCase());
    fields[name] = type;
  }
  return folded.size === 0 ? undefined : { kind: 'object', fields };
}
