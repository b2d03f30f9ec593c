import { withJobEvent } from './job-list';
import type { JobListEvent, JobListFilter } from './job-list';
import type { JobKind, WatchedJob } from './job-types';
import type { StreamOptions } from './stream';

/** Which jobs: the arguments of `jobs` and of `jobsChanged`. */
export interface JobListOptions extends StreamOptions {
  /** Both where left out. */
  readonly kinds?: readonly JobKind[];
  readonly filter?: JobListFilter;
  /** How many the list holds at most, 1 to 100; 20 unless told. */
  readonly first?: number;
}

/** The jobs of the first page. */
export interface JobPage {
  readonly nodes: readonly WatchedJob[];
  readonly pageInfo: { readonly hasNextPage: boolean };
}

export interface JobListSources {
  /** Opens the subscription at once. */
  readonly changes: () => AsyncIterableIterator<JobListEvent<WatchedJob>>;
  readonly page: () => Promise<JobPage>;
}

/**
 * The newest `first` jobs, at once and after each change. The events are opened before the page is asked for, so nothing
 * falls between the two; the page is asked for again where events were missed, or a job left room for one below.
 */
export async function* followJobs(
  { changes, page }: JobListSources,
  { filter, first }: { readonly filter: JobListFilter | undefined; readonly first: number },
): AsyncGenerator<readonly WatchedJob[], void, undefined> {
  const events = changes();
  try {
    let list = await page();
    yield list.nodes;
    for await (const event of events) {
      const next = await after(list, event);
      if (next === list) continue;
      list = next;
      yield list.nodes;
    }
  } finally {
    await events.return?.();
  }

  async function after(list: JobPage, event: JobListEvent<WatchedJob>): Promise<JobPage> {
    if (event.type === 'GAP') return page();
    const changed = withJobEvent(list, event, filter);
    if (changed.nodes.length < list.nodes.length && list.pageInfo.hasNextPage) return page();
    return changed.nodes.length <= first
      ? changed
      : { nodes: changed.nodes.slice(0, first), pageInfo: { hasNextPage: true } };
  }
}
