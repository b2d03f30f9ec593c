import type { UpstreamInvalidResponse, UpstreamService } from '../errors/upstream-error';
import type { Place } from './place';

/** Items of a list as a scheme reads them on behind a place. */
export interface SchemePage<T> {
  /** `after` is the place right behind the item. */
  readonly items: readonly ListItem<T>[];
  /** Null at the end of the list. */
  readonly next: Place | null;
  /** True where the upstream itself says that there is more; else it may turn out to be the end. */
  readonly isNextSure?: boolean;
  readonly totalCount: number | null;
  /** Why the list cannot be read on behind these items, though the upstream says that it goes on; then `next` is null. */
  readonly trouble?: UpstreamInvalidResponse | undefined;
}

export interface ListItem<T> {
  readonly node: T;
  readonly after: () => Place;
}

/** How one upstream list is paged; one adapter per resource. */
export interface PagingScheme<T> {
  readonly service: UpstreamService;
  /** Some items from a place on: about `limit`, none where the search for the place took all of the budget. @throws UpstreamError */
  fetch(place: Place, limit: number, budget: PageBudget): Promise<SchemePage<T>>;
  idOf(node: T): string;
  /** True where `next` is null exactly at the end, so that no look ahead is needed. */
  readonly tellsEnd: boolean;
}

/** Pages of the upstream that one request may read. */
export class PageBudget {
  private left = maxUpstreamPages;

  /** To be called before each page. */
  take(): void {
    this.left -= 1;
  }

  get isSpent(): boolean {
    return this.left <= 0;
  }

  /** One page may be read, or none. */
  get isAlmostSpent(): boolean {
    return this.left <= 1;
  }
}

export const maxUpstreamPages = 20;
