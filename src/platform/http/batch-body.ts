import type { BatchWire } from '../../wire/catalog.wire';
import type { IngestRunner } from '../jobs/ingest-runner';
import type { Batch, Tenant } from '../records';
import { peopleOf, versionOf } from './catalog-change';
import type { CatalogObject } from './catalog-filters';

/** Counters of the batches that are being taken in. */
export type RowsRead = Pick<IngestRunner, 'rowsRead'>;

/** A batch as Catalog answers it. Source: contract §14. While rows come in, `recordCount` tells how many were read so far. */
export function batchWire(tenant: Tenant, batch: Batch, ingests: RowsRead): BatchWire & CatalogObject {
  const common = {
    imsOrg: tenant.orgId,
    created: batch.createdAt,
    updated: batch.updatedAt,
    ...peopleOf(batch),
    version: versionOf(batch),
  };
  if (batch.direction === 'none') return { ...batch.catalog, ...common, status: batch.status };
  const rowsRead = batch.status === 'staging' ? ingests.rowsRead(batch.id) : undefined;
  return {
    ...batch.catalog,
    ...common,
    status: batch.status,
    started: batch.createdAt,
    ...(batch.completedAt === undefined ? {} : { completed: batch.completedAt }),
    relatedObjects: [{ type: 'dataSet', id: batch.datasetId, tag: batch.direction }],
    ...(batch.direction === 'input' ? { inputFormat: inputFormatOf(batch) } : {}),
    ...tagsOf(batch),
    recordCount: rowsRead ?? batch.recordCount,
    failedRecordCount: batch.failedRecordCount,
    size: sizeOf(batch),
    ...metricsOf(batch),
    errors: batch.errors.map(({ code, description, rows }) => ({ code, description, rows: [...rows] })),
  };
}

function sizeOf({ files, inputFiles = [] }: Batch): number {
  return [...files, ...inputFiles].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Those that clients gave stand beside ours. */
function metricsOf(batch: Batch): Pick<BatchWire, 'metrics'> {
  const given = batch.catalog?.['metrics'] as Readonly<Record<string, unknown>> | undefined;
  const isOver = batch.completedAt !== undefined;
  if (!isOver) return given === undefined ? {} : { metrics: given };
  return { metrics: { ...given, ...ownMetrics(batch) } };
}

function ownMetrics(batch: Batch): Record<string, number> {
  const { createdAt, completedAt = createdAt, recordCount, failedRecordCount, inputFiles } = batch;
  return {
    startTime: createdAt,
    endTime: completedAt,
    recordsRead: recordCount + failedRecordCount,
    recordsWritten: recordCount,
    recordsFailed: failedRecordCount,
    ...(inputFiles === undefined ? {} : { inputByteSize: sizeOf({ ...batch, files: [] }) }),
    ...(batch.direction === 'output' ? { outputByteSize: sizeOf(batch) } : {}),
  };
}

/** Names of metrics and tags that are ours to set. */
export const ownMetricNames: ReadonlySet<string> = new Set([
  'startTime',
  'endTime',
  'recordsRead',
  'recordsWritten',
  'recordsFailed',
  'inputByteSize',
  'outputByteSize',
]);
export const ownTagNames: ReadonlySet<string> = new Set(['contentHash', 'duplicateOf']);

function tagsOf({ catalog, contentHash, duplicateOf, direction }: Batch): Pick<BatchWire, 'tags'> {
  const tags = {
    ...(catalog?.['tags'] as Record<string, string[]> | undefined),
    ...(contentHash === undefined ? {} : { contentHash: [contentHash] }),
    ...(duplicateOf === undefined ? {} : { duplicateOf: [duplicateOf] }),
  };
  return direction !== 'output' && Object.keys(tags).length === 0 ? {} : { tags };
}

function inputFormatOf({ format = 'ndjson' }: Batch): NonNullable<BatchWire['inputFormat']> {
  if (format === 'csv' || format === 'parquet') return { format };
  return { format: 'json', isMultiLineJson: format === 'json' };
}
