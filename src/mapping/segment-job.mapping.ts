import type { AudienceCounts } from '../schema/audience-counts.type';
import type { AudienceSnapshot } from '../schema/audience-snapshot.type';
import type { SegmentJob } from '../schema/segment-job.type';
import type { Segment } from '../schema/segment.type';
import type { SegmentJobMetricsWire, SegmentJobSegmentWire, SegmentJobWire } from '../wire/segment-job.wire';
import { toCount, toCountOrNull, toMembershipCounts, toNamespaceCounts } from './counts.mapping';
import { toExpression } from './expression.mapping';
import {
  endOrLastChange,
  isTerminalStatus,
  toJobErrors,
  toJobPhases,
  toJobProgress,
  toJobStatus,
} from './job.mapping';
import { toRequiredDate } from './time.mapping';

const everySegment = '*';

/** Jobs of the older documents say `modelName` where newer ones have `schema` (quirk N15). */
type AnySegmentJobWire = SegmentJobWire & { readonly modelName?: string };

/** A segment job as GraphQL shows it. Times may come in s or ms; `counts` stay empty until it has succeeded. */
export function toSegmentJob(wire: AnySegmentJobWire): SegmentJob {
  const status = toJobStatus(wire.status);
  const named = wire.segments.filter(({ segmentId }) => segmentId !== everySegment);
  const allSegments = wire.segments.some(({ segmentId }) => segmentId === everySegment);
  const schemaName = wire.schema?.name ?? wire.schema?.id ?? wire.modelName ?? '';
  const counts = toAudienceCounts(
    wire.metrics,
    named.map(({ segmentId }) => segmentId),
  );
  return {
    id: String(wire.id),
    kind: 'SEGMENT',
    status,
    rawStatus: wire.status,
    isTerminal: isTerminalStatus(status),
    createdAt: toRequiredDate(wire.creationTime),
    updatedAt: toRequiredDate(wire.updateTime),
    progress: toJobProgress(wire),
    phases: toJobPhases({ segmentation: wire.metrics?.profileSegmentationTime }),
    errors: toJobErrors(wire.errors),
    requestId: wire.requestId ?? null,
    segmentIds: toSegmentIds(named, allSegments ? counts : []),
    allSegments,
    totalProfiles: toCountOrNull(wire.metrics?.totalProfiles),
    scheduleId: wire.properties?.scheduleId ?? null,
    countedAt: endOrLastChange(wire),
    counts: status === 'SUCCEEDED' ? counts : [],
    recordedSegments: named.map((entry) => toSegmentOfEntry(entry, schemaName)),
  };
}

/** What each segment's audience was found to be, in the order of the job's segments. */
export function toAudienceSnapshots(job: SegmentJob): AudienceSnapshot[] {
  return job.counts.map((counts) => ({ ...counts, at: job.countedAt, segmentJob: job }));
}

/** A job over `*` names no segment, but its counters do, once it has some. */
function toSegmentIds(named: readonly SegmentJobSegmentWire[], counts: readonly AudienceCounts[]): string[] {
  return [
    ...new Set([...named.map(({ segmentId }) => segmentId), ...counts.map(({ segmentId }) => segmentId)]),
  ];
}

function toAudienceCounts(
  metrics: SegmentJobMetricsWire | undefined,
  named: readonly string[],
): AudienceCounts[] {
  const sizes: unknown = metrics?.segmentedProfileCounter;
  // Quirk N7: a bare number where the job has one segment.
  const bySegment =
    typeof sizes === 'number' && named.length === 1
      ? { [String(named[0])]: sizes }
      : metrics?.segmentedProfileCounter;
  if (bySegment === undefined || typeof bySegment !== 'object') return [];
  const inOrder = [
    ...named.filter((id) => Object.hasOwn(bySegment, id)),
    ...Object.keys(bySegment).filter((id) => !named.includes(id)),
  ];
  return inOrder.map((segmentId) => ({
    segmentId,
    size: toCount(bySegment[segmentId]),
    byNamespace: toNamespaceCounts(metrics?.segmentedProfileByNamespaceCounter?.[segmentId]),
    byStatus: toMembershipCounts(metrics?.segmentedProfileByStatusCounter?.[segmentId]),
  }));
}

/**
 * The definition as the job kept it, for when it has been deleted since: without a name and times, so that its id stands
 * for its name. A job over `*` keeps nothing of it but its id.
 */
export function toRecordedSegment(job: SegmentJob, segmentId: string): Segment {
  return job.recordedSegments.find(({ id }) => id === segmentId) ?? toSegmentOfEntry({ segmentId }, '');
}

function toSegmentOfEntry(entry: SegmentJobSegmentWire, schemaName: string): Segment {
  const expression = entry.segment?.expression;
  return {
    id: entry.segmentId,
    name: entry.segmentId,
    description: null,
    schemaName,
    version: entry.segment?.version ?? null,
    expression:
      expression === undefined
        ? { type: 'PQL', format: 'TEXT', value: '', text: null }
        : toExpression(expression),
    mergePolicyId: entry.segment?.mergePolicy?.id ?? entry.segment?.mergePolicyId ?? null,
    evaluation: [],
    createdAt: null,
    updatedAt: null,
  };
}
