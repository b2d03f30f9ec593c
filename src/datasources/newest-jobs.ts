import DataLoader from 'dataloader';
import { isRecord } from '../lib/is-record';
import type { SegmentJobWire } from '../wire/segment-job.wire';

/** One page of jobs that ended well, newest first; of one segment, or of any. */
export type ListSucceeded = (request: {
  readonly segmentId?: string;
  readonly first: number;
  readonly after?: string;
}) => Promise<SucceededJobs>;

export interface SucceededJobs {
  readonly jobs: readonly SegmentJobWire[];
  /** Null where the list ends here. */
  readonly next: string | null;
}

/**
 * Few, for a job over thousands of segments is some hundred kilobytes, and enough: where jobs run daily over all
 * segments, the newest one answers for every segment.
 */
const newestCount = 20;
/** Pages of the newest jobs that are looked through before a segment is asked for by itself. */
const maxNewestPages = 5;
/** A segment's own list may begin with jobs over all segments that did not count it. */
const ownCount = 5;
const everySegment = '*';

/**
 * Loads the newest successful job of each segment: one that names it, or one over `*` that counted it.
 *
 * A few looks at the newest jobs answer for most segments of a page at once; only for the others, and only where there
 * are older jobs, each is asked for by itself. Null where a segment was never evaluated.
 */
export function createNewestJobLoader(list: ListSucceeded): DataLoader<string, SegmentJobWire | null> {
  return new DataLoader<string, SegmentJobWire | null>(async (segmentIds) => {
    const { found, areAllJobsSeen } = await searchNewest(list, segmentIds);
    const isFound = (segmentId: string): boolean => found.has(segmentId);
    if (areAllJobsSeen || segmentIds.every(isFound)) return segmentIds.map((id) => found.get(id) ?? null);
    const { jobs: overAll } = await list({ segmentId: everySegment, first: 1 });
    return Promise.all(
      segmentIds.map(async (segmentId) => found.get(segmentId) ?? findOlder({ list, overAll, segmentId })),
    );
  });
}

/** Looks through the newest jobs of all segments, page by page, as long as a segment is missing. */
async function searchNewest(
  list: ListSucceeded,
  segmentIds: readonly string[],
): Promise<{ readonly found: ReadonlyMap<string, SegmentJobWire>; readonly areAllJobsSeen: boolean }> {
  const found = new Map<string, SegmentJobWire>();
  let after: string | null = null;
  for (let page = 0; page < maxNewestPages; page += 1) {
    const { jobs, next }: SucceededJobs = await list({
      first: newestCount,
      ...(after === null ? {} : { after }),
    });
    for (const segmentId of segmentIds) {
      const job = found.get(segmentId) ?? jobs.find((candidate) => hasCounted(candidate, segmentId));
      if (job !== undefined) found.set(segmentId, job);
    }
    if (next === null) return { found, areAllJobsSeen: true };
    if (segmentIds.every((segmentId) => found.has(segmentId))) break;
    after = next;
  }
  return { found, areAllJobsSeen: false };
}

interface OlderJob {
  readonly list: ListSucceeded;
  /** The newest job over all segments. */
  readonly overAll: readonly SegmentJobWire[];
  readonly segmentId: string;
}

/** One upstream lists only jobs that name the segment, another also those over all: both lists are looked at. */
async function findOlder({ list, overAll, segmentId }: OlderJob): Promise<SegmentJobWire | null> {
  const { jobs: own } = await list({ segmentId, first: ownCount });
  const candidates = [...own, ...overAll].filter((job) => hasCounted(job, segmentId));
  return candidates.sort((left, right) => right.creationTime - left.creationTime)[0] ?? null;
}

function hasCounted(job: SegmentJobWire, segmentId: string): boolean {
  const named = segmentIdsOf(job);
  if (named.includes(segmentId)) return true;
  const counters: unknown = isRecord(job.metrics) ? job.metrics['segmentedProfileCounter'] : undefined;
  return named.includes(everySegment) && isRecord(counters) && Object.hasOwn(counters, segmentId);
}

/** Whatever stands there instead names no segment. */
function segmentIdsOf({ segments }: SegmentJobWire): readonly unknown[] {
  const entries: unknown = segments;
  return Array.isArray(entries) ? entries.filter(isRecord).map(({ segmentId }) => segmentId) : [];
}
