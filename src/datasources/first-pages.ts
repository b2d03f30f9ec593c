import DataLoader from 'dataloader';
import type { OffsetPage } from './follow-offsets';

/** The beginning of the list that one parent has: `Segment.jobs` of a page of segments, and the like. */
export interface FirstPageRequest {
  readonly parent: string;
  /** What a call of its own asks for. */
  readonly limit: number;
  /** So many are enough, and tell that there are more. */
  readonly needed: number;
}

/** What is known of one list that holds what all parents have, in the order of their own lists. */
export interface CommonList<T> {
  readonly items: readonly T[];
  /** True where it goes no further. */
  readonly isWhole: boolean;
}

/** What the items that were read so far leave open. */
export interface Lack {
  /** Lists that would have to be asked for by themselves. */
  readonly lists: number;
  /** Items of these lists that are there. */
  readonly found: number;
  /** How many more would settle them all. */
  readonly missing: number;
}

export interface FirstPageSource<T> {
  /** Of several parents, 100 at most. `lackOf` tells what reading on would be for. */
  readCommon(parents: readonly string[], lackOf: (items: readonly T[]) => Lack): Promise<CommonList<T>>;
  isOf(item: T, parent: string): boolean;
  /** The parent's own list, by a call of its own. */
  readOwn(request: FirstPageRequest): Promise<OffsetPage<T>>;
}

/** Below this it costs less to ask for each. */
const fewestForCommon = 3;

/**
 * Loads the beginnings of the lists of many parents, with one list that is divided among them; a parent of whom that does
 * not tell enough is asked for by itself.
 */
export function createFirstPageLoader<T>(
  source: FirstPageSource<T>,
): DataLoader<FirstPageRequest, OffsetPage<T>, string> {
  return new DataLoader<FirstPageRequest, OffsetPage<T>, string>(
    async (requests) => {
      const parents = [...new Set(requests.map(({ parent }) => parent))];
      const itemsOf = (items: readonly T[], parent: string): readonly T[] =>
        items.filter((item) => source.isOf(item, parent));
      const lackOf = (items: readonly T[]): Lack => {
        const open = requests
          .map(({ parent, needed }) => ({ needed, found: itemsOf(items, parent).length }))
          .filter(({ needed, found }) => found < needed);
        const found = open.reduce((sum, each) => sum + each.found, 0);
        const needed = open.reduce((sum, each) => sum + each.needed, 0);
        return { lists: open.length, found, missing: needed - found };
      };
      const common: CommonList<T> =
        parents.length < fewestForCommon
          ? { items: [], isWhole: false }
          : await source.readCommon(parents, lackOf);
      return Promise.all(
        requests.map((request) =>
          pageOf(common, itemsOf(common.items, request.parent), request, source).catch(toError),
        ),
      );
    },
    {
      maxBatchSize: 100,
      cacheKeyFn: ({ parent, limit, needed }) => `${String(limit)} ${String(needed)} ${parent}`,
    },
  );
}

async function pageOf<T>(
  { isWhole }: CommonList<T>,
  items: readonly T[],
  request: FirstPageRequest,
  source: FirstPageSource<T>,
): Promise<OffsetPage<T>> {
  const { limit, needed } = request;
  if (isWhole)
    return { items: items.slice(0, limit), totalCount: items.length, hasNext: items.length > limit };
  if (items.length >= needed) {
    const hasNext = items.length < limit ? true : null;
    return { items: items.slice(0, limit), totalCount: null, hasNext };
  }
  return source.readOwn(request);
}

function toError(error: unknown): Error {
  return error instanceof Error
    ? error
    : new Error('Something that is no Error was thrown', { cause: error });
}
