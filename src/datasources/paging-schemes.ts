import type { UpstreamService } from '../errors/upstream-error';
import type { PagingScheme, Position, SchemePage } from './paging';

/** What every adapter is made of; the callbacks know the resource, the adapters the way of paging. */
interface SchemeParts<T> {
  readonly service: UpstreamService;
  idOf(node: T): string;
}

/** A page of a list that is addressed by a 0-based item offset. */
export interface OffsetPage<T> {
  readonly items: readonly T[];
  readonly totalCount: number | null;
  /** What the answer's own link to the next page says; null where it has none or is known to lie. */
  readonly hasNext: boolean | null;
}

/**
 * Item offsets in `start`: segment definitions, segment jobs, schedules, Catalog, Data Access.
 *
 * The list goes on where the answer links on, or its page was full and its count (which some answers get wrong, quirk
 * P8) does not speak against it.
 */
export function offsetScheme<T>(
  parts: SchemeParts<T> & { fetch(start: number, limit: number): Promise<OffsetPage<T>> },
): PagingScheme<T> {
  return {
    service: parts.service,
    idOf: (node) => parts.idOf(node),
    start: '0',
    tellsEnd: false,
    isPosition: (position) => /^\d{1,9}$/.test(position),
    async fetch(position, limit): Promise<SchemePage<T>> {
      const start = Number(position);
      const { items, totalCount, hasNext } = await parts.fetch(start, limit);
      const end = start + items.length;
      const isFull = items.length >= limit && (totalCount === null || end < totalCount);
      const goesOn = items.length > 0 && (hasNext === true || isFull);
      return {
        items: items.map((node, index) => ({ node, after: String(start + index + 1) })),
        next: goesOn ? String(end) : null,
        totalCount,
      };
    },
  };
}

/**
 * A cursor that names the last record read, as export jobs have it: `offset=<creationTime>_<id>` (quirk P2). The first
 * page has none.
 */
export function keysetScheme<T>(
  parts: SchemeParts<T> & {
    fetch(
      offset: string | undefined,
      limit: number,
    ): Promise<{ items: readonly T[]; next: string | null; totalCount: number | null }>;
    /** The cursor right behind a record. */
    keyOf(node: T): string;
    readonly keyPattern: RegExp;
  },
): PagingScheme<T> {
  return {
    service: parts.service,
    idOf: (node) => parts.idOf(node),
    start: '',
    tellsEnd: true,
    isPosition: (position) => parts.keyPattern.test(position),
    async fetch(position, limit): Promise<SchemePage<T>> {
      const { items, next, totalCount } = await parts.fetch(position === '' ? undefined : position, limit);
      return { items: items.map((node) => ({ node, after: parts.keyOf(node) })), next, totalCount };
    },
  };
}

/**
 * Opaque tokens that only the upstream can make (merge policies, quirk P13). A place inside a page is the page's token
 * and the items to leave out: `3~token`.
 */
export function tokenScheme<T>(
  parts: SchemeParts<T> & {
    fetch(
      token: string | undefined,
      limit: number,
    ): Promise<{ items: readonly T[]; next: string | null; totalCount: number | null }>;
  },
): PagingScheme<T> {
  return {
    service: parts.service,
    idOf: (node) => parts.idOf(node),
    start: '0~',
    tellsEnd: true,
    isPosition: (position) => /^\d{1,3}~[^\u0000-\u001f]{0,500}$/.test(position),
    async fetch(position, limit): Promise<SchemePage<T>> {
      const { skip, token } = splitTokenPosition(position);
      const answer = await parts.fetch(token === '' ? undefined : token, skip + limit);
      return {
        items: answer.items
          .slice(skip)
          .map((node, index) => ({ node, after: `${String(skip + index + 1)}~${token}` })),
        next: answer.next === null ? null : `0~${answer.next}`,
        totalCount: answer.totalCount,
      };
    },
  };
}

/** A list that comes whole (audience templates): pages are cut here. */
export function wholeListScheme<T>(
  parts: SchemeParts<T> & { fetch(): Promise<readonly T[]> },
): PagingScheme<T> {
  return {
    service: parts.service,
    idOf: (node) => parts.idOf(node),
    start: '0',
    tellsEnd: true,
    isPosition: (position) => /^\d{1,9}$/.test(position),
    async fetch(position, limit): Promise<SchemePage<T>> {
      const all = await parts.fetch();
      const start = Number(position);
      const nodes = all.slice(start, start + limit);
      const end = start + nodes.length;
      return {
        items: nodes.map((node, index) => ({ node, after: String(start + index + 1) })),
        next: end < all.length ? String(end) : null,
        totalCount: all.length,
      };
    },
  };
}

function splitTokenPosition(position: Position): { skip: number; token: string } {
  const mark = position.indexOf('~');
  return { skip: Number(position.slice(0, mark)), token: position.slice(mark + 1) };
}
