import type { XdmObject, XdmType } from './union-schema';

/** The field of an object with exactly this name; names mind case, and `constructor` is a name like any other. */
export function fieldOf(parent: XdmObject, name: string): XdmType | undefined {
  return Object.hasOwn(parent.fields, name) ? parent.fields[name] : undefined;
}

/** The type at a dotted path that leads through objects only, e.g. `person.name.firstName`. */
export function findField(entity: XdmObject, path: string): XdmType | undefined {
  let type: XdmType | undefined = entity;
  for (const name of path.split('.')) {
    if (type?.kind !== 'object') return undefined;
    type = fieldOf(type, name);
  }
  return type;
}
