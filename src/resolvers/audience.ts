import type { DataSources } from '../datasources';
import { toAudienceSnapshots, toSegmentJob } from '../mapping/segment-job.mapping';
import type { AudienceSnapshot } from '../schema/audience-snapshot.type';

/** What the last successful job found for a segment; null before the first. */
export async function loadNewestAudience(
  sources: DataSources,
  segmentId: string,
): Promise<AudienceSnapshot | null> {
  const job = await sources.segmentJobs.newestSucceeded(segmentId);
  if (job === null) return null;
  return toAudienceSnapshots(toSegmentJob(job)).find((snapshot) => snapshot.segmentId === segmentId) ?? null;
}
