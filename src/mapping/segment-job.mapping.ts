import { ownWordsIn } from '../lib/plain-prose';
import { isRecord } from '../lib/is-record';
import { orThrow } from '../lib/or-throw';
import type { AudienceCounts } from '../schema/audience-counts.type';
import type { AudienceSnapshot } from '../schema/audience-snapshot.type';
import type { SegmentJob } from '../schema/segment-job.type';
import type { Segment } from '../schema/segment.type';
import type { SegmentJobWire } from '../wire/segment-job.wire';
import { toCount, toMembershipCounts, toNamespaceCounts } from './counts.mapping';
import { toExpression } from './expression.mapping';
import {
  endOrLastChange,
  firstTimeOf,
  isTerminalStatus,
  lastTimeOf,
  toJobErrors,
  toJobPhases,
  toJobProgress,
  toJobStatus,
  toJobRequestId,
  toRawStatus,
} from './job.mapping';
import { inPlaceOf, isMisread } from './misread';
import type { Misread } from './misread';
import { fieldsOf } from './reading';
import type { JsonRecord } from './reading';
import { profileSchemaName, toSchemaName, toVersion } from './segment.mapping';

const everySegment = '*';

const read = fieldsOf({ service: 'segmentation', noun: 'segment job' });

/** A segment job as GraphQL shows it. Times may come in s or ms; `counts` stay empty until it has succeeded. */
export function toSegmentJob(wire: SegmentJobWire): SegmentJob {
  const status = toJobStatus(wire.status);
  const metrics = read.part(wire.metrics, 'metrics');
  const entries = toEntries(wire.segments);
  const named = isMisread(entries) ? [] : entries.filter(({ segmentId }) => segmentId !== everySegment);
  const allSegments = !isMisread(entries) && entries.length > named.length;
  const schemaName = toSchemaName(read, wire);
  const counts = isMisread(metrics)
    ? metrics
    : toAudienceCounts(
        metrics,
        named.map(({ segmentId }) => segmentId),
      );
  const properties = read.part(wire.properties, 'properties');
  return {
    id: read.requiredId(wire.id, 'id'),
    kind: 'SEGMENT',
    status,
    rawStatus: toRawStatus(wire.status),
    isTerminal: isTerminalStatus(status),
    createdAt: read.requiredTime(firstTimeOf(wire), 'creationTime'),
    updatedAt: read.requiredTime(lastTimeOf(wire), 'updateTime'),
    progress: toJobProgress(wire),
    phases: isMisread(metrics)
      ? inPlaceOf(metrics)
      : toJobPhases({ segmentation: metrics?.['profileSegmentationTime'] }),
    errors: toJobErrors(wire.errors, () => ownWordsIn([wire.id, wire.segments])),
    requestId: toJobRequestId(wire.requestId),
    segmentIds: isMisread(entries) ? entries : toSegmentIds(named, allSegments ? counts : []),
    allSegments: isMisread(entries) ? inPlaceOf(entries) : allSegments,
    totalProfiles: isMisread(metrics)
      ? inPlaceOf(metrics)
      : read.count(metrics?.['totalProfiles'], 'metrics.totalProfiles'),
    scheduleId: isMisread(properties)
      ? properties
      : read.id(properties?.['scheduleId'], 'properties.scheduleId'),
    countedAt: endOrLastChange(wire),
    counts: status === 'SUCCEEDED' ? counts : [],
    recordedSegments: named.map((entry) => toSegmentOfEntry(entry, schemaName)),
  };
}

/** What each segment's audience was found to be, in the order of the job's segments. */
export function toAudienceSnapshots(job: SegmentJob): AudienceSnapshot[] {
  return orThrow(job.counts).map((counts) =>
    isMisread(counts)
      ? inPlaceOf<AudienceSnapshot>(counts)
      : { ...counts, at: job.countedAt, segmentJob: job },
  );
}

/** An entry of `segments`, its id read. */
interface Entry {
  readonly segmentId: string;
  readonly record: JsonRecord;
}

/** One misread entry makes the whole list one: without it nobody knows which segments the job is about. */
function toEntries(segments: unknown): readonly Entry[] | Misread {
  const items = read.items(segments, 'segments');
  if (isMisread(items)) return items;
  const entries: Entry[] = [];
  for (const item of items) {
    const record = read.entry(item, 'segments');
    if (isMisread(record)) return record;
    const segmentId = read.requiredId(
      withoutComma(record['segmentId'] ?? record['id']),
      'segments.segmentId',
    );
    if (isMisread(segmentId)) return segmentId;
    entries.push({ segmentId, record });
  }
  return entries;
}

/** One of Adobe's examples has a comma inside the quotes (quirk N13). */
function withoutComma(id: unknown): unknown {
  return typeof id === 'string' ? id.replace(/[,\s]+$/, '') : id;
}

