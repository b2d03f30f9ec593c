import type { SchemePage } from './paging-scheme';
import { markOf, trailLength } from './place';
import type { ListOrder, Place } from './place';

/** What the ways of reading a list need to know of its items. */
export interface ListItems<T> {
  idOf(node: T): string;
  /** What the list is ordered by; by it a place is found again though all that stood beside it are gone. */
  readonly order?: ListOrder<T> | undefined;
}

/**
 * The items of an answer from an index on, each with the place right behind it. Places are made only when somebody asks:
 * of most items nobody wants the cursor.
 *
 * @param before the place behind which the answer was asked for.
 * @param at where the upstream has the place behind an item.
 */
export function itemsBehind<T>(
  list: ListItems<T>,
  answer: {
    readonly items: readonly T[];
    readonly from: number;
    readonly before: Place;
    at(index: number): Pick<Place, 'at' | 'skip'>;
  },
): SchemePage<T>['items'] {
  const { items, from, before } = answer;
  return items.slice(from).map((node, offset) => {
    const index = from + offset;
    return {
      node,
      after: () => {
        const near = items.slice(Math.max(from, index + 1 - trailLength), index + 1);
        const marks = near.map((item) => markOf(list.idOf(item)));
        return {
          ...answer.at(index),
          trail: [...before.trail, ...marks].slice(-trailLength),
          key: list.order?.keyOf(node) ?? null,
        };
      },
    };
  });
}
