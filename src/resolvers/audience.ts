import type { DataSources } from '../datasources';
import { toAudienceSnapshots, toSegmentJob } from '../mapping/segment-job.mapping';
import type { AudienceSnapshot } from '../schema/audience-snapshot.type';

const everySegment = '*';

/**
 * What the last successful job found for a segment: one that names it, or one over `*`, whichever is newer.
 * Null before the first.
 */
export async function loadNewestAudience(
  sources: DataSources,
  segmentId: string,
): Promise<AudienceSnapshot | null> {
  const [named, overAll] = await Promise.all([
    loadNewestSnapshots(sources, segmentId),
    snapshotsOverAll(sources),
  ]);
  const ofSegment = [...named, ...overAll].filter((snapshot) => snapshot.segmentId === segmentId);
  return ofSegment.sort((left, right) => right.at.getTime() - left.at.getTime())[0] ?? null;
}

/** The job over `*` is the same for every segment of a list: asked for once an operation. */
const overAllBySources = new WeakMap<DataSources, Promise<AudienceSnapshot[]>>();

function snapshotsOverAll(sources: DataSources): Promise<AudienceSnapshot[]> {
  const known = overAllBySources.get(sources);
  if (known !== undefined) return known;
  const loading = loadNewestSnapshots(sources, everySegment);
  overAllBySources.set(sources, loading);
  return loading;
}

async function loadNewestSnapshots(sources: DataSources, segmentId: string): Promise<AudienceSnapshot[]> {
  const page = await sources.segmentJobs.page({ first: 1, statuses: ['SUCCEEDED'], segmentId });
  return page.edges.flatMap(({ node }) => toAudienceSnapshots(toSegmentJob(node)));
}