/** A job over `*` names no segment, but its counters do, once it has some. */
function toSegmentIds(named: readonly Entry[], counts: readonly AudienceCounts[] | Misread): string[] {
  const counted = isMisread(counts) ? [] : counts.filter((each) => !isMisread(each));
  return [...new Set([...named, ...counted].map(({ segmentId }) => segmentId))];
}

/** A count that cannot be read is an Error in the place of its segment's entry. */
function toAudienceCounts(
  metrics: JsonRecord | null,
  named: readonly string[],
): readonly AudienceCounts[] | Misread {
  const sizes = sizesBySegment(metrics, named);
  const namespaces = read.part(
    metrics?.['segmentedProfileByNamespaceCounter'],
    'metrics.segmentedProfileByNamespaceCounter',
  );
  const statuses = read.part(
    metrics?.['segmentedProfileByStatusCounter'] ?? metrics?.['segmentProfileByStatusCounter'],
    'metrics.segmentedProfileByStatusCounter',
  );
  if (isMisread(sizes)) return sizes;
  const counted = new Set([
    ...Object.keys(sizes).filter((id) => sizes[id] !== null),
    ...(isMisread(statuses) ? [] : Object.keys(statuses ?? {})),
  ]);
  const inOrder = [
    ...named.filter((id) => counted.has(id)),
    ...[...counted].filter((id) => !named.includes(id)),
  ];
  return inOrder.map((segmentId): AudienceCounts => {
    const size = toSize(sizes[segmentId], isMisread(statuses) ? undefined : statuses?.[segmentId]);
    if (isMisread(size)) return inPlaceOf(size);
    return {
      segmentId,
      size,
      byNamespace: isMisread(namespaces)
        ? inPlaceOf(namespaces)
        : toNamespaceCounts(read, namespaces?.[segmentId], 'metrics.segmentedProfileByNamespaceCounter'),
      byStatus: isMisread(statuses)
        ? inPlaceOf(statuses)
        : toMembershipCounts(read, statuses?.[segmentId], 'metrics.segmentedProfileByStatusCounter'),
    };
  });
}

/** Who is in it: told, or who entered and who stayed (quirk N10). */
function toSize(told: unknown, byStatus: unknown): bigint {
  if ((told !== undefined && told !== null) || !isRecord(byStatus))
    return toCount(read, told, 'metrics.segmentedProfileCounter');
  const name = 'metrics.segmentedProfileByStatusCounter';
  const realized = toCount(read, byStatus['realized'], name);
  const existing = toCount(read, byStatus['existing'], name);
  if (isMisread(realized)) return realized;
  return isMisread(existing) ? existing : realized + existing;
}

/** By id; a bare number where the job has one segment (quirk N7); under the name of the prose too (quirk N9). */
function sizesBySegment(metrics: JsonRecord | null, named: readonly string[]): JsonRecord | Misread {
  const sizes = metrics?.['segmentedProfileCounter'] ?? metrics?.['segmentProfileCounter'];
  const [only, ...others] = named;
  // Of several segments nobody knows whose number it is.
  if (typeof sizes === 'number') return only !== undefined && others.length === 0 ? { [only]: sizes } : {};
  return read.part(sizes, 'metrics.segmentedProfileCounter') ?? {};
}

/**
 * The definition as the job kept it, for when it has been deleted since: without a name and times, so that its id stands
 * for its name. A job over `*` keeps nothing of it but its id.
 */
export function toRecordedSegment(job: SegmentJob, segmentId: string): Segment {
  return (
    job.recordedSegments.find(({ id }) => id === segmentId) ??
    toSegmentOfEntry({ segmentId, record: {} }, profileSchemaName)
  );
}

/** What was kept stands in `segment`, or in the entry itself (quirk N13). */
function toSegmentOfEntry({ segmentId, record }: Entry, schemaName: string): Segment {
  const part = read.part(record['segment'], 'segments.segment');
  const kept = isMisread(part) || part === null ? record : part;
  const mergePolicy = read.part(kept['mergePolicy'], 'segments.segment.mergePolicy');
  return {
    id: segmentId,
    name: segmentId,
    description: null,
    schemaName,
    version: toVersion(kept['version']),
    expression:
      kept['expression'] === undefined
        ? { type: 'PQL', format: 'TEXT', value: '', text: null }
        : toExpression(read, kept),
    mergePolicyId: isMisread(mergePolicy)
      ? mergePolicy
      : read.id(mergePolicy?.['id'] ?? kept['mergePolicyId'], 'segments.segment.mergePolicyId'),
    mergePolicyVersion: isMisread(mergePolicy) ? null : toVersion(mergePolicy?.['version']),
    evaluation: [],
    createdAt: null,
    updatedAt: null,
  };
}
