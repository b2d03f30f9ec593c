import type { FastifyInstance } from 'fastify';
import { ResourceNotFound } from '../../errors/platform-error';
import type { BatchWire, CatalogMapWire } from '../../wire/catalog.wire';
import { idPattern } from '../../wire/common.wire';
import type { Batch, Tenant } from '../records';
import type { IngestRunner } from '../jobs/ingest-runner';
import { readCatalogOrder, readCatalogPage } from './catalog-query';
import { collectPage } from './collect-page';
import type { HttpServices } from './http-services';
import { wrong } from './query';
import { addResource } from './resource';
import type { Call } from './resource';

const path = '/data/foundation/catalog/batches';

/** Catalog's `/batches`, reading. Source: contract §14. */
export function addBatches(app: FastifyInstance, services: HttpServices): void {
  addResource(app, path, { GET: (call) => list(call, services) });
  addResource(app, `${path}/:id`, {
    GET: async ({ tenant, id }) => {
      const batch = await services.store.batches.get(tenant, id('id'));
      if (batch === undefined) throw new ResourceNotFound('batch', id('id'));
      return { [batch.id]: batchBody(tenant, batch, services.ingests) };
    },
  });
}

async function list(
  { tenant, query }: Call,
  { store, ingests }: HttpServices,
): Promise<CatalogMapWire<BatchWire>> {
  query.allowOnly([
    'limit',
    'start',
    'orderBy',
    'sort',
    'dataSet',
    'status',
    'createdAfter',
    'createdBefore',
  ]);
  const order = readCatalogOrder(query);
  const datasetId = query.text('dataSet');
  if (datasetId !== undefined && !idPattern.test(datasetId))
    throw wrong('dataSet', 'must be the id of a dataset');
  const status = query.text('status');
  const after = query.integer('createdAfter', { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? -Infinity;
  const before = query.integer('createdBefore', { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? Infinity;
  const batches = await collectPage(
    (page) =>
      datasetId === undefined
        ? store.batches.list(tenant, page, order)
        : store.batches.listByDataset(tenant, datasetId, page, order),
    {
      page: readCatalogPage(query),
      fits: (batch) =>
        (status ?? batch.status) === batch.status && batch.createdAt > after && batch.createdAt < before,
    },
  );
  return Object.fromEntries(batches.map((batch) => [batch.id, batchBody(tenant, batch, ingests)]));
}

/** While rows come in, `recordCount` tells how many have been read so far. */
export function batchBody(tenant: Tenant, batch: Batch, ingests: Pick<IngestRunner, 'rowsRead'>): BatchWire {
  const sizeBytes = batch.files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const rowsRead = batch.status === 'staging' ? ingests.rowsRead(batch.id) : undefined;
  return {
    imsOrg: tenant.orgId,
    status: batch.status,
    created: batch.createdAt,
    updated: batch.updatedAt,
    started: batch.createdAt,
    ...(batch.completedAt === undefined ? {} : { completed: batch.completedAt }),
    relatedObjects: [{ type: 'dataSet', id: batch.datasetId, tag: batch.direction }],
    ...(batch.direction === 'input' ? { inputFormat: inputFormatOf(batch) } : {}),
    ...tagsOf(batch),
    recordCount: rowsRead ?? batch.recordCount,
    failedRecordCount: batch.failedRecordCount,
    size: sizeBytes,
    errors: batch.errors.map(({ code, description, rows }) => ({ code, description, rows: [...rows] })),
  };
}

function tagsOf({ contentHash, duplicateOf }: Batch): Pick<BatchWire, 'tags'> {
  const tags = {
    ...(contentHash === undefined ? {} : { contentHash: [contentHash] }),
    ...(duplicateOf === undefined ? {} : { duplicateOf: [duplicateOf] }),
  };
  return Object.keys(tags).length === 0 ? {} : { tags };
}

function inputFormatOf({ format = 'ndjson' }: Batch): NonNullable<BatchWire['inputFormat']> {
  if (format === 'csv' || format === 'parquet') return { format };
  return { format: 'json', isMultiLineJson: format === 'json' };
}
