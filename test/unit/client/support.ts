import type { Reply, SeenCall } from '../../support/fake-upstream';

export const jobId = 'b31aed3d-b3b1-4613-98c6-7d3846e8d48f';

/** An upstream with one segment job whose state a test sets; `looks` counts how often it was read. */
export interface JobUpstream {
  status: 'PROCESSING' | 'SUCCEEDED' | 'FAILED';
  progress: number;
  looks: number;
  answer(call: SeenCall): Reply | undefined;
}

export function createJobUpstream(endsAtLook: number): JobUpstream {
  const upstream: JobUpstream = {
    status: 'PROCESSING',
    progress: 0.1,
    looks: 0,
    answer: ({ path, body }) => {
      if (path.endsWith('/definitions/forbidden')) return { status: 403, json: { title: 'Not for you' } };
      const isList = path === '/data/core/ups/segment/jobs/bulk-get';
      if (!isList && path !== `/data/core/ups/segment/jobs/${jobId}`) return undefined;
      upstream.looks += 1;
      upstream.progress = Math.min(0.9, upstream.looks / 10);
      if (upstream.looks >= endsAtLook) upstream.status = 'SUCCEEDED';
      const job = {
        id: jobId,
        status: upstream.status,
        segments: [{ segmentId: 's1' }],
        ...(upstream.status === 'PROCESSING' && { progress: upstream.progress }),
        metrics: upstream.status === 'SUCCEEDED' ? { segmentedProfileCounter: { s1: 7 } } : {},
        creationTime: 1_573_203_617_195,
        updateTime: 1_573_204_395_655 + upstream.looks,
      };
      if (!isList) return { json: job };
      const ids = (body as { ids: { id: string }[] }).ids.map(({ id }) => id);
      return { status: 207, json: { results: ids.includes(jobId) ? { [jobId]: job } : {} } };
    },
  };
  return upstream;
}
