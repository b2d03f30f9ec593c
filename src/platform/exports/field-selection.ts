import { ExportFailed } from '../../errors/platform-error';
import { fieldOf } from '../../xdm/find-field';
import type { XdmObject, XdmType } from '../../xdm/union-schema';

/** Which part of a type is wanted: all of it, or some of its fields (of a map: some of its keys). */
export type FieldSelection = 'all' | { readonly fields: ReadonlyMap<string, FieldSelection> };

interface SelectionRequest {
  readonly entity: XdmObject;
  /** Dotted paths; none means all. A path that names an object means all of it; a list's step applies to its items. */
  readonly paths: readonly string[];
  /** How the job calls these paths, for the message. */
  readonly label: string;
}

/**
 * Turns dotted paths into a selection.
 * @throws ExportFailed that names the first path which the schema does not have.
 */
export function selectFields({ entity, paths, label }: SelectionRequest): FieldSelection {
  if (paths.length === 0) return 'all';
  const unknown = unknownPath(entity, paths);
  if (unknown !== undefined)
    throw new ExportFailed(`The schema has no field "${unknown}", which the job names in "${label}".`);
  return paths.reduce<FieldSelection>((selection, path) => add(selection, path.split('.')), {
    fields: new Map(),
  });
}

/** The first of these dotted paths that leads nowhere; undefined where all are fields. */
export function unknownPath(entity: XdmObject, paths: readonly string[]): string | undefined {
  return paths.find((path) => !exists(entity, path.split('.')));
}

function exists(type: XdmType, [name, ...rest]: readonly string[]): boolean {
  if (name === undefined) return true;
  switch (type.kind) {
    case 'object': {
      const field = fieldOf(type, name);
      return field !== undefined && exists(field, rest);
    }
    case 'array':
      return exists(type.items, [name, ...rest]);
    case 'map':
      // A key narrows a map; what stands under one key cannot be narrowed, since all values of a map are of one type.
      return name !== '' && rest.length === 0;
    default:
      return false;
  }
}

function add(selection: FieldSelection, [name, ...rest]: readonly string[]): FieldSelection {
  if (selection === 'all' || name === undefined) return 'all';
  const inner = add(selection.fields.get(name) ?? { fields: new Map() }, rest);
  return { fields: new Map([...selection.fields, [name, inner]]) };
}

/** What is selected of one field; undefined when nothing of it is. */
export function selectionOf(selection: FieldSelection, name: string): FieldSelection | undefined {
  return selection === 'all' ? 'all' : selection.fields.get(name);
}
