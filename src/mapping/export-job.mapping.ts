import type { CreateExportJobInput, ExportSegmentInput } from '../schema/export-job.input';
import type {
  ExportBatch,
  ExportEvents,
  ExportFilter,
  ExportJob,
  ExportSegment,
} from '../schema/export-job.type';
import type {
  ExportBatchWire,
  ExportDestinationWire,
  ExportEventsWire,
  ExportFilterWire,
  ExportJobBodyWire,
  ExportJobWire,
  ExportSegmentWire,
} from '../wire/export-job.wire';
import {
  toCountOrNull,
  toMembershipStatus,
  toMembershipStatusWire,
  toNamespaceCounts,
} from './counts.mapping';
import { isTerminalStatus, toJobErrors, toJobPhases, toJobProgress, toJobStatus } from './job.mapping';
import { toDate, toRequiredDate } from './time.mapping';

/** An export job as GraphQL shows it. Times may come in s or ms; counts are null before they are known. */
export function toExportJob(wire: ExportJobWire): ExportJob {
  const status = toJobStatus(wire.status);
  return {
    id: String(wire.id),
    kind: 'EXPORT',
    status,
    rawStatus: wire.status,
    isTerminal: isTerminalStatus(status),
    createdAt: toRequiredDate(wire.creationTime),
    updatedAt: toRequiredDate(wire.updateTime),
    progress: toJobProgress(wire),
    phases: toJobPhases({
      profileExport: wire.metrics?.profileExportTime,
      datasetWrite: wire.metrics?.aCPDatasetWriteTime,
    }),
    errors: toJobErrors(wire.errors),
    requestId: wire.requestId ?? null,
    mergePolicyId: wire.mergePolicy?.id ?? null,
    fields: toPaths(wire.fields),
    schemaName: wire.schema.name ?? wire.schema.id ?? '',
    filter: wire.filter === undefined ? null : toFilter(wire.filter),
    events: toEvents(wire.additionalFields),
    // Quirk N1: Adobe spells it both ways.
    datasetId: wire.destination.datasetId ?? wire.destination.dataSetId ?? '',
    segmentPerBatch: wire.destination.segmentPerBatch ?? false,
    batches: toBatches(wire.destination),
    exportedProfiles: toCountOrNull(wire.metrics?.totalExportedProfileCounter),
    byNamespace: toNamespaceCounts(wire.metrics?.exportedProfileByNamespaceCounter),
  };
}

/** @param datasetId the dataset to write to, whether it was named or just made. */
export function toExportJobBodyWire(input: CreateExportJobInput, datasetId: string): ExportJobBodyWire {
  const filter = toFilterWire(input);
  return {
    ...(input.fields && input.fields.length > 0 && { fields: input.fields.join(',') }),
    ...(typeof input.mergePolicyId === 'string' && { mergePolicy: { id: input.mergePolicyId } }),
    ...(filter !== null && { filter }),
    ...(input.events && { additionalFields: { eventList: toEventListWire(input.events) } }),
    destination: { datasetId, segmentPerBatch: input.segmentPerBatch },
    schema: { name: input.schemaName },
    ...(input.evaluateFirst && { evaluationInfo: { segmentation: true } }),
  };
}

function toFilterWire(input: CreateExportJobInput): ExportFilterWire | null {
  const segments = (input.segments ?? []).map(toExportSegmentWire);
  const { qualifiedFrom, qualifiedTo, ingestedAfter } = input;
  const filter: ExportFilterWire = {
    ...(segments.length > 0 && { segments }),
    ...((qualifiedFrom || qualifiedTo) && {
      segmentQualificationTime: {
        ...(qualifiedFrom && { startTime: qualifiedFrom.toISOString() }),
        ...(qualifiedTo && { endTime: qualifiedTo.toISOString() }),
      },
    }),
    ...(ingestedAfter && { fromIngestTimestamp: ingestedAfter.toISOString() }),
    ...(input.emptyProfiles && { emptyProfiles: true }),
  };
  return Object.keys(filter).length > 0 ? filter : null;
}

function toExportSegmentWire(input: ExportSegmentInput): ExportSegmentWire {
  return {
    segmentId: input.segmentId,
    segmentNs: input.namespace,
    status: input.statuses.map(toMembershipStatusWire),
  };
}

function toEventListWire(
  events: NonNullable<CreateExportJobInput['events']>,
): NonNullable<ExportEventsWire['eventList']> {
  const { ingestedFrom, ingestedTo } = events;
  return {
    fields: events.fields.join(','),
    ...((ingestedFrom || ingestedTo) && {
      filter: {
        ...(ingestedFrom && { fromIngestTimestamp: ingestedFrom.toISOString() }),
        ...(ingestedTo && { toIngestTimestamp: ingestedTo.toISOString() }),
      },
    }),
  };
}

function toFilter(wire: ExportFilterWire & { readonly fromTimestamp?: string }): ExportFilter {
  return {
    segments: (wire.segments ?? []).map(toExportSegment),
    qualifiedFrom: toDate(wire.segmentQualificationTime?.startTime),
    qualifiedTo: toDate(wire.segmentQualificationTime?.endTime),
    // Quirk N19: the older spelling is an alias.
    ingestedAfter: toDate(wire.fromIngestTimestamp ?? wire.fromTimestamp),
    emptyProfiles: wire.emptyProfiles ?? false,
  };
}

const defaultStatuses = ['realized', 'existing'];

function toExportSegment(wire: ExportSegmentWire): ExportSegment {
  // Quirk N3: an array in one place, a string in the next.
  const words = typeof wire.status === 'string' ? [wire.status] : (wire.status ?? defaultStatuses);
  return {
    segmentId: wire.segmentId,
    namespace: wire.segmentNs ?? 'ups',
    statuses: words.map(toMembershipStatus).filter((status) => status !== null),
  };
}

function toEvents(wire: ExportEventsWire | undefined): ExportEvents | null {
  const list = wire?.eventList;
  if (list === undefined) return null;
  return {
    fields: toPaths(list.fields),
    ingestedFrom: toDate(list.filter?.fromIngestTimestamp),
    ingestedTo: toDate(list.filter?.toIngestTimestamp),
  };
}

/** One batch for all, or one a segment; an empty id is no batch (quirks N2, N4). Adobe's schema has an object for the list. */
function toBatches(destination: ExportDestinationWire): ExportBatch[] {
  const listed: readonly ExportBatchWire[] | ExportBatchWire | undefined = destination.batches;
  if (listed !== undefined) {
    const entries: readonly ExportBatchWire[] = Array.isArray(listed) ? listed : [listed];
    return entries.flatMap((entry) =>
      entry.batchId ? [{ batchId: entry.batchId, segment: toExportSegment(entry) }] : [],
    );
  }
  return destination.batchId ? [{ batchId: destination.batchId, segment: null }] : [];
}

/** Blank means all (quirk S-10), which an empty list says too. */
function toPaths(fields: string | undefined): string[] {
  return (fields ?? '')
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');
}
