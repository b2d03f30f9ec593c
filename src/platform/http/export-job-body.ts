import type {
  ExportDestinationWire,
  ExportFilterWire,
  ExportJobWire,
  ExportSegmentWire,
} from '../../wire/export-job.wire';
import type { ExportJob, ExportRequest, ExportSegment, Tenant } from '../records';
import { computeUuid } from './compute-ids';
import { exportJobErrors } from './job-errors-body';
import { profileInstanceId, tenantBody } from './tenant-body';
import { timeSpan } from './time-span';

/** An export job in Adobe's spelling. */
export function exportJobBody(tenant: Tenant, job: ExportJob): ExportJobWire {
  const { request } = job;
  return {
    id: job.id,
    jobType: 'BATCH',
    destination: destinationBody(job),
    ...(request.fields.length === 0 ? {} : { fields: request.fields.join(',') }),
    ...(request.mergePolicy === undefined ? {} : { mergePolicy: request.mergePolicy }),
    ...filterBody(request),
    ...eventsBody(request),
    schema: { name: request.schemaName },
    evaluationInfo: { segmentation: request.evaluateFirst },
    profileInstanceId,
    status: job.status,
    progress: job.progress,
    metrics: metricsBody(job),
    computeGatewayJobId: computeBody(tenant, job),
    errors: exportJobErrors(job.errors),
    ...tenantBody(tenant),
    requestId: job.requestId,
    creationTime: job.createdAt,
    updateTime: job.updatedAt,
  };
}

/** `{}` before the start (quirk N11). */
function computeBody(
  tenant: Tenant,
  { id, startedAt }: ExportJob,
): NonNullable<ExportJobWire['computeGatewayJobId']> {
  if (startedAt === undefined) return {};
  const computation = { tenant, kind: 'export job', id: String(id) };
  return {
    exportJob: computeUuid({ ...computation, what: 'export' }),
    pushJob: computeUuid({ ...computation, what: 'push' }),
  };
}

/**
 * One batch: `datasetId` and `batchId`; a batch per segment: `dataSetId` and `batches` (quirks N1, N2). A batch is named
 * from the beginning, before Catalog shows it; a job that ended without one names none (quirk N4).
 */
function destinationBody({ request, batches, status }: ExportJob): ExportDestinationWire {
  const { datasetId, segmentPerBatch } = request;
  const hasNone = status === 'FAILED' || status === 'CANCELLED';
  const shown = (batchId: string | undefined): string => (hasNone ? '' : (batchId ?? ''));
  if (!segmentPerBatch) return { datasetId, segmentPerBatch, batchId: shown(batches[0]?.batchId) };
  return {
    dataSetId: datasetId,
    segmentPerBatch,
    batches: batches.map(({ batchId, segment }) => ({
      ...(segment === undefined ? { segmentId: '' } : segmentBody(segment)),
      batchId: shown(batchId),
    })),
  };
}

function segmentBody({ segmentId, namespace, statuses }: ExportSegment): ExportSegmentWire {
  return { segmentId, segmentNs: namespace, status: [...statuses] };
}

function filterBody(request: ExportRequest): { filter?: ExportFilterWire } {
  const { segments, qualifiedFrom, qualifiedTo, ingestedAfter, emptyProfiles } = request;
  const startTime = isoOf(qualifiedFrom);
  const endTime = isoOf(qualifiedTo);
  const fromIngestTimestamp = isoOf(ingestedAfter);
  const time = {
    ...(startTime === undefined ? {} : { startTime }),
    ...(endTime === undefined ? {} : { endTime }),
  };
  const filter: ExportFilterWire = {
    ...(segments.length === 0 ? {} : { segments: segments.map(segmentBody) }),
    ...(Object.keys(time).length === 0 ? {} : { segmentQualificationTime: time }),
    ...(fromIngestTimestamp === undefined ? {} : { fromIngestTimestamp }),
    ...(emptyProfiles ? { emptyProfiles } : {}),
  };
  return Object.keys(filter).length === 0 ? {} : { filter };
}

function eventsBody({ events }: ExportRequest): Pick<ExportJobWire, 'additionalFields'> {
  if (events === undefined) return {};
  const from = isoOf(events.ingestedFrom);
  const to = isoOf(events.ingestedTo);
  const filter = {
    ...(from === undefined ? {} : { fromIngestTimestamp: from }),
    ...(to === undefined ? {} : { toIngestTimestamp: to }),
  };
  return {
    additionalFields: {
      eventList: {
        ...(events.fields.length === 0 ? {} : { fields: events.fields.join(',') }),
        ...(Object.keys(filter).length === 0 ? {} : { filter }),
      },
    },
  };
}

function metricsBody(job: ExportJob): NonNullable<ExportJobWire['metrics']> {
  const written = timeSpan(job.exportedFrom, job.exportedTo);
  return {
    totalTime: timeSpan(job.startedAt, job.endedAt),
    profileExportTime: written,
    aCPDatasetWriteTime: written,
    ...(job.exportedProfiles === undefined ? {} : { totalExportedProfileCounter: job.exportedProfiles }),
    ...(job.byNamespace === undefined ? {} : { exportedProfileByNamespaceCounter: { ...job.byNamespace } }),
  };
}

function isoOf(epochMs: number | undefined): string | undefined {
  return epochMs === undefined ? undefined : new Date(epochMs).toISOString();
}
