import { graphql } from 'graphql';
import type { ExecutionResult, GraphQLSchema } from 'graphql';
import { pino } from 'pino';
import type { DataSources } from '../../src/datasources';
import { bindCursors } from '../../src/datasources/list-cursors';
import { createTextSeal } from '../../src/lib/text-seal';
import type { GatewayContext } from '../../src/resolvers/context';
import { withPartialErrors } from '../../src/server/partial-errors';
import { buildGatewaySchema } from '../../src/server/schema';
import type { Destinations } from '../../src/destinations/apply-template';
import type { AudienceRuns } from '../../src/runs/audience-runs';
import type { GatewayState } from '../../src/state/open-gateway-state';
import type { JobChange, JobWatchers } from '../../src/subscriptions/job-watchers';
import { ada } from './fake-upstream';

/** Parts of a context; what a query does not ask for need not be there. */
export interface ContextParts {
  readonly sources?: { readonly [Noun in keyof DataSources]?: Partial<DataSources[Noun]> };
  /** What a watcher of any job says, in order; it then waits for ever. */
  readonly changes?: readonly JobChange[];
  /** Fires when the client leaves. */
  readonly signal?: AbortSignal;
  /** What a watcher of any job throws behind its changes. */
  readonly watchFailure?: Error;
  readonly now?: Date;
  readonly mode?: 'EMBEDDED' | 'ADOBE';
  /** What the upstream says to a caller whom it does not let into the sandbox; it does where this is left out. */
  readonly refusal?: Error;
  readonly runs?: Partial<AudienceRuns>;
  /** What the gateway itself remembers. */
  readonly state?: Partial<GatewayState>;
  readonly destinations?: Destinations;
}

export interface TestContext {
  readonly context: GatewayContext;
  /** Jobs that a mutation has had looked at, e.g. `SEGMENT 1`. */
  readonly nudged: string[];
  readonly released: { count: number };
}

let schema: GraphQLSchema | null = null;

/** Runs one operation through the real schema and resolvers, with a few fakes at the foot. */
export async function runQuery(
  query: string,
  { context }: TestContext,
  variableValues: Readonly<Record<string, unknown>> = {},
): Promise<ExecutionResult> {
  schema ??= buildGatewaySchema();
  const answer = await graphql({ schema, source: query, contextValue: context, variableValues });
  const result = withPartialErrors(answer, context);
  // As a client would get it: dates and the like as text, objects without prototypes as plain ones.
  return JSON.parse(JSON.stringify(result)) as ExecutionResult;
}

export function createTestContext(parts: ContextParts = {}): TestContext {
  const nudged: string[] = [];
  const released = { count: 0 };
  const sources = strictly(parts.sources ?? {}, 'source') as unknown as DataSources;
  const context: GatewayContext = {
    requestId: 'request-1',
    caller: ada,
    callers: { current: () => ada, follow: () => () => undefined, leave: () => undefined },
    upstream: {
      mode: parts.mode ?? 'EMBEDDED',
      credential: 'EMBEDDED',
      tokenEndsAt: () => null,
      health: () => [],
    },
    sources,
    freshSources: () => sources,
    cursors: bindCursors(createTextSeal('a secret of this test, of any length', 'cursors'), ada),
    watchers: createWatchers(parts, nudged, released),
    downloadLinks: {
      create: (_caller, { fileId, name }) =>
        Promise.resolve(`https://gateway.example/files/${fileId}/${name}`),
      open: () => Promise.resolve(null),
    },
    runs: strictly(parts.runs ?? {}, 'runs') as AudienceRuns,
    access: {
      prove: () => (parts.refusal === undefined ? Promise.resolve() : Promise.reject(parts.refusal)),
    },
    destinations: strictly(parts.destinations ?? {}, 'destinations') as Destinations,
    state: strictly(parts.state ?? {}, 'state') as GatewayState,
    now: () => parts.now ?? new Date('2026-01-01T00:00:00Z'),
    signal: parts.signal ?? new AbortController().signal,
    log: pino({ level: 'silent' }),
  };
  return { context, nudged, released };
}

function createWatchers(
  { changes = [], watchFailure }: Pick<ContextParts, 'changes' | 'watchFailure'>,
  nudged: string[],
  released: { count: number },
): JobWatchers {
  return {
    watch: () => {
      const queue = [...changes];
      return {
        next: () => {
          const value = queue.shift();
          if (value === undefined && watchFailure !== undefined) return Promise.reject(watchFailure);
          return value === undefined
            ? new Promise<never>(() => undefined)
            : Promise.resolve({ done: false, value });
        },
        return: () => {
          released.count += 1;
          return Promise.resolve({ done: true, value: undefined });
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
    watchAll: () => {
      throw new Error('This test has no jobs of a sandbox');
    },
    nudge: (_caller, kind, id) => void nudged.push(`${kind} ${id}`),
    stats: () => ({ subscribers: 0, watchedJobs: 0, upstreamPolls: 0, pollsSaved: 0 }),
    close: () => Promise.resolve(),
  };
}

/** A fake that says which of its parts was missing, instead of "undefined is not a function". */
function strictly(parts: object, what: string): object {
  return new Proxy(parts, {
    get(target, name) {
      const part: unknown = Reflect.get(target, name);
      if (part === undefined && typeof name === 'string') throw new Error(`This test has no ${what} ${name}`);
      return typeof part === 'object' && part !== null ? strictly(part, `${what} ${String(name)}.`) : part;
    },
  });
}

/** One page that holds these and no more. */
export function pageOf<T extends { readonly id: unknown }>(
  nodes: readonly T[],
): {
  edges: { cursor: string; node: T }[];
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  totalCount: number;
  endCursor: string | null;
} {
  const edges = nodes.map((node) => ({ cursor: `cursor-${String(node.id)}`, node }));
  return {
    edges,
    hasNextPage: false,
    hasPreviousPage: false,
    totalCount: nodes.length,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
}
