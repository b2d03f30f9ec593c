import type { DataSources, JobPageRequest, PageRequest, SourcePage } from '../../src/datasources';
import type { ExportJobSource, SegmentJobSource } from '../../src/datasources';
import { UpstreamTimeout } from '../../src/errors/upstream-error';
import type { WatchedJob } from '../../src/subscriptions/job-watchers';
import type { EventLoop } from './event-loop';
import type { CredentialPlan, Kind } from './plan';
import type { UpstreamModel } from './upstream-model';

/** What a call is about: a list, or jobs by id. */
export interface About {
  readonly kind: 'list' | 'job';
  readonly ids: readonly string[];
}

/** One set of sources: who asks, from where, and for how long. */
export interface Asking {
  readonly credential: string;
  readonly replica: string;
  readonly loop: EventLoop;
  /** Told of each upstream call as it is made. */
  called(about: About): void;
  /** Told of each answer as it reaches the replica; null: a good one. */
  answered(about: About, error: Error | null): void;
  /** Told of each job that a good answer shows, behind that. */
  read(watched: WatchedJob): void;
  /** Fires when nobody waits for an answer any more. */
  readonly signal: AbortSignal;
}

/** The part of the data sources by which jobs are watched; segment jobs of one tick come by one call. */
export function upstreamSources(upstream: UpstreamModel, asking: Asking): DataSources {
  const call = (
    about: About,
    answer: (who: CredentialPlan, lagMs: number) => readonly Settled[],
  ): Promise<readonly Settled[]> =>
    new Promise((resolve, reject) => {
      const abandon = (): void => {
        reject(
          new UpstreamTimeout('Nobody waits for it any more', { service: 'segmentation', status: null }),
        );
      };
      if (asking.signal.aborted) {
        abandon();
        return;
      }
      asking.called(about);
      asking.signal.addEventListener('abort', abandon, { once: true });
      upstream.call(asking, answer, (outcome) => {
        asking.loop.enter(() => {
          asking.signal.removeEventListener('abort', abandon);
          // Whoever has hung up hears no answer.
          if (asking.signal.aborted) return;
          asking.answered(about, 'error' in outcome ? outcome.error : null);
          if ('error' in outcome) {
            reject(outcome.error);
            return;
          }
          for (const each of outcome.value) if ('watched' in each) asking.read(each.watched);
          resolve(outcome.value);
        });
      });
    });
  const page = async (kind: Kind, request: JobPageRequest): Promise<SourcePage<WatchedJob['job']>> => {
    const listed = await call({ kind: 'list', ids: [] }, (who, lagMs) =>
      upstream.list(who, kind, lagMs).map((watched) => ({ watched })),
    );
    const { statuses } = request;
    const fits = ({ job }: WatchedJob): boolean => statuses?.includes(job.status) ?? true;
    return toPage(listed.map(watchedOf).filter(fits), request);
  };
  const segmentJobs = {
    byId: bulkReader((ids) =>
      call({ kind: 'job', ids }, (who, lagMs) =>
        ids.map((id) => settled(() => upstream.read(who, 'SEGMENT', id, lagMs))),
      ),
    ),
    page: (request: JobPageRequest) => page('SEGMENT', request),
  };
  const exportJobs = {
    byId: async (id: string) => {
      const [only] = await call({ kind: 'job', ids: [id] }, (who, lagMs) => [
        settled(() => upstream.read(who, 'EXPORT', id, lagMs)),
      ]);
      return watchedOf(only).job;
    },
    page: (request: JobPageRequest) => page('EXPORT', request),
  };
  return {
    segmentJobs: segmentJobs as Partial<SegmentJobSource>,
    exportJobs: exportJobs as unknown as Partial<ExportJobSource>,
  } as DataSources;
}

type Settled = { readonly watched: WatchedJob } | { readonly error: Error };

function settled(read: () => WatchedJob): Settled {
  try {
    return { watched: read() };
  } catch (error) {
    if (error instanceof Error) return { error };
    throw error;
  }
}

function watchedOf(one: Settled | undefined): WatchedJob {
  if (one === undefined) throw new Error('The upstream has no answer');
  if ('error' in one) throw one.error;
  return one.watched;
}

/** Collects the ids of one tick. */
function bulkReader(read: (ids: readonly string[]) => Promise<readonly Settled[]>): SegmentJobSource['byId'] {
  let batch: { readonly ids: string[]; readonly answers: Promise<readonly Settled[]> } | null = null;
  return async (id) => {
    if (batch === null) {
      const ids: string[] = [];
      const answers = Promise.resolve().then(() => {
        batch = null;
        return read(ids);
      });
      batch = { ids, answers };
    }
    const { ids, answers } = batch;
    const place = ids.includes(id) ? ids.indexOf(id) : ids.push(id) - 1;
    const watched = watchedOf((await answers)[place]);
    if (watched.kind !== 'SEGMENT') throw new Error(`${id} is no segment job`);
    return watched.job;
  };
}

function toPage(jobs: readonly WatchedJob[], { first, after }: PageRequest): SourcePage<WatchedJob['job']> {
  const start = after === undefined ? 0 : jobs.findIndex(({ job }) => String(job.id) === after) + 1;
  const edges = jobs.slice(start, start + first).map(({ job }) => ({ cursor: String(job.id), node: job }));
  return {
    edges,
    hasNextPage: start + first < jobs.length,
    hasPreviousPage: start > 0,
    totalCount: null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
}
