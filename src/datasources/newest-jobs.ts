import DataLoader from 'dataloader';
import type { SegmentJobWire } from '../wire/segment-job.wire';

/** Jobs that ended well, newest first; of one segment, or of any. */
export type ListSucceeded = (request: {
  readonly segmentId?: string;
  readonly first: number;
}) => Promise<readonly SegmentJobWire[]>;

/**
 * Few, for a job over thousands of segments is some hundred kilobytes, and enough: where jobs run daily over all
 * segments, the newest one answers for every segment.
 */
const newestCount = 20;
const everySegment = '*';

/**
 * Loads the newest successful job of each segment: one that names it, or one over `*` that counted it.
 *
 * One look at the newest jobs answers for most segments of a page at once; only for the others, and only where there are
 * older jobs, each is asked for by itself. Null where a segment was never evaluated.
 */
export function createNewestJobLoader(list: ListSucceeded): DataLoader<string, SegmentJobWire | null> {
  return new DataLoader<string, SegmentJobWire | null>(async (segmentIds) => {
    const newest = await list({ first: newestCount });
    const found = segmentIds.map((segmentId) => newest.find((job) => hasCounted(job, segmentId)));
    const areAllJobsSeen = newest.length < newestCount;
    if (areAllJobsSeen || found.every((job) => job !== undefined)) return found.map((job) => job ?? null);
    const overAll = list({ segmentId: everySegment, first: 1 });
    return Promise.all(
      segmentIds.map(async (segmentId, index) => found[index] ?? findOlder({ list, overAll, segmentId })),
    );
  });
}

interface OlderJob {
  readonly list: ListSucceeded;
  /** The newest job over all segments, asked for once. */
  readonly overAll: Promise<readonly SegmentJobWire[]>;
  readonly segmentId: string;
}

async function findOlder({ list, overAll, segmentId }: OlderJob): Promise<SegmentJobWire | null> {
  const candidates = [...(await list({ segmentId, first: 1 })), ...(await overAll)].filter((job) =>
    hasCounted(job, segmentId),
  );
  return candidates.sort((left, right) => right.creationTime - left.creationTime)[0] ?? null;
}

function hasCounted({ segments, metrics }: SegmentJobWire, segmentId: string): boolean {
  if (segments.some((segment) => segment.segmentId === segmentId)) return true;
  const isOverAll = segments.some((segment) => segment.segmentId === everySegment);
  return isOverAll && Object.hasOwn(metrics?.segmentedProfileCounter ?? {}, segmentId);
}
