import type { UpstreamInvalidResponse } from '../errors/upstream-error';
import { itemsBehind } from './items-behind';
import type { ListItems } from './items-behind';
import type { PageBudget, SchemePage } from './paging-scheme';
import { locate, markOf, trailLength } from './place';
import type { Location, Place } from './place';

/** A page of a list that is addressed by a 0-based item offset. */
export interface OffsetPage<T> {
  readonly items: readonly T[];
  readonly totalCount: number | null;
  /** What the answer itself says; null where it does not, or is known to lie. */
  readonly hasNext: boolean | null;
  /** What is wrong with its link to the next page; then `hasNext` is false. */
  readonly trouble?: UpstreamInvalidResponse | undefined;
}

export interface OffsetList<T> extends ListItems<T> {
  fetch(start: number, limit: number): Promise<OffsetPage<T>>;
}

/** Items of one upstream page at most; Catalog's own limit, and what clients of segmentation keep to. */
export const maxUpstreamLimit = 100;
/** Items before the place that are asked for again, so that it is found though some rows have gone. */
const maxOverlap = 5;

interface Reading<T> {
  readonly list: OffsetList<T>;
  readonly place: Place;
  readonly limit: number;
  readonly budget: PageBudget;
}

/**
 * Reads on behind a place in a list of offsets, which shift when rows come or go: a few items before the place are read
 * again, and it is looked up among them. Where it is not there, the list is searched in the direction that its order tells;
 * where it tells none, from its beginning.
 */
export async function followOffsets<T>(reading: Reading<T>): Promise<SchemePage<T>> {
  const { list, place, limit } = reading;
  const offset = Number(place.at);
  if (place.trail.length === 0) return pageOf(reading, { window: await read(reading, 0, limit), from: 0 });
  const overlap = Math.max(1, Math.min(maxOverlap, maxUpstreamLimit - limit));
  let window = await read(reading, Math.max(0, offset - overlap), limit + overlap);
  let stride = maxUpstreamLimit;
  for (;;) {
    const location = whereIn(list, window, place);
    if (location.kind === 'here') return pageOf(reading, { window, from: location.index });
    if (location.kind === 'unknown') return searchWhole(reading);
    const start =
      location.kind === 'earlier'
        ? Math.max(0, window.start - stride)
        : window.start + Math.max(1, window.items.length - 1);
    if (reading.budget.isSpent) return { items: [], next: { ...place, at: String(start) }, totalCount: null };
    if (location.kind === 'earlier') stride *= 2;
    window = await read(reading, start, maxUpstreamLimit);
  }
}

/** Items that follow each other, and where. */
interface Window<T> extends OffsetPage<T> {
  readonly start: number;
  /** The list goes on behind them. */
  readonly goesOn: boolean;
}

async function read<T>({ list, budget }: Reading<T>, start: number, limit: number): Promise<Window<T>> {
  budget.take();
  const asked = Math.min(limit, maxUpstreamLimit);
  const page = await list.fetch(start, asked);
  const { items, totalCount, hasNext } = page;
  // Where the answer does not say, the list goes on behind a full page, unless its count (which some answers get wrong,
  // quirk P8) speaks against it.
  const isFull = items.length >= asked && (totalCount === null || start + items.length < totalCount);
  return { ...page, start, goesOn: items.length > 0 && (hasNext ?? isFull) };
}

/** Where a place lies in a window; at the ends of the list there is nothing earlier or later. */
function whereIn<T>(list: OffsetList<T>, window: Window<T>, place: Place): Location {
  const { items, start, goesOn } = window;
  // Nothing at an offset means that the list has become shorter than that.
  if (items.length === 0) return start === 0 ? { kind: 'here', index: 0 } : { kind: 'earlier' };
  const location = locate(items, place, { idOf: (node) => list.idOf(node), order: list.order });
  if (location.kind === 'earlier' && start === 0) return { kind: 'here', index: 0 };
  if (location.kind === 'later' && !goesOn) return { kind: 'here', index: items.length };
  return location;
}

/**
 * Looks for anything of the place's trail from the beginning of a list that shows no order. Where nothing is left of it, as
 * many rows as it held have gone from before the place, and so far the place has moved up.
 */
async function searchWhole<T>(reading: Reading<T>): Promise<SchemePage<T>> {
  const { list, place, limit, budget } = reading;
  const ranks = new Map(place.trail.map((mark, rank) => [mark, rank]));
  let best: { readonly rank: number; readonly window: Window<T>; readonly from: number } | null = null;
  let start = 0;
  while (!budget.isAlmostSpent) {
    const window = await read(reading, start, maxUpstreamLimit);
    for (const [index, item] of window.items.entries()) {
      const rank = ranks.get(markOf(list.idOf(item))) ?? -1;
      if (rank > (best?.rank ?? -1)) best = { rank, window, from: index + 1 };
    }
    if (!window.goesOn || best?.rank === place.trail.length - 1) break;
    start += window.items.length;
  }
  if (best !== null) return pageOf(reading, best);
  // A trail that is not full held all that was before the place.
  const movedUp = place.trail.length < trailLength ? 0 : Number(place.at) - trailLength;
  return pageOf(reading, { window: await read(reading, Math.max(0, movedUp), limit), from: 0 });
}

function pageOf<T>(
  { list, place }: Reading<T>,
  { window, from }: { readonly window: Window<T>; readonly from: number },
): SchemePage<T> {
  const { items: all, start, goesOn, hasNext, totalCount, trouble } = window;
  const at = (index: number): Pick<Place, 'at' | 'skip'> => ({ at: String(start + index + 1), skip: 0 });
  const items = itemsBehind(list, { items: all, from, before: place, at });
  const end = items.at(-1)?.after ?? (() => ({ ...place, at: String(start + all.length) }));
  const isSure = hasNext === true || (totalCount !== null && start + all.length < totalCount);
  return { items, next: goesOn ? end() : null, isNextSure: goesOn && isSure, totalCount, trouble };
}
