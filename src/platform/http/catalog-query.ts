import type { Page, Sort } from '../store/platform-store';
import type { Query, SortFields } from './query';
import { readPage, refuseFurtherSorts, wrong } from './query';

/** Catalog's own rule: 1 to 100, 20 when absent. Source: contract §13, "Common list query". */
export function readCatalogPage(query: Query): Page {
  return readPage(query, { defaultLimit: 20, maxLimit: 100 });
}

const fields: SortFields = { created: 'createdAt', updated: 'updatedAt', name: 'name', id: 'id' };

/** `orderBy=desc:created`, the direction first. As elsewhere, only `id` may follow. */
export function readCatalogOrder(query: Query): Sort | undefined {
  const text = query.text('orderBy') ?? query.text('sort');
  if (text === undefined) return undefined;
  const sorts = text.split(',').map(readOneOrder);
  refuseFurtherSorts('orderBy', sorts);
  return sorts[0];
}

function readOneOrder(text: string): Sort {
  const match = /^(?:(asc|desc):)?([A-Za-z]+)$/.exec(text.trim());
  const name = match?.[2] ?? '';
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined)
    throw wrong(
      'orderBy',
      `must be asc:<field> or desc:<field>, the field one of ${Object.keys(fields).join(', ')}`,
    );
  return { field, direction: match?.[1] === 'desc' ? 'desc' : 'asc' };
}
