import type { DataSources } from '../datasources';
import { toAudienceSnapshots, toSegmentJob } from '../mapping/segment-job.mapping';
import type { AudienceSnapshot } from '../schema/audience-snapshot.type';

/**
 * What the last successful job found for a segment: one that names it, or one over `*`, whichever is newer.
 * Null before the first.
 */
export async function loadNewestAudience(
  sources: DataSources,
  segmentId: string,
): Promise<AudienceSnapshot | null> {
  const pages = await Promise.all(
    [segmentId, '*'].map((id) =>
      sources.segmentJobs.page({ first: 1, statuses: ['SUCCEEDED'], segmentId: id }),
    ),
  );
  const snapshots = pages
    .flatMap(({ edges }) => edges)
    .flatMap(({ node }) => toAudienceSnapshots(toSegmentJob(node)))
    .filter((snapshot) => snapshot.segmentId === segmentId);
  return snapshots.sort((left, right) => right.at.getTime() - left.at.getTime())[0] ?? null;
}
