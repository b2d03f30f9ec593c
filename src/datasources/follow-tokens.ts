import type { UpstreamInvalidResponse } from '../errors/upstream-error';
import { maxUpstreamLimit } from './follow-offsets';
import { itemsBehind } from './items-behind';
import type { ListItems } from './items-behind';
import type { PageBudget, SchemePage } from './paging-scheme';
import { locate } from './place';
import type { Location, Place } from './place';

/** A page of a list that is addressed by tokens or by the last record read. */
export interface TokenPage<T> {
  readonly items: readonly T[];
  /** What the answer's link to the next page says; null where it has none. */
  readonly next: string | null;
  readonly totalCount: number | null;
  /** What is wrong with the link, where it has one that leads nowhere; then `next` is null. */
  readonly trouble?: UpstreamInvalidResponse | undefined;
}

export interface TokenList<T> extends ListItems<T> {
  fetch(token: string | undefined, limit: number): Promise<TokenPage<T>>;
  /** Where the upstream has the place behind an item inside a page that was entered by a token. */
  placeInside(page: TokenPage<T>, item: { readonly entered: string; readonly index: number }): InnerPlace;
}

type InnerPlace = Pick<Place, 'at' | 'skip'>;

/**
 * Reads on behind a place in a list of tokens. A token stands for its place as well as the upstream keeps it there; what
 * the answer repeats of what was given before is left out, and where all of it lies before the place, reading goes on.
 */
export async function followTokens<T>(
  list: TokenList<T>,
  { place, limit, budget }: { readonly place: Place; readonly limit: number; readonly budget: PageBudget },
): Promise<SchemePage<T>> {
  let entered = place.at;
  let skip = place.skip;
  for (;;) {
    budget.take();
    const page = await list.fetch(
      entered === '' ? undefined : entered,
      Math.min(skip + limit, maxUpstreamLimit),
    );
    const { items, next, totalCount, trouble } = page;
    const location: Location =
      place.trail.length === 0
        ? { kind: 'here', index: 0 }
        : locate(items, place, { idOf: (node) => list.idOf(node), order: list.order });
    if (location.kind === 'later' && next !== null) {
      if (budget.isSpent) return { items: [], next: { ...place, at: next, skip: 0 }, totalCount };
      entered = next;
      skip = 0;
      continue;
    }
    const from = indexOf(location, { skip, count: items.length });
    const isLast = (index: number): boolean => index === items.length - 1;
    const at = (index: number): InnerPlace =>
      next !== null && isLast(index) ? { at: next, skip: 0 } : list.placeInside(page, { entered, index });
    const behind = itemsBehind(list, { items, from, before: place, at });
    const end = behind.at(-1)?.after() ?? { ...place, at: next ?? '', skip: 0 };
    return {
      items: behind,
      next: next === null ? null : end,
      isNextSure: next !== null,
      totalCount,
      trouble,
    };
  }
}

/** What lies earlier was behind another token: the page begins where the token or the items to leave out say. */
function indexOf(
  location: Location,
  { skip, count }: { readonly skip: number; readonly count: number },
): number {
  switch (location.kind) {
    case 'here':
      return location.index;
    case 'earlier':
      return 0;
    case 'later':
      return count;
    case 'unknown':
      return Math.min(skip, count);
  }
}
