import type { ChildrenPageWire } from '../../wire/common.wire';
import type { Listed, Page } from '../store/api/repository';
import type { Query } from './query';

/** The same list from another place on: every parameter of the request but for those that say where. */
export function linkTo(path: string, query: Query, place: Readonly<Record<string, string | number>>): string {
  const parameters = new URLSearchParams();
  for (const name of query.names()) {
    if (places.has(name)) continue;
    for (const value of query.all(name)) parameters.append(name, value);
  }
  for (const [name, value] of Object.entries(place)) parameters.set(name, String(value));
  return `${path}?${parameters}`;
}

const places = new Set(['start', 'page', 'offset', 'limit']);

/** The envelope of segment jobs and schedules: `_links.next` is `{}` on the last page. */
export function childrenPage<T, Wire>(
  listed: Listed<T>,
  parts: { readonly page: Page; readonly query: Query; readonly path: string; toWire(record: T): Wire },
): ChildrenPageWire<Wire> {
  const { page, query, path } = parts;
  const end = page.offset + listed.items.length;
  const hasMore = listed.items.length > 0 && end < listed.totalCount;
  return {
    _page: {
      totalCount: listed.totalCount,
      pageSize: listed.items.length,
      ...(hasMore ? { next: String(end) } : {}),
    },
    children: listed.items.map((record) => parts.toWire(record)),
    _links: { next: hasMore ? { href: `@${linkTo(path, query, { start: end, limit: page.limit })}` } : {} },
  };
}
