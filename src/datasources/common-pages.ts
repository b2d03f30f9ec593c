import { UpstreamInvalidResponse } from '../errors/upstream-error';
import type { CommonList, Lack } from './first-pages';

/** One page of the list that holds what all parents have. */
export type ListCommon<T> = (request: { readonly first: number; readonly after?: string }) => Promise<{
  readonly items: readonly T[];
  /** Null where the upstream does not count. */
  readonly totalCount: number | null;
  /** Null where the list ends here. */
  readonly next: string | null;
}>;

export interface CommonPages<T> {
  readonly list: ListCommon<T>;
  readonly lackOf: (items: readonly T[]) => Lack;
  /** From the first item on that this is true of, nothing is said of the rest. */
  readonly isUnclear: (item: T) => boolean;
  /** Items of the first page. */
  readonly firstCount: number;
  readonly countOfNextPage: (items: readonly T[]) => number;
}

/** Pages that are read at most, whatever they promise. */
const maxPages = 10;
/** Pages that are looked through where nothing tells how many there are. */
const maxBlindPages = 3;

/**
 * The first pages of a list, to be divided among its parents: read on as long as that costs fewer calls than to ask for
 * each parent of whom it does not tell enough.
 */
export async function readCommonPages<T>(pages: CommonPages<T>): Promise<CommonList<T>> {
  const items: T[] = [];
  let after: string | undefined;
  let first = pages.firstCount;
  for (let count = 1; count <= maxPages; count += 1) {
    const read = await readPage(pages, { first, ...(after !== undefined && { after }) });
    if (read === null) break;
    const unclear = read.items.findIndex(pages.isUnclear);
    items.push(...(unclear < 0 ? read.items : read.items.slice(0, unclear)));
    if (unclear >= 0) return { items, isWhole: false };
    if (read.next === null) return { items, isWhole: true };
    first = pages.countOfNextPage(read.items);
    const reach = { lack: pages.lackOf(items), readCount: items.length, totalCount: read.totalCount, first };
    if (!isWorthReadingOn(reach, count)) break;
    after = read.next;
  }
  return { items, isWhole: false };
}

/** Null where a list that began well cannot be read on: what each parent has by itself may still be. */
async function readPage<T>(
  { list }: CommonPages<T>,
  request: Parameters<ListCommon<T>>[0],
): Promise<Awaited<ReturnType<ListCommon<T>>> | null> {
  try {
    return await list(request);
  } catch (error) {
    if (request.after !== undefined && error instanceof UpstreamInvalidResponse) return null;
    throw error;
  }
}

interface Reach {
  readonly lack: Lack;
  readonly readCount: number;
  readonly totalCount: number | null;
  /** Items of the next page. */
  readonly first: number;
}

/**
 * By what is left of the list, or by how often the parents stood in what was read of it, whichever is less. Where neither
 * tells, it may end soon.
 */
function isWorthReadingOn({ lack, readCount, totalCount, first }: Reach, pagesRead: number): boolean {
  if (lack.lists === 0) return false;
  const toItsEnd = totalCount === null ? Infinity : Math.ceil((totalCount - readCount) / first);
  const share = lack.found / readCount;
  const toSettleAll = share > 0 ? Math.ceil(lack.missing / (share * first)) : Infinity;
  const pagesLeft = Math.min(toItsEnd, toSettleAll);
  if (pagesRead < maxBlindPages && totalCount === null && toSettleAll === Infinity) return true;
  return pagesLeft < lack.lists && pagesRead + pagesLeft <= maxPages;
}
