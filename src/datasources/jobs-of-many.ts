import type { SegmentJobWire } from '../wire/segment-job.wire';
import { everySegment, segmentIdsOf } from './newest-jobs';

/** Whether a segment's own list has a job over all segments differs from upstream to upstream. */
export function isOverAll(job: SegmentJobWire): boolean {
  return segmentIdsOf(job).includes(everySegment);
}

/** True of a job that names the segment. */
export function namesSegment(job: SegmentJobWire, segmentId: string): boolean {
  return segmentIdsOf(job).includes(segmentId);
}
