import type { Reply, SeenCall } from './fake-upstream';

const jobsById = '/data/core/ups/segment/jobs/bulk-get';

/** An upstream whose segment jobs stand as the test sets them; by token, who is let in. */
export interface FollowedJobs {
  /** Of each job by its id; one that is not here is not there. */
  readonly statuses: Map<string, string>;
  /** Segments of each job, with ids of a thousand letters, to make it heavy. */
  weight: number;
  /** True while it does not say who is let in. */
  isAway: boolean;
  /** Tokens that are answered 401. */
  readonly refusedTokens: Set<string>;
  readonly answer: (call: SeenCall) => Reply | undefined;
}

export function followedJobs(statuses: Readonly<Record<string, string>>): FollowedJobs {
  const jobs: FollowedJobs = {
    statuses: new Map(Object.entries(statuses)),
    weight: 0,
    isAway: false,
    refusedTokens: new Set(),
    answer: ({ path, body, headers }) => {
      if (jobs.refusedTokens.has(headers.authorization ?? ''))
        return { status: 401, json: { error_code: '401013', message: 'Oauth token is not valid' } };
      const jobOf = (id: string): unknown => ({
        id,
        status: jobs.statuses.get(id),
        segments: Array.from({ length: jobs.weight }, (_, at) => ({
          segmentId: `${String(at)}${'s'.repeat(1_000)}`,
        })),
        creationTime: 1,
        updateTime: 1,
      });
      if (path === jobsById) {
        const ids = (body as { ids: { id: string }[] }).ids
          .map(({ id }) => id)
          .filter((id) => jobs.statuses.has(id));
        return { status: 207, json: { results: Object.fromEntries(ids.map((id) => [id, jobOf(id)])) } };
      }
      if (path === '/data/core/ups/segment/definitions')
        return jobs.isAway
          ? { status: 503, json: {} }
          : { json: { segments: [], page: { totalCount: 0, totalPages: 0, limit: 1 } } };
      if (path === '/data/core/ups/segment/jobs') {
        const children = [...jobs.statuses.keys()].map(jobOf).toReversed();
        return { json: { children, _page: { totalCount: children.length }, _links: { next: {} } } };
      }
      const id = /\/segment\/jobs\/([\w-]+)$/.exec(path)?.[1] ?? '';
      return jobs.statuses.has(id) ? { json: jobOf(id) } : undefined;
    },
  };
  return jobs;
}
