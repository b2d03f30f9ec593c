import DataLoader from 'dataloader';
import { TooManyLookups } from '../errors/too-many-lookups';
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

/** Few, for a job over thousands of segments is some hundred kilobytes. */
export const firstCount = 20;
/** Where the first ones are small, more are read at a time: so many segments and counts a page at most. */
const maxEntries = 10_000;
/** Pages of the newest jobs that are looked through before a segment is asked for by itself. */
const maxNewestPages = 5;
/** Segments that are asked for by themselves at most, in one go. */
const maxAskedAlone = 10;
/** A segment's own list may begin with jobs over all segments that did not count it. */
const ownCount = 5;
export const everySegment = '*';

/** Upstream calls that one batch of segments costs at most, however many there are. */
export const maxNewestJobCalls = maxNewestPages + 1 + maxAskedAlone;

/**
 * Loads the newest successful job of each segment: one that names it, or one over `*` that counted it.
 *
 * A few looks at the newest jobs answer for most segments of a page at once. Of the others, where there are older jobs, ten
 * are asked for by themselves, and for the rest it stays open: TooManyLookups in their slots, which is the truth, while
 * "none" would not be. Null where a segment was never evaluated.
 */
export function createNewestJobLoader(list: ListSucceeded): DataLoader<string, SegmentJobWire | null> {
  return new DataLoader<string, SegmentJobWire | null>(
    async (segmentIds) => {
      const { found, areAllJobsSeen } = await searchNewest(list, segmentIds);
      const missing = segmentIds.filter((segmentId) => !found.has(segmentId));
      if (areAllJobsSeen || missing.length === 0) return segmentIds.map((id) => found.get(id) ?? null);
      const { jobs: overAll } = await list({ segmentId: everySegment, first: 1 });
      const askedAlone = new Set(missing.slice(0, maxAskedAlone));
      return Promise.all(
        segmentIds.map(async (segmentId) => {
          const job = found.get(segmentId);
          if (job !== undefined) return job;
          return askedAlone.has(segmentId)
            ? findOlder({ list, overAll, segmentId })
            : new TooManyLookups('its newest job lies further back than one request looks');
        }),
      );
    },
    { maxBatchSize: 100 },
  );
}

/** Looks through the newest jobs of all segments, page by page, as long as a segment is missing. */
async function searchNewest(
  list: ListSucceeded,
  segmentIds: readonly string[],
): Promise<{ readonly found: ReadonlyMap<string, SegmentJobWire>; readonly areAllJobsSeen: boolean }> {
  const found = new Map<string, SegmentJobWire>();
  let after: string | null = null;
  let first = firstCount;
  for (let page = 0; page < maxNewestPages; page += 1) {
    const { jobs, next }: SucceededJobs = await list({ first, ...(after === null ? {} : { after }) });
    for (const segmentId of segmentIds) {
      const job = found.get(segmentId) ?? jobs.find((candidate) => hasCounted(candidate, segmentId));
      if (job !== undefined) found.set(segmentId, job);
    }
    if (next === null) return { found, areAllJobsSeen: true };
    if (segmentIds.every((segmentId) => found.has(segmentId))) break;
    after = next;
    first = countOfNextPage(jobs);
  }
  return { found, areAllJobsSeen: false };
}

/** As many jobs as make a page of bearable size, judged by the largest of those that were read. */
export function countOfNextPage(jobs: readonly SegmentJobWire[]): number {
  const entries = jobs.map((job) => segmentIdsOf(job).length + Object.keys(countersOf(job)).length);
  // A little less than an upstream gives at a time: what is read again before a page must fit, too.
  return Math.max(firstCount, Math.min(94, Math.floor(maxEntries / Math.max(1, ...entries))));
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
  return named.includes(everySegment) && Object.hasOwn(countersOf(job), segmentId);
}

function countersOf({ metrics }: SegmentJobWire): object {
  const counters: unknown = isRecord(metrics) ? metrics['segmentedProfileCounter'] : undefined;
  return isRecord(counters) ? counters : {};
}

/** Whatever stands there instead names no segment. */
export function segmentIdsOf({ segments }: SegmentJobWire): readonly unknown[] {
  const entries: unknown = segments;
  return Array.isArray(entries) ? entries.filter(isRecord).map(({ segmentId }) => segmentId) : [];
}
