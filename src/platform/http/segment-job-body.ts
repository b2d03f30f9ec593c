import type {
  SegmentJobMetricsWire,
  SegmentJobSegmentWire,
  SegmentJobWire,
} from '../../wire/segment-job.wire';
import { maxSegmentsPerJob } from '../../wire/segment-job.request';
import type { SegmentCounters, SegmentJob, SegmentSnapshot, Tenant } from '../records';
import { computeNumber, computeUuid } from './compute-ids';
import { segmentJobErrors } from './job-errors-body';
import type { MembershipDialect } from './profile-entity-body';
import { profileInstanceId, tenantBody } from './tenant-body';
import { timeSpan } from './time-span';

/** A segment job in Adobe's spelling. */
export function segmentJobBody(
  tenant: Tenant,
  job: SegmentJob,
  dialect: MembershipDialect = 'three',
): SegmentJobWire {
  const href = `/segment/jobs/${job.id}`;
  return {
    id: job.id,
    ...tenantBody(tenant),
    profileInstanceId,
    source: job.source,
    status: job.status,
    ...computeBody(tenant, job),
    schema: { name: job.schemaName },
    segments: segmentsBody(job),
    metrics: metricsBody(job, dialect),
    progress: job.progress,
    errors: segmentJobErrors(job.errors),
    requestId: job.requestId,
    ...scheduleBody(job),
    _links: { cancel: { href, method: 'DELETE' }, checkStatus: { href, method: 'GET' } },
    creationTime: job.createdAt,
    updateTime: job.updatedAt,
    updateEpoch: Math.floor(job.updatedAt / 1000),
  };
}

/** From the start of the work on, as at Adobe. */
function computeBody(
  tenant: Tenant,
  { id, startedAt }: SegmentJob,
): Pick<SegmentJobWire, 'batchId' | 'computeJobId' | 'computeGatewayJobId'> {
  if (startedAt === undefined) return {};
  const computation = { tenant, kind: 'segment job', id };
  return {
    batchId: computeUuid({ ...computation, what: 'batch' }),
    computeJobId: computeNumber({ ...computation, what: 'compute' }),
    computeGatewayJobId: computeUuid({ ...computation, what: 'gateway' }),
  };
}

/** Of a scheduled job, with the time that it was due, and whether that had passed unnoticed. */
function scheduleBody({
  id,
  scheduleId,
  scheduledFor,
  late,
}: SegmentJob): Pick<SegmentJobWire, 'properties'> {
  if (scheduleId === undefined) return {};
  return {
    properties: {
      scheduleId,
      runId: id,
      ...(scheduledFor === undefined ? {} : { dueTime: scheduledFor }),
      ...(late === undefined ? {} : { late }),
    },
  };
}

/** `*` where all were asked for, or more than fit a list (quirk N14). */
function segmentsBody({ allSegments, segments }: SegmentJob): SegmentJobSegmentWire[] {
  if (allSegments || segments.length > maxSegmentsPerJob) return [{ segmentId: '*' }];
  return segments.map(({ segmentId, version, expression, mergePolicyId, mergePolicyVersion, snapshot }) => ({
    segmentId,
    segment: {
      id: segmentId,
      version,
      expression,
      mergePolicyId,
      mergePolicy: { id: mergePolicyId, version: mergePolicyVersion ?? 1 },
    },
    ...(snapshot === undefined ? {} : { snapshot }),
  }));
}

function metricsBody(job: SegmentJob, dialect: MembershipDialect): SegmentJobMetricsWire {
  const { counters, segments } = job;
  const spans = {
    totalTime: timeSpan(job.startedAt, job.endedAt),
    profileSegmentationTime: timeSpan(job.evaluatedFrom, job.evaluatedTo),
  };
  if (counters === undefined) return spans;
  return {
    ...spans,
    totalProfiles: counters.totalProfiles,
    segmentedProfileCounter: bySegment(counters.bySegment, ({ members }) => members),
    segmentedProfileByNamespaceCounter: bySegment(counters.bySegment, ({ byNamespace }) => ({
      ...byNamespace,
    })),
    segmentedProfileByStatusCounter: bySegment(
      counters.bySegment,
      ({ members, realized, existing, exited }) =>
        dialect === 'two' ? { realized: members, exited } : { realized, existing, exited },
    ),
    totalProfilesByMergePolicy: {
      ...(counters.profilesByMergePolicy ?? totalsByMergePolicy(segments, counters.totalProfiles)),
    },
  };
}

function bySegment<T>(
  counters: Readonly<Record<string, SegmentCounters>>,
  read: (counter: SegmentCounters) => T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(counters).map(([segmentId, counter]) => [segmentId, read(counter)]),
  );
}

/** Jobs of earlier releases had one kind of people. */
function totalsByMergePolicy(
  segments: readonly SegmentSnapshot[],
  totalProfiles: number,
): Record<string, number> {
  return Object.fromEntries(segments.map(({ mergePolicyId }) => [mergePolicyId, totalProfiles]));
}
