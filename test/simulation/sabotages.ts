import type { DataSources, JobPageRequest } from '../../src/datasources';
import { UpstreamRateLimited, UpstreamUnavailable } from '../../src/errors/upstream-error';
import { createJobWatchers } from '../../src/subscriptions/create-job-watchers';
import type {
  JobChange,
  JobWatchers,
  WatchAllRequest,
  WatchRequest,
} from '../../src/subscriptions/job-watchers';
import type { Wishes } from './make-plan';
import type { WorldOptions } from './world';

/** Something that is done to the watchers, or to what they stand on, and that a check must notice. */
export interface Sabotage {
  readonly what: string;
  readonly options: WorldOptions;
  readonly wishes?: Wishes;
  /** The first seed; unless given, the same for all. */
  readonly from?: number;
  /** What is said of it. */
  readonly noticed: RegExp;
}

export const sabotages: readonly Sabotage[] = [
  {
    what: 'a subscriber is told the end twice',
    options: telling((change) => (change.type === 'TERMINAL' ? [change, change] : [change])),
    noticed: /after its end/,
  },
  {
    what: 'the end is not told',
    options: telling((change) => (change.type === 'TERMINAL' ? [] : [change])),
    noticed: /complete without TERMINAL/,
  },
  {
    what: 'no SNAPSHOT is told',
    options: telling((change) => (change.type === 'SNAPSHOT' ? [] : [change])),
    noticed: /where a stream begins or goes on|of which nothing was said|complete without TERMINAL/,
  },
  {
    what: 'a GAP is not told',
    options: telling((change) => (change.type === 'GAP' ? [] : [change])),
    noticed: /SNAPSHOT where a stream begins or goes on|which was known|SNAPSHOT in the middle/,
  },
  {
    what: 'a status is left out',
    options: telling((change) =>
      change.watched?.job.status === 'PROCESSING' && change.type === 'STATUS' ? [] : [change],
    ),
    noticed: /was told|but it was/,
  },
  {
    what: 'a token is no part of a topic',
    options: {
      createWatchers: (options) => createJobWatchers({ ...options, topicKey: ({ orgId }) => orgId }),
    },
    noticed: /not for him|after his token was revoked|after its token was refused|for nobody/,
  },
  {
    what: 'a tenant is no part of a topic',
    options: { createWatchers: (options) => createJobWatchers({ ...options, topicKey: () => 'everyone' }) },
    noticed: /not for him|after his token was revoked|after its token was refused|for nobody/,
  },
  {
    what: 'entries of the log do not reach those who follow',
    options: { slips: { hidesEntries: true } },
    noticed: /has not heard the end|was told|but it was|was told neither/,
  },
  {
    what: 'all replicas are given the lease',
    options: { slips: { sharesLeases: true } },
    wishes: { hasFaults: false },
    noticed: /as does another/,
  },
  {
    what: 'stale fences are taken',
    options: { slips: { takesStaleFences: true } },
    wishes: { watches: 'all', hasBackbone: true, replicas: 2, spares: ({ kind }) => kind !== 'stall' },
    // It harms only where nothing happens any more, in one history of two hundred: what both append sorts itself out.
    from: 100_410,
    noticed: /as does another/,
  },
  {
    what: 'looks come too rarely',
    options: {
      createWatchers: (options) =>
        createJobWatchers({ ...options, cadence: { youngMs: 15_000, freshMs: 15_000 } }),
    },
    wishes: { hasFaults: false },
    noticed: /was not told that job/,
  },
  {
    what: 'who comes is shown what others were shown before',
    options: { createWatchers: (options) => showingOld(createJobWatchers(options)) },
    noticed: /as it was before it was read/,
  },
  {
    what: 'watchers go by the wall clock',
    options: {
      createWatchers: (options) =>
        createJobWatchers({ ...options, monotonicMs: () => options.clock().getTime() }),
    },
    noticed: /has not heard the end|a timer of/,
  },
  {
    what: 'the budget of calls is not kept',
    options: { createWatchers: ({ budget: _budget, ...options }) => createJobWatchers(options) },
    noticed: /within 10000 ms/,
  },
  {
    what: 'nobody waits as long as the upstream says',
    options: { createWatchers: (options) => hasty(createJobWatchers(options)) },
    noticed: /has told it to wait/,
  },
  {
    what: 'who leaves is not let go',
    options: { createWatchers: (options) => holdingOn(createJobWatchers(options)) },
    noticed: /for nobody|though all have left|though nobody/,
  },
  {
    what: 'a timer is left behind',
    options: {
      createWatchers: (options) => {
        options.timers.schedule(3_600_000, () => undefined);
        return createJobWatchers(options);
      },
    },
    noticed: /timers though/,
  },
  {
    what: 'a rejection is not handled',
    options: {
      createWatchers: (options) => {
        options.timers.schedule(5_000, () => void Promise.reject(new Error('nobody cares')));
        return createJobWatchers(options);
      },
    },
    noticed: /a rejection that nobody handled: Error: nobody cares/,
  },
];

