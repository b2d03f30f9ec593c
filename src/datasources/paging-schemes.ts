import type { UpstreamService } from '../errors/upstream-error';
import { followOffsets } from './follow-offsets';
import type { OffsetPage } from './follow-offsets';
import { followTokens } from './follow-tokens';
import type { TokenPage } from './follow-tokens';
import type { ListItems } from './items-behind';
import type { PagingScheme } from './paging-scheme';

/** What every adapter is made of; the callbacks know the resource, the adapters the way of paging. */
interface SchemeParts<T> extends ListItems<T> {
  readonly service: UpstreamService;
}

/**
 * Item offsets in `start`: segment definitions, segment jobs, schedules, Catalog, previews. What came or went since the
 * place was given is found out and allowed for.
 */
export function offsetScheme<T>(
  list: SchemeParts<T> & { fetch(start: number, limit: number): Promise<OffsetPage<T>> },
): PagingScheme<T> {
  return {
    ...partsOf(list),
    tellsEnd: false,
    fetch: (place, limit, budget) => followOffsets({ list, place, limit, budget }),
  };
}

/**
 * A cursor that names the last record read, as export jobs have it: `offset=<creationTime>_<id>` (quirk P2), which no
 * other row moves. Where the upstream's own link counts instead (`offset=2`), so do we.
 */
export function keysetScheme<T>(
  list: SchemeParts<T> & {
    fetch(offset: string | undefined, limit: number): Promise<TokenPage<T>>;
    /** The cursor right behind a record. */
    keyOf(node: T): string;
  },
): PagingScheme<T> {
  const counted = {
    ...list,
    fetch: async (start: number, limit: number): Promise<OffsetPage<T>> => {
      const page = await list.fetch(start === 0 ? undefined : String(start), limit);
      return { ...page, hasNext: page.next === null ? false : true };
    },
  };
  const named = {
    ...list,
    placeInside: ({ items, next }: TokenPage<T>, { index }: { readonly index: number }) => {
      // Of a list that counts, the first page is read here, before that is known.
      const isCounted = next !== null && isCount(next);
      return { at: isCounted ? String(index + 1) : list.keyOf(items[index] as T), skip: 0 };
    },
  };
  return {
    ...partsOf(list),
    tellsEnd: true,
    fetch: (place, limit, budget) =>
      isCount(place.at)
        ? followOffsets({ list: counted, place, limit, budget })
        : followTokens(named, { place, limit, budget }),
  };
}

/**
 * Opaque tokens that only the upstream can make (merge policies, quirk P13). A place inside a page is the page's token
 * and the items to leave out.
 */
export function tokenScheme<T>(
  list: SchemeParts<T> & { fetch(token: string | undefined, limit: number): Promise<TokenPage<T>> },
): PagingScheme<T> {
  const placeInside = (
    _page: TokenPage<T>,
    { entered, index }: { readonly entered: string; readonly index: number },
  ) => ({ at: entered, skip: index + 1 });
  return {
    ...partsOf(list),
    tellsEnd: true,
    fetch: (place, limit, budget) => followTokens({ ...list, placeInside }, { place, limit, budget }),
  };
}

/** A list that comes whole (audience templates): read once, its pages are cut here. */
export function wholeListScheme<T>(
  list: SchemeParts<T> & { fetch(): Promise<readonly T[]> },
): PagingScheme<T> {
  let whole: Promise<readonly T[]> | null = null;
  const fetch = async (start: number, limit: number): Promise<OffsetPage<T>> => {
    const all = await (whole ??= list.fetch());
    return {
      items: all.slice(start, start + limit),
      totalCount: all.length,
      hasNext: start + limit < all.length,
    };
  };
  return offsetScheme({ ...list, fetch });
}

function partsOf<T>(list: SchemeParts<T>): Pick<PagingScheme<T>, 'service' | 'idOf'> {
  return { service: list.service, idOf: (node) => list.idOf(node) };
}

function isCount(place: string): boolean {
  return /^\d{1,9}$/.test(place);
}
