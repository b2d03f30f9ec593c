import { describeType } from './describe-type';
import { FieldConflictError } from './field-conflict-error';
import { fieldOf } from './find-field';
import type { FieldDefinition, UnionSchema, XdmObject, XdmType } from './union-schema';

/**
 * Adds fields to a schema and answers the new one; the old one stays as it is. Adding what is there already changes
 * nothing; an object is joined with the object that stands at its path.
 *
 * @throws FieldConflictError when a path is not a name, is taken by another type, or leads through a scalar, list or map.
 */
export function withFields(schema: UnionSchema, fields: readonly FieldDefinition[]): UnionSchema {
  return fields.reduce<UnionSchema>((current, field) => {
    const names = namesOf(field);
    refuseClashes(field);
    return { ...current, [field.entity]: addField(current[field.entity], { names, depth: 0, field }) };
  }, schema);
}

interface Addition {
  readonly names: readonly string[];
  readonly depth: number;
  readonly field: FieldDefinition;
}

function addField(parent: XdmObject, addition: Addition): XdmObject {
  const { names, depth, field } = addition;
  const name = names[depth] ?? '';
  const present = fieldOf(parent, name);
  if (depth === names.length - 1)
    return replaceField(parent, name, joinTypes(present, field.type, field.path));
  if (present !== undefined && present.kind !== 'object') {
    throw new FieldConflictError(
      field.path,
      `"${names.slice(0, depth + 1).join('.')}" is of type ${describeType(present)}, which has no fields.`,
    );
  }
  const inner = addField(present ?? { kind: 'object', fields: {} }, { names, depth: depth + 1, field });
  return replaceField(parent, name, inner);
}

function joinTypes(present: XdmType | undefined, added: XdmType, path: string): XdmType {
  if (present === undefined || sameType(present, added)) return present ?? added;
  if (present.kind !== 'object' || added.kind !== 'object') {
    throw new FieldConflictError(
      path,
      `it is of type ${describeType(present)} already, not ${describeType(added)}.`,
    );
  }
  return Object.entries(added.fields).reduce<XdmObject>(
    (joined, [name, type]) =>
      replaceField(joined, name, joinTypes(fieldOf(joined, name), type, `${path}.${name}`)),
    present,
  );
}

function replaceField(parent: XdmObject, name: string, type: XdmType): XdmObject {
  // A computed key makes an own property even of `__proto__`.
  return { kind: 'object', fields: { ...parent.fields, [name]: type } };
}

function sameType(a: XdmType, b: XdmType): boolean {
  if (a.kind === 'array' && b.kind === 'array') return sameType(a.items, b.items);
  if (a.kind === 'map' && b.kind === 'map') return sameType(a.values, b.values);
  if (a.kind !== 'object' || b.kind !== 'object') return a.kind === b.kind;
  const names = Object.keys(a.fields);
  return (
    names.length === Object.keys(b.fields).length &&
    names.every((name) => {
      const [inA, inB] = [fieldOf(a, name), fieldOf(b, name)];
      return inA !== undefined && inB !== undefined && sameType(inA, inB);
    })
  );
}

/** Inside a list or map an object is one value, and there the engine takes names that differ in case alone for one. */
function refuseClashes({ path, type }: FieldDefinition): void {
  const visit = (inner: XdmType, isInside: boolean): void => {
    if (inner.kind === 'array') visit(inner.items, true);
    else if (inner.kind === 'map') visit(inner.values, true);
    else if (inner.kind === 'object') {
      const names = new Map<string, string>();
      for (const [name, field] of Object.entries(inner.fields)) {
        const other = names.get(name.toLowerCase());
        if (isInside && other !== undefined) {
          throw new FieldConflictError(
            path,
            `"${other}" and "${name}" differ in case alone, which a list or map cannot hold.`,
          );
        }
        names.set(name.toLowerCase(), name);
        visit(field, isInside);
      }
    }
  };
  visit(type, false);
}

function namesOf(field: FieldDefinition): readonly string[] {
  const names = field.path.split('.');
  if (names.some((name) => name === '' || name.startsWith('#'))) {
    throw new FieldConflictError(
      field.path,
      'a path is made of names joined by dots, and no name starts with "#".',
    );
  }
  if (field.entity === 'profile' && names[0] === 'xEvent') {
    throw new FieldConflictError(field.path, '"xEvent" is the word of PQL for the events of a profile.');
  }
  return names;
}
