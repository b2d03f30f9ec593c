import type { Column } from '../../xdm/columns';
import type { EngineRow } from './engine/engine';
import { toXdmValue } from './engine/xdm-value';

type Nested = Record<string, unknown>;

/** A row of flat columns as the nested object that XDM has; empty columns are left out. */
export function nestedEntity(row: EngineRow, columns: readonly Column[]): Record<string, unknown> {
  const entity: Nested = {};
  for (const { path, name, type } of columns) {
    const value = toXdmValue(row[name], type);
    if (value !== undefined) place(entity, path.split('.'), value);
  }
  return entity;
}

function place(entity: Nested, names: readonly string[], value: unknown): void {
  let parent = entity;
  for (const name of names.slice(0, -1)) {
    // `constructor` is a name like any other; every object has one by inheritance.
    const next = ((Object.hasOwn(parent, name) ? parent[name] : undefined) ?? {}) as Nested;
    parent[name] = next;
    parent = next;
  }
  parent[names.at(-1) ?? ''] = value;
}
