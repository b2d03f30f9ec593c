/**
 * A place between two items of an upstream list: where the upstream has it, and by what it is found again when rows have
 * come or gone meanwhile.
 */
export interface Place {
  /** Where to ask the upstream to begin, in its own words: an offset, a token, `<creationTime>_<id>`; "" for its start. */
  readonly at: string;
  /** Items behind `at` that lie before the place, where the upstream can be asked for no nearer one. */
  readonly skip: number;
  /** Marks of the last items before the place, the nearest last; none at the start of a list. */
  readonly trail: readonly string[];
  /** What the list is ordered by, of the last item before the place; null where it does not say. */
  readonly key: SortKey | null;
}

/** Where every list begins. */
export const listStart: Place = { at: '', skip: 0, trail: [], key: null };

export type SortKey = number | string;

/** What a list is ordered by, as far as its items show it. */
export interface ListOrder<T> {
  readonly keyOf: (node: T) => SortKey | null;
  readonly direction: 'ASC' | 'DESC';
}

/** Where a place lies, seen from some items that follow each other in the list. */
export type Location =
  /** Right before the item of this index, which is their count where it lies behind the last. */
  | { readonly kind: 'here'; readonly index: number }
  /** Before the first of them, or right there. */
  | { readonly kind: 'earlier' }
  /** Behind the last of them, or right there. */
  | { readonly kind: 'later' }
  /** None of what the place is known by is among them. */
  | { readonly kind: 'unknown' };

/** Items that a place remembers: one more than may vanish beside it without a trace, where a list shows no order. */
export const trailLength = 8;

/**
 * Finds a place among items that follow each other.
 *
 * Where they are in the order that the list claims, the place is behind all that sort before its key, and behind those of
 * its trail that have the same key; so it is found though everything that it remembers is gone. Where they are not, it is
 * behind the nearest item of its trail.
 */
export function locate<T>(
  items: readonly T[],
  place: Place,
  { idOf, order }: { readonly idOf: (node: T) => string; readonly order: ListOrder<T> | undefined },
): Location {
  const ranks = new Map(place.trail.map((mark, rank) => [mark, rank]));
  const rankOf = (node: T): number => ranks.get(markOf(idOf(node))) ?? -1;
  const side = order === undefined ? null : sidesOf(items, place.key, order);
  return side === null ? locateByTrail(items, rankOf) : locateByOrder(items, rankOf, side);
}

/** A short mark of an id: 32 bits of FNV-1a, enough to tell a hundred neighbours apart, and no part of the id. */
export function markOf(id: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(36).padStart(7, '0');
}

/** The place as a text for a cursor. */
export function writePlace({ at, skip, trail, key }: Place): string {
  return JSON.stringify([at, skip, trail.join(''), key]);
}

/** What `writePlace` wrote; texts come from sealed cursors alone, so nothing else comes. */
export function readPlace(text: string): Place {
  const [at, skip, marks, key] = JSON.parse(text) as [string, number, string, SortKey | null];
  return { at, skip, trail: marks.match(/.{7}/g) ?? [], key };
}

/**
 * For each item below 0 where it sorts before the key, above 0 where behind; null where the items are not in the order, so
 * that nothing follows from it.
 */
function sidesOf<T>(
  items: readonly T[],
  key: SortKey | null,
  { keyOf, direction }: ListOrder<T>,
): readonly number[] | null {
  if (key === null || items.length === 0) return null;
  const sign = direction === 'ASC' ? 1 : -1;
  const sides: number[] = [];
  let before: SortKey | null = null;
  for (const item of items) {
    const itemKey = keyOf(item);
    const step = before === null ? 0 : compare(before, itemKey);
    const side = compare(itemKey, key);
    if (step === null || side === null || sign * step > 0) return null;
    sides.push(sign * side);
    before = itemKey;
  }
  return sides;
}

function locateByOrder<T>(
  items: readonly T[],
  rankOf: (node: T) => number,
  sides: readonly number[],
): Location {
  const firstNotBefore = sides.findIndex((side) => side >= 0);
  const lower = firstNotBefore < 0 ? items.length : firstNotBefore;
  // Among equal keys only the trail tells which of them were given already.
  const lastKnown = items.findLastIndex((item, index) => sides[index] === 0 && rankOf(item) >= 0);
  const index = Math.max(lower, lastKnown + 1);
  // Rows of one moment, none of them known: how many of them lie before the place cannot be told by the order.
  if (index === 0) return { kind: sides[0] === 0 ? 'unknown' : 'earlier' };
  return index === items.length && lastKnown < index - 1 ? { kind: 'later' } : { kind: 'here', index };
}

function locateByTrail<T>(items: readonly T[], rankOf: (node: T) => number): Location {
  let nearest = { rank: -1, index: -1 };
  for (const [index, item] of items.entries()) {
    const rank = rankOf(item);
    if (rank > nearest.rank) nearest = { rank, index };
  }
  return nearest.rank < 0 ? { kind: 'unknown' } : { kind: 'here', index: nearest.index + 1 };
}

/**
 * Null where it cannot be told. Nobody says by which rules an upstream sorts names: where two of the usual ones differ,
 * nothing is concluded from either.
 */
function compare(left: SortKey | null, right: SortKey | null): number | null {
  if (left === right) return 0;
  if (left === null || typeof left !== typeof right) return null;
  const order = left < (right as SortKey) ? -1 : 1;
  if (typeof left === 'number') return order;
  return Math.sign(collator.compare(left, String(right))) === order ? order : null;
}

const collator = new Intl.Collator('en');
