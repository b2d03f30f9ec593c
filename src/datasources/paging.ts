import type { UpstreamInvalidResponse, UpstreamService } from '../errors/upstream-error';
import type { PageRequest, SourcePage } from './index';
import { maxUpstreamLimit } from './follow-offsets';
import { PageBudget } from './paging-scheme';
import type { ListItem, PagingScheme, SchemePage } from './paging-scheme';
import type { CursorsOfList, ListCursors } from './list-cursors';
import { listStart, readPlace, writePlace } from './place';
import type { Place } from './place';
import { invalidResponse } from './upstream-answer';

export interface ListRequest<T> {
  readonly cursors: ListCursors;
  /** Names the list, its filter and its order: a cursor of another one is refused. */
  readonly binding: readonly unknown[];
  readonly scheme: PagingScheme<T>;
  readonly page: PageRequest;
  /** What the upstream cannot filter. */
  readonly filter?: ((node: T) => boolean) | undefined;
  /** True from the first node on behind which nothing can match: the list is ordered by what the filter asks. */
  readonly isPast?: ((node: T) => boolean) | undefined;
}

/**
 * Reads one page of any upstream list, filtering here what the upstream cannot.
 *
 * The page may be short, even empty, with `hasNextPage` true where 20 upstream pages held too few matches: `endCursor`
 * goes on behind them.
 *
 * What was read of a list answers although it cannot be read on (its pages go round in a circle, its link leads nowhere):
 * it ends there, and `trouble` says why.
 *
 * @throws BadCursor for a cursor of another list, filter, order or tenant; UpstreamError
 */
export async function readPage<T>(request: ListRequest<T>): Promise<SourcePage<T>> {
  const { page } = request;
  const cursors = request.cursors.of(request.binding);
  const start = page.after === undefined ? listStart : readPlace(cursors.read(page.after));
  const { matches, rest, totalCount, trouble, isCutShort } = await collect(request, start);
  const edges = matches.slice(0, page.first).map((item) => new SourceEdge(item, cursors));
  const isCount = request.filter === undefined && totalCount !== null && totalCount >= matches.length;
  return {
    edges,
    hasNextPage: matches.length > page.first || rest !== null,
    hasPreviousPage: page.after !== undefined,
    // A count below what is there is none (quirk P8).
    totalCount: isCount ? totalCount : null,
    ...(trouble !== undefined && matches.length <= page.first && { trouble }),
    get endCursor() {
      if (isCutShort && rest !== null) return cursors.write(writePlace(rest));
      return edges.at(-1)?.cursor ?? null;
    },
  };
}

/** Cursors cost more than all else of an edge, and most are never read. */
class SourceEdge<T> {
  #cursor: string | null = null;

  constructor(
    private readonly item: ListItem<T>,
    private readonly cursors: CursorsOfList,
  ) {}

  get node(): T {
    return this.item.node;
  }

  get cursor(): string {
    return (this.#cursor ??= this.cursors.write(writePlace(this.item.after())));
  }
}

interface Found<T> {
  /** Up to one more than asked, which tells that there is a next page. */
  readonly matches: readonly ListItem<T>[];
  /** Where the unread rest of the list begins; null where it is read to its end. */
  readonly rest: Place | null;
  readonly totalCount: number | null;
  readonly trouble?: UpstreamInvalidResponse | undefined;
  /** The bound of upstream pages ended the search. */
  readonly isCutShort: boolean;
}

async function collect<T>(request: ListRequest<T>, start: Place): Promise<Found<T>> {
  const { scheme, page, filter, isPast } = request;
  const needed = filter === undefined && scheme.tellsEnd ? page.first : page.first + 1;
  const budget = new PageBudget();
  const circle = new CircleGuard(scheme.service);
  const matches: ListItem<T>[] = [];
  const seenIds = new Set<string>();
  let rest: Place | null = start;
  let totalCount: number | null = null;
  let trouble: UpstreamInvalidResponse | undefined;
  while (rest !== null && matches.length < needed && !budget.isSpent) {
    const limit = filter === undefined ? countToAsk(needed, matches.length) : maxUpstreamLimit;
    const answer: SchemePage<T> = await scheme.fetch(rest, Math.min(limit, maxUpstreamLimit), budget);
    totalCount ??= answer.totalCount;
    const fresh = answer.items.filter(({ node }) => isNew(seenIds, scheme.idOf(node)));
    for (const item of fresh) {
      if (isPast?.(item.node) === true) return { matches, rest: null, totalCount, isCutShort: false };
      if (filter === undefined || filter(item.node)) matches.push(item);
    }
    trouble = answer.trouble ?? circle.note(answer.next, { isBarren: fresh.length === 0 && !budget.isSpent });
    rest = trouble === undefined ? answer.next : null;
    if (filter === undefined && matches.length >= page.first && answer.isNextSure === true) break;
  }
  const isCutShort = matches.length < needed && matches.length <= page.first;
  return { matches, rest, totalCount, trouble, isCutShort };
}

/** Few more are read for the rest of a page, lest a list that moves quickly shows nothing but what came before. */
function countToAsk(needed: number, found: number): number {
  return found === 0 ? needed : Math.max(needed - found, 20);
}

/** A list that moves while it is read may show a record twice; a connection does not. */
function isNew(seenIds: Set<string>, id: string): boolean {
  if (seenIds.has(id)) return false;
  seenIds.add(id);
  return true;
}

/** Notices a list that never ends: pages that hold nothing new and lead back, or several on end. */
class CircleGuard {
  private barrenCount = 0;
  private readonly visited = new Set<string>();

  constructor(private readonly service: UpstreamService) {}

  /** What is wrong with going on to a place; nothing as a rule. */
  note(
    next: Place | null,
    { isBarren }: { readonly isBarren: boolean },
  ): UpstreamInvalidResponse | undefined {
    // One alone may be chance, where as many rows came as a page holds.
    this.barrenCount = isBarren ? this.barrenCount + 1 : 0;
    if (next === null) return undefined;
    // A list of offsets that moves may come back to one and go on from there.
    const leadsBack = isBarren && this.visited.has(next.at) && !/^\d+$/.test(next.at);
    this.visited.add(next.at);
    if (!leadsBack && this.barrenCount <= 1) return undefined;
    return invalidResponse(this.service, 'the pages of a list go round in a circle');
  }
}
