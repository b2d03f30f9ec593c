import type { Page } from '../store/api/repository';
import type { Query } from './query';
import { readPage, wrong } from './query';

/** Catalog's own rule: 1 to 100, 20 when absent. Source: contract §13, "Common list query". */
export function readCatalogPage(query: Query): Page {
  const page = readPage(query, { defaultLimit: 20, maxLimit: 100 });
  // Observable schemas are large: at most 20 of them.
  const isHeavy = readProperties(query)?.includes('observableSchema') === true;
  return isHeavy ? { ...page, limit: Math.min(page.limit, 20) } : page;
}

export interface CatalogKey {
  readonly property: string;
  readonly direction: 'asc' | 'desc';
}

/** `orderBy=asc:created,desc:name`, the direction first and ascending unless told; formerly `sort`. */
export function readCatalogOrder(query: Query): readonly CatalogKey[] | undefined {
  const text = query.text('orderBy') ?? query.text('sort');
  return text?.split(',').map((part) => {
    const match = /^(?:(asc|desc):)?([A-Za-z_][A-Za-z0-9_.]*)$/u.exec(part.trim());
    if (match === null)
      throw wrong('orderBy', 'must be asc:<property> or desc:<property>, several with commas between');
    return { property: match[2] ?? '', direction: match[1] === 'desc' ? 'desc' : 'asc' };
  });
}

/** The top-level properties that are asked for; undefined means all. */
export function readProperties(query: Query): readonly string[] | undefined {
  const text = query.text('properties');
  return text?.split(',').map((name) => name.trim());
}

/** Only the properties that are asked for; an object without any of them is an empty one. */
export function onlyProperties<T extends object>(
  object: T,
  properties: readonly string[] | undefined,
): Partial<T> {
  if (properties === undefined) return object;
  return Object.fromEntries(
    Object.entries(object).filter(([name]) => properties.includes(name)),
  ) as Partial<T>;
}

/** All parameters of a list that are no filters. */
export const listParameters: readonly string[] = ['limit', 'start', 'orderBy', 'sort', 'properties'];
