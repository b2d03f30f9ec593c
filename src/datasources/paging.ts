import { BadCursor } from '../errors/bad-cursor';
import type { UpstreamService } from '../errors/upstream-error';
import { decodeCursor, encodeCursor } from '../lib/cursor';
import type { PageRequest, SourcePage } from './index';
import { invalidResponse } from './upstream-answer';

/** A place in an upstream list, in that list's own words: an offset, an opaque token, `<creationTime>_<id>`. */
export type Position = string;

/** One upstream page as a scheme reads it. */
export interface SchemePage<T> {
  /** `after` is the place right behind the item. */
  readonly items: readonly { readonly node: T; readonly after: Position }[];
  /** Null at the end of the list. */
  readonly next: Position | null;
  readonly totalCount: number | null;
}

/** How one upstream list is paged; one adapter per resource. */
export interface PagingScheme<T> {
  readonly service: UpstreamService;
  readonly start: Position;
  /** False for what `fetch` never gave; a forged cursor stops here. */
  isPosition(position: Position): boolean;
  /** At most `limit` items from a place on. @throws UpstreamError */
  fetch(position: Position, limit: number): Promise<SchemePage<T>>;
  idOf(node: T): string;
  /** True where `next` is null exactly at the end, so that no look ahead is needed. */
  readonly tellsEnd: boolean;
}

export interface ListRequest<T> {
  /** Names the list, its filter and its order: a cursor of another one is refused. */
  readonly binding: readonly unknown[];
  readonly scheme: PagingScheme<T>;
  readonly page: PageRequest;
  /** What the upstream cannot filter. */
  readonly filter?: ((node: T) => boolean) | undefined;
  /** True from the first node on behind which nothing can match: the list is ordered by what the filter asks. */
  readonly isPast?: ((node: T) => boolean) | undefined;
}

/** Of one request: pages of the upstream read at most. */
export const maxUpstreamPages = 20;
const maxUpstreamLimit = 100;

/**
 * Reads one page of any upstream list, filtering here what the upstream cannot.
 *
 * The page may be short, even empty, with `hasNextPage` true where 20 upstream pages held too few matches: `endCursor`
 * goes on behind them.
 *
 * @throws BadCursor for a cursor of another list, filter or order; UpstreamError, UpstreamInvalidResponse for a list
 * whose pages go round in a circle.
 */
export async function readPage<T>(request: ListRequest<T>): Promise<SourcePage<T>> {
  const { scheme, page } = request;
  const binding = JSON.stringify(request.binding);
  const start = page.after === undefined ? scheme.start : openCursor(scheme, binding, page.after);
  const found = await collect(request, start);
  const shown = found.matches.slice(0, page.first);
  const hasNextPage = found.matches.length > page.first || found.rest !== null;
  const edges = shown.map(({ node, after }) => ({ cursor: encodeCursor(binding, after), node }));
  const isScannedFurther = found.matches.length <= page.first && found.rest !== null && found.isCutShort;
  return {
    edges,
    hasNextPage,
    hasPreviousPage: page.after !== undefined,
    totalCount: request.filter === undefined ? found.totalCount : null,
    endCursor:
      isScannedFurther && found.rest !== null
        ? encodeCursor(binding, found.rest)
        : (edges[edges.length - 1]?.cursor ?? null),
  };
}

interface Found<T> {
  /** Up to one more than asked, which tells that there is a next page. */
  readonly matches: readonly { readonly node: T; readonly after: Position }[];
  /** Where the unread rest of the list begins; null where it is read to its end. */
  readonly rest: Position | null;
  readonly totalCount: number | null;
  /** The bound of upstream pages ended the search. */
  readonly isCutShort: boolean;
}

async function collect<T>(request: ListRequest<T>, start: Position): Promise<Found<T>> {
  const { scheme, page, filter, isPast } = request;
  const needed = filter === undefined && scheme.tellsEnd ? page.first : page.first + 1;
  const limit = filter === undefined ? Math.min(needed, maxUpstreamLimit) : maxUpstreamLimit;
  const matches: { node: T; after: Position }[] = [];
  const seenIds = new Set<string>();
  const seenPositions = new Set<Position>();
  let position: Position | null = start;
  let totalCount: number | null = null;
  for (let pages = 0; pages < maxUpstreamPages && position !== null && matches.length < needed; pages += 1) {
    if (seenPositions.has(position)) {
      throw invalidResponse(scheme.service, 'the pages of a list go round in a circle');
    }
    seenPositions.add(position);
    const upstreamPage: SchemePage<T> = await scheme.fetch(position, limit);
    totalCount ??= upstreamPage.totalCount;
    for (const item of upstreamPage.items) {
      if (isPast?.(item.node) === true) return { matches, rest: null, totalCount, isCutShort: false };
      const id = scheme.idOf(item.node);
      // A list that grows at its top while it is read shows records twice.
      if (seenIds.has(id)) continue;
      seenIds.add(id);
      if (filter === undefined || filter(item.node)) matches.push(item);
    }
    position = upstreamPage.next;
  }
  return { matches, rest: position, totalCount, isCutShort: matches.length < needed };
}

function openCursor<T>(scheme: PagingScheme<T>, binding: string, cursor: string): Position {
  const decoded = decodeCursor(binding, cursor);
  switch (decoded.kind) {
    case 'foreign':
      throw new BadCursor('it belongs to another list, filter or order');
    case 'malformed':
      throw new BadCursor('it is damaged');
    case 'position':
      if (!scheme.isPosition(decoded.position)) throw new BadCursor('it is damaged');
      return decoded.position;
  }
}
