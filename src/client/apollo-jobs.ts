import type { DocumentNode } from 'graphql';
import type { DocumentTypes } from './document';
import { withJobEvent } from './job-list';
import type { JobList, JobListEvent, JobListFilter, ListedJob } from './job-list';

/** `subscribeToMore` and `refetch` of `useQuery`, or of an ObservableQuery. */
export interface JobsQuery {
  readonly subscribeToMore: (options: never) => () => void;
  readonly refetch: () => Promise<unknown>;
}

interface JobsData {
  readonly jobs: JobList<ListedJob>;
}
interface JobsChangedData {
  readonly jobsChanged: JobListEvent<ListedJob>;
}
interface UpdateOptions {
  readonly previousData?: JobsData | undefined;
  readonly complete: boolean;
  readonly subscriptionData: { readonly data: JobsChangedData };
}

/**
 * Keeps a page of `jobs` up to date by `jobsChanged`: give it to `useEffect`, and it ends with the component.
 *
 * The query answers `jobs { nodes { id status createdAt … } }`, the subscription `jobsChanged { type job { … } }` with the
 * same fields of a job (one fragment for both); `variables` are those of both. Where events were missed it asks again.
 *
 * @returns the end of it.
 */
export function followJobs<TVariables extends { readonly filter?: JobListFilter | null }>(
  query: JobsQuery,
  document: DocumentNode & DocumentTypes<JobsChangedData, TVariables>,
  variables?: TVariables,
): () => void {
  const subscribeToMore = query.subscribeToMore as (options: {
    readonly document: unknown;
    readonly variables: unknown;
    readonly updateQuery: (previous: unknown, options: UpdateOptions) => JobsData | undefined;
  }) => () => void;
  // What happened while the first page was on its way.
  let waiting: readonly JobListEvent<ListedJob>[] = [];
  return subscribeToMore({
    document,
    variables,
    updateQuery: (_previous, { complete, previousData, subscriptionData }) => {
      const event = subscriptionData.data.jobsChanged;
      if (event.type === 'GAP') void query.refetch().catch(() => undefined);
      waiting = [...waiting, event];
      if (!complete || previousData === undefined) return undefined;
      const happened = waiting;
      waiting = [];
      const jobs = happened.reduce(
        (list, each) => withJobEvent(list, each, variables?.filter),
        previousData.jobs,
      );
      return jobs === previousData.jobs ? undefined : { ...previousData, jobs };
    },
  });
}

/** What of Apollo's cache is needed to take a thing out. */
export interface EvictingCache {
  readonly identify: (object: { readonly __typename: string; readonly id: string }) => string | undefined;
  readonly evict: (options: { readonly id: string }) => boolean;
  readonly gc: () => unknown;
}

/**
 * Takes a thing that was deleted out of the cache, and so out of every list that shows it: the `update` of a mutation.
 * Lists need `audienceCacheOptions`.
 */
export function evictDeleted(cache: EvictingCache, typename: string, id: string): void {
  const known = cache.identify({ __typename: typename, id });
  if (known === undefined) return;
  cache.evict({ id: known });
  cache.gc();
}
