import type { FastifyInstance } from 'fastify';
import type { CatalogMapWire, DatasetFileWire } from '../../wire/catalog.wire';
import { idPattern } from '../../wire/common.wire';
import type { Batch } from '../records';
import { peopleOf, versionOf } from './catalog-change';
import { onlyProperties, readCatalogPage, readProperties } from './catalog-query';
import { viewIdOf } from './dataset-body';
import type { HttpServices } from './http-services';
import { wrong } from './query';
import { addResource } from './resource';
import type { Call } from './resource';

const chunk = 200;

/** Catalog's `/dataSetFiles`, where `files` of a dataset leads: the files of its exports. Source: contract §13. */
export function addDatasetFiles(app: FastifyInstance, services: HttpServices): void {
  addResource(app, '/data/foundation/catalog/dataSetFiles', { GET: (call) => list(call, services) });
}

async function list(
  { tenant, query }: Call,
  { store }: HttpServices,
): Promise<CatalogMapWire<Partial<DatasetFileWire>>> {
  query.allowOnly(['dataSetId', 'batchId', 'limit', 'start', 'properties']);
  const [datasetId, batchId] = [query.text('dataSetId'), query.text('batchId')];
  if (datasetId === undefined || !idPattern.test(datasetId))
    throw wrong('dataSetId', 'must be the id of a dataset');
  const { offset, limit } = readCatalogPage(query);
  const files: (readonly [string, DatasetFileWire])[] = [];
  for (let from = 0; files.length < offset + limit; from += chunk) {
    const { items } = await store.batches.listByDataset(tenant, datasetId, { offset: from, limit: chunk });
    const meant = items.filter(({ id, status }) => status === 'success' && (batchId ?? id) === id);
    files.push(...meant.flatMap((batch) => filesOf(batch, tenant.orgId)));
    if (items.length < chunk) break;
  }
  const properties = readProperties(query);
  const shown = files.slice(offset, offset + limit);
  return Object.fromEntries(shown.map(([id, file]) => [id, onlyProperties(file, properties)]));
}

function filesOf(batch: Batch, imsOrg: string): readonly (readonly [string, DatasetFileWire])[] {
  return batch.files.map(({ id, recordCount, sizeBytes }) => [
    id,
    {
      id,
      batchId: batch.id,
      dataSetViewId: viewIdOf(batch.datasetId),
      imsOrg,
      ...peopleOf(batch),
      version: versionOf(batch),
      created: batch.createdAt,
      updated: batch.updatedAt,
      records: recordCount,
      size: sizeBytes,
    },
  ]);
}
