import { createHash } from 'node:crypto';
import { InvalidRequest } from '../../errors/platform-error';
import type { DatasetBody } from '../../wire/catalog.request';
import type { DatasetWire } from '../../wire/catalog.wire';
import { entityOfDataset } from '../jobs/entity-of-dataset';
import type { Batch, Dataset, Tenant } from '../records';
import { peopleOf, setByCatalog, versionOf, withoutReadOnly } from './catalog-change';
import type { CatalogObject } from './catalog-filters';

/** Properties that Catalog sets itself. */
const readOnly: ReadonlySet<string> = new Set([
  ...setByCatalog,
  'viewId',
  'files',
  'state',
  'basePath',
  'lastBatchId',
  'lastBatchStatus',
  'lastSuccessfulBatch',
  'lastFailedBatch',
  'classification',
]);

/** What a client may write of a dataset. Tags are always there, so that one can be added to them. */
export function writableDataset(tenant: Tenant, dataset: Dataset): CatalogObject {
  return withoutReadOnly({ tags: {}, ...datasetWire(tenant, dataset) }, readOnly);
}

/** The properties of a dataset from a body that was checked. */
export function datasetFrom(
  body: DatasetBody,
): Pick<
  Dataset,
  'name' | 'description' | 'schemaId' | 'schemaContentType' | 'fileDescription' | 'tags' | 'more'
> {
  const { name, description, schemaRef, fileDescription, tags, ...others } = body;
  const more = withoutReadOnly(others, readOnly);
  return {
    name,
    description,
    schemaId: schemaRef?.id,
    schemaContentType: schemaRef?.contentType,
    fileDescription,
    tags: tags === undefined || Object.keys(tags).length === 0 ? undefined : tags,
    more: Object.keys(more).length === 0 ? undefined : more,
  };
}

/**
 * A dataset after a change; without a schema in the body it keeps its own.
 * @throws InvalidRequest for another schema, which would make its batches unreadable.
 */
export function changedDataset(
  before: Dataset,
  body: DatasetBody,
  by: { readonly at: number; readonly client: string | undefined },
): Dataset {
  const after = datasetFrom(body);
  if (before.schemaId !== undefined && after.schemaId !== undefined && after.schemaId !== before.schemaId)
    throw new InvalidRequest('The schema of a dataset cannot become another one.', [
      { path: 'schemaRef.id', message: `must stay ${before.schemaId}` },
    ]);
  const schema =
    after.schemaId === undefined
      ? { schemaId: before.schemaId, schemaContentType: before.schemaContentType }
      : {};
  return {
    ...before,
    ...after,
    ...schema,
    revision: (before.revision ?? 0) + 1,
    updatedBy: by.client,
    updatedAt: Math.max(by.at, before.updatedAt),
  };
}

/** A dataset as Catalog answers it, without its last batches. */
export function datasetWire(tenant: Tenant, dataset: Dataset): DatasetWire & CatalogObject {
  const { name, description, schemaId, schemaContentType: contentType, fileDescription, tags } = dataset;
  return {
    ...dataset.more,
    name,
    ...(description === undefined ? {} : { description }),
    imsOrg: tenant.orgId,
    created: dataset.createdAt,
    updated: dataset.updatedAt,
    ...peopleOf(dataset),
    version: versionOf(dataset),
    ...(schemaId === undefined
      ? {}
      : { schemaRef: { id: schemaId, ...(contentType === undefined ? {} : { contentType }) } }),
    ...(fileDescription === undefined ? {} : { fileDescription: { ...fileDescription } }),
    ...(tags === undefined
      ? {}
      : { tags: Object.fromEntries(Object.entries(tags).map(([key, values]) => [key, [...values]])) }),
    classification: { dataBehavior: behaviorOf(dataset), managedBy: 'CUSTOMER' },
    state: 'DRAFT',
    viewId: viewIdOf(dataset.id),
    files: `@/dataSetFiles?dataSetId=${dataset.id}`,
  };
}

/** In the words of Catalog; exports are of profiles. */
function behaviorOf(dataset: Dataset): string {
  if (dataset.schemaId === undefined) return 'adhoc';
  return entityOfDataset(dataset) === 'event' ? 'time-series' : 'record';
}

/** A dataset has one view, whose id is always the same. */
export function viewIdOf(datasetId: string): string {
  return createHash('sha256').update(`view of ${datasetId}`).digest('hex').slice(0, 24);
}

/** What the newest batches of a dataset say of it. */
export function lastBatchesOf(newestFirst: readonly Batch[]): Partial<DatasetWire> {
  const [last] = newestFirst;
  const good = newestFirst.find(({ status }) => status === 'success' || status === 'active');
  const bad = newestFirst.find(({ status }) => status === 'failed' || status === 'failure');
  return {
    ...(last === undefined ? {} : { lastBatchId: last.id, lastBatchStatus: last.status }),
    ...(good === undefined ? {} : { lastSuccessfulBatch: good.id }),
    ...(bad === undefined ? {} : { lastFailedBatch: bad.id }),
  };
}
