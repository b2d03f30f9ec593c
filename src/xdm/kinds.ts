import type { XdmArray, XdmMap, XdmObject, XdmType } from './union-schema';

/** Short words for writing a schema down as data: one constant per scalar kind, one function per nested kind. */
export const string: XdmType = { kind: 'string' };
export const integer: XdmType = { kind: 'integer' };
export const number: XdmType = { kind: 'number' };
export const boolean: XdmType = { kind: 'boolean' };
export const datetime: XdmType = { kind: 'datetime' };
export const date: XdmType = { kind: 'date' };

/** An object with these fields, in this order. */
export function object(fields: Readonly<Record<string, XdmType>>): XdmObject {
  return { kind: 'object', fields };
}

/** A list of items of one type. */
export function array(items: XdmType): XdmArray {
  return { kind: 'array', items };
}

/** A map from string keys to values of one type. */
export function map(values: XdmType): XdmMap {
  return { kind: 'map', values };
}
