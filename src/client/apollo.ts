/** What Apollo Client's cache must be told of the gateway's schema; spread it into `new InMemoryCache(…)`. */
export { evictDeleted, followJobs } from './apollo-jobs';
export type { EvictingCache, JobsQuery } from './apollo-jobs';

interface PageInfo {
  readonly startCursor?: string | null;
  readonly endCursor?: string | null;
  readonly hasNextPage?: boolean;
  readonly hasPreviousPage?: boolean;
}

/** A connection in the cache: pages joined, and how many nodes there are up to the end of each page. */
interface CachedConnection {
  readonly edges?: readonly unknown[];
  readonly nodes?: readonly unknown[];
  readonly pageInfo?: PageInfo;
  readonly ends?: Readonly<Record<string, number>>;
}

type Args = Readonly<Record<string, unknown>> | null;

interface ReadOptions {
  readonly canRead: (thing: never) => boolean;
  readonly readField: (name: 'node', from: never) => unknown;
}

interface FieldPolicy {
  readonly read: (
    existing: CachedConnection | undefined,
    options: ReadOptions,
  ) => CachedConnection | undefined;
  readonly keyArgs: (args: Args) => string[];
  readonly merge: (
    existing: CachedConnection | undefined,
    incoming: CachedConnection,
    options: { readonly args: Args },
  ) => CachedConnection;
}

/**
 * Joins the pages of a connection, by whatever of `edges` and `nodes` is selected: `fetchMore({ variables: { after } })`
 * is all that a "more" button needs. A page that is asked for again takes its own place; the first page begins anew.
 * Lists of other filters and orders stay apart.
 */
const connection: FieldPolicy = {
  // Apollo leaves things that were evicted out of `nodes` by itself, but not the edges that lead to them.
  read: (existing, { canRead, readField }) =>
    existing?.edges === undefined
      ? existing
      : {
          ...existing,
          edges: existing.edges.filter((edge) => {
            const node = readField('node', edge as never);
            return node === undefined || canRead(node as never);
          }),
        },
  keyArgs: (args) => Object.keys(args ?? {}).filter((name) => name !== 'first' && name !== 'after'),
  merge: (existing, incoming, { args }) => {
    const after = args?.['after'];
    const before = typeof after === 'string' && existing !== undefined ? existing : {};
    const at = (typeof after === 'string' ? before.ends?.[after] : undefined) ?? lengthOf(before);
    const joined = {
      ...before,
      ...incoming,
      ...((incoming.edges ?? before.edges) && { edges: join(before.edges, incoming.edges, at) }),
      ...((incoming.nodes ?? before.nodes) && { nodes: join(before.nodes, incoming.nodes, at) }),
      ...(incoming.pageInfo && { pageInfo: joinPageInfo(before.pageInfo, incoming.pageInfo) }),
    };
    const end = incoming.pageInfo?.endCursor;
    return typeof end === 'string'
      ? { ...joined, ends: { ...before.ends, [end]: lengthOf(joined) } }
      : joined;
  },
};

function join(
  before: readonly unknown[] | undefined,
  incoming: readonly unknown[] | undefined,
  at: number,
): readonly unknown[] {
  return [...(before ?? []).slice(0, at), ...(incoming ?? [])];
}

function lengthOf({ edges, nodes }: CachedConnection): number {
  return (nodes ?? edges ?? []).length;
}

function joinPageInfo(before: PageInfo | undefined, incoming: PageInfo): PageInfo {
  if (before === undefined) return incoming;
  const { startCursor, hasPreviousPage } = before;
  return {
    ...incoming,
    ...(startCursor !== undefined && { startCursor }),
    ...(hasPreviousPage !== undefined && { hasPreviousPage }),
  };
}

interface ReadPolicy {
  readonly read: <T>(
    existing: T | undefined,
    options: {
      readonly args: Args;
      readonly toReference: (object: { __typename: string; id: string }) => unknown;
    },
  ) => unknown;
}

/** A page of one thing shows what a list has loaded of it already, and asks only for the rest. */
function byId(typename: string): ReadPolicy {
  return {
    read: (existing, { args, toReference }) => {
      const id = args?.['id'];
      // null stays: it says that there is none.
      return existing === undefined && typeof id === 'string'
        ? toReference({ __typename: typename, id })
        : existing;
    },
  };
}

/** What a job found at one moment; counts of two moments are never mixed. */
const snapshot = {
  merge: <T>(
    existing: T | undefined,
    incoming: T,
    options: {
      readonly readField: (name: 'at', from: never) => unknown;
      readonly mergeObjects: (existing: T, incoming: T) => T;
    },
  ): T => {
    const at = (from: T | undefined): unknown =>
      from === undefined ? undefined : options.readField('at', from as never);
    return existing !== undefined && existing !== null && incoming !== null && at(existing) === at(incoming)
      ? options.mergeObjects(existing, incoming)
      : incoming;
  },
};

const possibleTypes = { Job: ['SegmentJob', 'ExportJob'] };

const typePolicies = {
  Query: {
    fields: {
      segments: connection,
      segmentJobs: connection,
      exportJobs: connection,
      jobs: connection,
      schedules: connection,
      audienceTemplates: connection,
      datasets: connection,
      mergePolicies: connection,
      audienceRuns: connection,
      segment: byId('Segment'),
      segmentJob: byId('SegmentJob'),
      exportJob: byId('ExportJob'),
      schedule: byId('Schedule'),
      audienceTemplate: byId('AudienceTemplate'),
      dataset: byId('Dataset'),
      batch: byId('Batch'),
      mergePolicy: byId('MergePolicy'),
      preview: byId('Preview'),
      audienceRun: byId('AudienceRun'),
    },
  },
  Segment: { fields: { jobs: connection, exportJobs: connection } },
  Schedule: { fields: { jobs: connection } },
  Dataset: { fields: { batches: connection } },
  Preview: { fields: { profiles: connection } },
  // There is one, whoever asks.
  Session: { keyFields: [] as string[] },
  // Its id is unique within its namespace only.
  Identity: { keyFields: false as const },
  // They belong to what holds them: what several queries select of them is one thing.
  JobProgress: { merge: true },
  Expression: { merge: true },
  Estimate: { merge: true },
  AudienceSnapshot: snapshot,
} as const;

/**
 * `new InMemoryCache(audienceCacheOptions)`: which types are jobs, how pages join, what has an id of its own. To add
 * policies of your own, spread `typePolicies`. One cache is for one org and sandbox: make a new one for another.
 */
export const audienceCacheOptions = { possibleTypes, typePolicies };