/** Watchers of which the streams tell something else. */
function telling(tell: (change: JobChange) => readonly JobChange[]): WorldOptions {
  return {
    createWatchers: (options) => {
      const watchers = createJobWatchers(options);
      return wrapped(watchers, {
        watch: (request) => retold(watchers.watch(request), tell),
        watchAll: (request) => retold(watchers.watchAll(request), tell),
      });
    },
  };
}

/** Each SNAPSHOT of a job is the first that a process has made of it, until the job has ended. */
function showingOld(watchers: JobWatchers): JobWatchers {
  const first = new Map<string, JobChange>();
  const tell = (change: JobChange): readonly JobChange[] => {
    const key = String(change.watched?.job.id);
    if (change.type !== 'SNAPSHOT') return [change];
    first.set(key, first.get(key) ?? change);
    return [{ ...change, watched: first.get(key)?.watched ?? null }];
  };
  return wrapped(watchers, {
    watch: (request) => retold(watchers.watch(request), tell),
    watchAll: (request) => retold(watchers.watchAll(request), tell),
  });
}

/** Leaving does not reach the watchers. */
function holdingOn(watchers: JobWatchers): JobWatchers {
  return wrapped(watchers, {
    watch: (request) => deaf(watchers.watch(request)),
    watchAll: (request) => deaf(watchers.watchAll(request)),
  });
}

/** They are told that the upstream is away when it wants to be left alone. */
function hasty(watchers: JobWatchers): JobWatchers {
  const sources = <Request extends WatchRequest | WatchAllRequest>(request: Request): Request => ({
    ...request,
    freshSources: (tally) => hastySources(request.freshSources(tally)),
  });
  return wrapped(watchers, {
    watch: (request) => watchers.watch(sources(request)),
    watchAll: (request) => watchers.watchAll(sources(request)),
  });
}

function hastySources(sources: DataSources): DataSources {
  const hastily =
    <Args extends readonly unknown[], T>(read: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> =>
      read(...args).catch((error: unknown) => {
        if (!(error instanceof UpstreamRateLimited)) throw error;
        throw new UpstreamUnavailable('It is away', { service: 'segmentation', status: 503 });
      });
  const { segmentJobs, exportJobs } = sources;
  return {
    ...sources,
    segmentJobs: {
      ...segmentJobs,
      byId: hastily((id: string) => segmentJobs.byId(id)),
      page: hastily((request: JobPageRequest) => segmentJobs.page(request)),
    },
    exportJobs: {
      ...exportJobs,
      byId: hastily((id: string) => exportJobs.byId(id)),
      page: hastily((request: JobPageRequest) => exportJobs.page(request)),
    },
  };
}

function wrapped(watchers: JobWatchers, changed: Pick<JobWatchers, 'watch' | 'watchAll'>): JobWatchers {
  return {
    ...changed,
    nudge: (caller, kind, id) => {
      watchers.nudge(caller, kind, id);
    },
    stats: () => watchers.stats(),
    close: () => watchers.close(),
  };
}

type Stream = AsyncIterableIterator<JobChange>;

function retold(stream: Stream, tell: (change: JobChange) => readonly JobChange[]): Stream {
  const queue: JobChange[] = [];
  const next = async (): Promise<IteratorResult<JobChange>> => {
    for (;;) {
      const first = queue.shift();
      if (first !== undefined) return { done: false, value: first };
      const result = await stream.next();
      if (result.done === true) return result;
      queue.push(...tell(result.value));
    }
  };
  return iterator(next, () => stream.return?.() ?? nothing());
}

function deaf(stream: Stream): Stream {
  return iterator(() => stream.next(), nothing);
}

function nothing(): Promise<IteratorResult<JobChange>> {
  return Promise.resolve({ done: true, value: undefined });
}

function iterator(next: () => Promise<IteratorResult<JobChange>>, leave: typeof nothing): Stream {
  const stream: Stream = { next, return: leave, [Symbol.asyncIterator]: () => stream };
  return stream;
}
