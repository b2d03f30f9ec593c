import type { Listed, Page, Sort, SortOrder } from '../store/api/repository';
import type { CatalogFilterNames, CatalogObject } from './catalog-filters';
import { compareValues, filterParameters, readCatalogFilter, valueAt } from './catalog-filters';
import type { CatalogKey } from './catalog-query';
import { listParameters, readCatalogOrder, readCatalogPage } from './catalog-query';
import { collectPage } from './collect-page';
import type { Query } from './query';
import { wrong } from './query';

export interface CatalogList<T> {
  readonly query: Query;
  readonly filters: CatalogFilterNames;
  /** Further parameters that the resource itself reads. */
  readonly parameters?: readonly string[];
  readonly list: (page: Page, order?: SortOrder) => Promise<Listed<T>>;
  readonly toWire: (record: T) => CatalogObject;
}

/** Documented parameters that ask about connections and sources, which nothing here has: they filter nothing. */
const meaningless: readonly string[] = [
  ...['connectorId', 'connectionId', 'connection', 'connector', 'sourceId', 'source', 'dule', 'namespace'],
  ...['requestDataSource', 'dataSource'],
];

/** What the store itself can sort by. */
const storeFields: Readonly<Record<string, Sort['field']>> = {
  created: 'createdAt',
  updated: 'updatedAt',
  name: 'name',
};

const chunk = 500;

/**
 * One page of a list of Catalog, newest first unless ordered otherwise. What the store cannot filter is read part by
 * part until the page is full, and what it cannot sort is read whole.
 * @throws InvalidRequest where a parameter is wrong or not known.
 */
export async function listCatalog<T>(catalogList: CatalogList<T>): Promise<readonly T[]> {
  const { query, filters, parameters = [], list, toWire } = catalogList;
  query.allowOnly([...listParameters, ...parameters, ...filterParameters(filters), ...meaningless]);
  const page = readCatalogPage(query);
  const keys = readCatalogOrder(query);
  const filter = readCatalogFilter(query, filters);
  const fits = (record: T): boolean => filter === undefined || filter(toWire(record));
  const order = keys?.map(({ property, direction }) => ({ field: storeFields[property], direction }));
  if (order === undefined || order.every(isStoreSort)) {
    const listed = (part: Page): Promise<Listed<T>> => list(part, order as SortOrder | undefined);
    return filter === undefined ? (await listed(page)).items : collectPage(listed, { page, fits });
  }
  const records = await everything(list);
  refuseUnknownKeys(keys ?? [], filters, records.map(toWire));
  const sorted = inOrder(records.filter(fits), keys ?? [], toWire);
  return sorted.slice(page.offset, page.offset + page.limit);
}

/** Clients may give properties of their own to an object, so one that any of them has is known. */
function refuseUnknownKeys(
  keys: readonly CatalogKey[],
  { simple }: CatalogFilterNames,
  objects: readonly CatalogObject[],
): void {
  const unknown = keys.find(
    ({ property }) =>
      !simple.includes(property) && objects.every((object) => valueAt(object, property) === undefined),
  );
  if (unknown !== undefined)
    throw wrong('orderBy', `must name properties; nothing here has "${unknown.property.slice(0, 64)}"`);
}

function isStoreSort(sort: { readonly field: Sort['field'] | undefined }): boolean {
  return sort.field !== undefined;
}

async function everything<T>(list: CatalogList<T>['list']): Promise<readonly T[]> {
  const all: T[] = [];
  for (let offset = 0; ; offset += chunk) {
    const { items } = await list({ offset, limit: chunk });
    all.push(...items);
    if (items.length < chunk) return all;
  }
}

/** Objects without a property stand behind those that have it. */
function inOrder<T>(
  records: readonly T[],
  keys: readonly CatalogKey[],
  toWire: (record: T) => CatalogObject,
): readonly T[] {
  const rows = records.map((record) => {
    const object = toWire(record);
    return { record, values: keys.map(({ property }) => valueAt(object, property)) };
  });
  const compare = (a: readonly unknown[], b: readonly unknown[]): number => {
    for (const [index, { direction }] of keys.entries()) {
      const order = compareOptional(a[index], b[index], direction);
      if (order !== 0) return order;
    }
    return 0;
  };
  return rows.sort((a, b) => compare(a.values, b.values)).map(({ record }) => record);
}

function compareOptional(a: unknown, b: unknown, direction: CatalogKey['direction']): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const order = compareValues(a, b);
  if (Number.isNaN(order)) return 0;
  return direction === 'asc' ? order : -order;
}
