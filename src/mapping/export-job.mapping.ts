import { ownWordsIn } from '../lib/plain-prose';
import { isRecord } from '../lib/is-record';
import type { CreateExportJobInput, ExportSegmentInput } from '../schema/export-job.input';
import type {
  ExportBatch,
  ExportEvents,
  ExportFilter,
  ExportJob,
  ExportSegment,
} from '../schema/export-job.type';
import type {
  ExportEventsWire,
  ExportFilterWire,
  ExportJobBodyWire,
  ExportJobWire,
  ExportSegmentWire,
} from '../wire/export-job.wire';
import { toMembershipStatus, toMembershipStatusWire, toNamespaceCounts } from './counts.mapping';
import {
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
import { inPlaceOf, isMisread, misread } from './misread';
import { fieldsOf } from './reading';
import type { JsonRecord } from './reading';
import { toSchemaName, toVersion } from './segment.mapping';

const read = fieldsOf({ service: 'segmentation', noun: 'export job' });

/** An export job as GraphQL shows it. Times may come in s or ms; counts are null before they are known. */
export function toExportJob(wire: ExportJobWire): ExportJob {
  const status = toJobStatus(wire.status);
  const mergePolicy = read.part(wire.mergePolicy, 'mergePolicy');
  const { datasetId, segmentPerBatch, batches } = toDestination(wire.destination);
  const { phases, exportedProfiles, byNamespace } = toFindings(wire.metrics);
  return {
    id: read.requiredId(wire.id, 'id'),
    kind: 'EXPORT',
    status,
    rawStatus: toRawStatus(wire.status),
    isTerminal: isTerminalStatus(status),
    createdAt: read.requiredTime(firstTimeOf(wire), 'creationTime'),
    updatedAt: read.requiredTime(lastTimeOf(wire), 'updateTime'),
    progress: toJobProgress(wire),
    errors: toJobErrors(wire.errors, () =>
      ownWordsIn([wire.id, wire.destination, wire.filter, wire.mergePolicy, wire.fields]),
    ),
    requestId: toJobRequestId(wire.requestId),
    mergePolicyId: isMisread(mergePolicy) ? mergePolicy : read.id(mergePolicy?.['id'], 'mergePolicy.id'),
    mergePolicyVersion: isMisread(mergePolicy) ? null : toVersion(mergePolicy?.['version']),
    fields: toPaths(wire.fields, 'fields'),
    schemaName: toSchemaName(read, wire),
    filter: toFilter(wire.filter),
    events: toEvents(wire.additionalFields),
    datasetId,
    segmentPerBatch,
    batches,
    phases,
    exportedProfiles,
    byNamespace,
  };
}

type Destination = Pick<ExportJob, 'datasetId' | 'segmentPerBatch' | 'batches'>;
type Findings = Pick<ExportJob, 'phases' | 'exportedProfiles' | 'byNamespace'>;

function toDestination(value: unknown): Destination {
  const destination = read.part(value, 'destination') ?? {};
  if (isMisread(destination)) {
    const unread = inPlaceOf<never>(destination);
    return { datasetId: unread, segmentPerBatch: unread, batches: unread };
  }
  return {
    // Quirk N1: Adobe spells it both ways.
    datasetId: read.id(destination['datasetId'] ?? destination['dataSetId'], 'destination.datasetId') ?? '',
    segmentPerBatch: read.flag(destination['segmentPerBatch'], 'destination.segmentPerBatch') ?? false,
    batches: toBatches(destination),
  };
}

function toFindings(value: unknown): Findings {
  const metrics = read.part(value, 'metrics');
  if (isMisread(metrics)) {
    const unread = inPlaceOf<never>(metrics);
    return { phases: unread, exportedProfiles: unread, byNamespace: unread };
  }
  return {
    phases: toJobPhases({
      profileExport: metrics?.['profileExportTime'],
      datasetWrite: metrics?.['aCPDatasetWriteTime'],
    }),
    exportedProfiles: read.count(
      metrics?.['totalExportedProfileCounter'],
      'metrics.totalExportedProfileCounter',
    ),
    byNamespace: toNamespaceCounts(
      read,
      metrics?.['exportedProfileByNamespaceCounter'],
      'metrics.exportedProfileByNamespaceCounter',
    ),
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
  const segments = mergeTwins(input.segments ?? []).map(toExportSegmentWire);
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

/** A segment that is named twice is one, with the statuses of both. */
function mergeTwins(segments: readonly ExportSegmentInput[]): readonly ExportSegmentInput[] {
  const merged = new Map<string, ExportSegmentInput>();
  for (const segment of segments) {
    const key = JSON.stringify([segment.namespace.toLowerCase(), segment.segmentId]);
    const statuses = [...(merged.get(key)?.statuses ?? []), ...segment.statuses];
    merged.set(key, { ...segment, statuses: [...new Set(statuses)] });
  }
  return [...merged.values()];
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

function toFilter(value: unknown): ExportFilter | null {
  const filter = read.part(value, 'filter');
  if (filter === null) return null;
  if (isMisread(filter)) return inPlaceOf(filter);
  const qualified = read.part(filter['segmentQualificationTime'], 'filter.segmentQualificationTime');
  const segments = read.items(filter['segments'], 'filter.segments');
  const bound = (name: 'startTime' | 'endTime'): Date | null =>
    isMisread(qualified)
      ? inPlaceOf(qualified)
      : read.time(qualified?.[name], `filter.segmentQualificationTime.${name}`);
  return {
    segments: isMisread(segments) ? inPlaceOf(segments) : segments.map(toExportSegment),
    qualifiedFrom: bound('startTime'),
    qualifiedTo: bound('endTime'),
    // Quirk N19: the older spelling is an alias.
    ingestedAfter: read.time(
      filter['fromIngestTimestamp'] ?? filter['fromTimestamp'],
      'filter.fromIngestTimestamp',
    ),
    emptyProfiles: read.flag(filter['emptyProfiles'], 'filter.emptyProfiles') ?? false,
  };
}

const defaultStatuses = ['realized', 'existing'];

function toExportSegment(value: unknown): ExportSegment {
  const entry = read.entry(value, 'segments');
  if (isMisread(entry)) return inPlaceOf(entry);
  // Prose spells it both ways (quirk N20).
  const segmentId = read.requiredId(entry['segmentId'] ?? entry['segmentID'], 'segments.segmentId');
  if (isMisread(segmentId)) return inPlaceOf(segmentId);
  return {
    segmentId,
    namespace: read.text(entry['segmentNs'], 'segments.segmentNs') ?? 'ups',
    statuses: toStatuses(entry['status']),
  };
}

/** An array in one place, a string in the next (quirk N3). A word that is no status is an Error in its place. */
function toStatuses(value: unknown): ExportSegment['statuses'] {
  const words = read.items(
    typeof value === 'string' ? [value] : (value ?? defaultStatuses),
    'segments.status',
  );
  if (isMisread(words)) return inPlaceOf(words);
  return words.map((word) => {
    const status = typeof word === 'string' ? toMembershipStatus(word) : null;
    return (
      status ?? inPlaceOf(misread(read.noun, 'segments.status', 'holds a word that is no membership status'))
    );
  });
}

function toEvents(value: unknown): ExportEvents | null {
  const additional = read.part(value, 'additionalFields');
  const list = isMisread(additional)
    ? additional
    : read.part(additional?.['eventList'], 'additionalFields.eventList');
  if (list === null) return null;
  if (isMisread(list)) return inPlaceOf(list);
  const filter = read.part(list['filter'], 'additionalFields.eventList.filter');
  const bound = (name: 'fromIngestTimestamp' | 'toIngestTimestamp'): Date | null =>
    isMisread(filter)
      ? inPlaceOf(filter)
      : read.time(filter?.[name], `additionalFields.eventList.filter.${name}`);
  return {
    fields: toPaths(list['fields'], 'additionalFields.eventList.fields'),
    ingestedFrom: bound('fromIngestTimestamp'),
    ingestedTo: bound('toIngestTimestamp'),
  };
}

/** One batch for all, or one a segment; an empty id is no batch (quirks N2, N4). Adobe's schema has an object for the list. */
function toBatches(destination: JsonRecord): ExportBatch[] {
  const { batches, batchId } = destination;
  if (batches === undefined || batches === null) {
    const id = read.id(batchId, 'destination.batchId');
    if (isMisread(id)) return inPlaceOf(id);
    return id === null ? [] : [{ batchId: id, segment: null }];
  }
  const entries = read.items(isRecord(batches) ? [batches] : batches, 'destination.batches');
  if (isMisread(entries)) return inPlaceOf(entries);
  return entries.flatMap((value) => toBatch(value));
}

function toBatch(value: unknown): ExportBatch[] {
  const entry = read.entry(value, 'destination.batches');
  if (isMisread(entry)) return [inPlaceOf<ExportBatch>(entry)];
  const batchId = read.id(entry['batchId'], 'destination.batches.batchId');
  if (batchId === null) return [];
  if (isMisread(batchId)) return [inPlaceOf<ExportBatch>(batchId)];
  return [{ batchId, segment: 'segmentId' in entry ? toExportSegment(entry) : null }];
}

/** Blank means all (quirk S-10), which an empty list says too. A list of paths is one already. */
function toPaths(value: unknown, name: string): string[] {
  const fields = Array.isArray(value) ? value.join(',') : read.text(value, name);
  if (isMisread(fields)) return inPlaceOf(fields);
  return (fields ?? '')
    .split(',')
    .map((path) => path.trim())
    .filter((path) => path !== '');
}
