import type { FastifyInstance } from 'fastify';
import { ResourceNotFound } from '../../errors/platform-error';
import { datasetBody } from '../../wire/catalog.request';
import type { CatalogMapWire, DatasetWire } from '../../wire/catalog.wire';
import type { Dataset } from '../records';
import type { CatalogPatch } from './catalog-change';
import { checkObject, readCatalogPatch, versionOf } from './catalog-change';
import type { CatalogFilterNames } from './catalog-filters';
import { listCatalog } from './catalog-list';
import { onlyProperties, readProperties } from './catalog-query';
import { changedDataset, datasetFrom, datasetWire, lastBatchesOf, writableDataset } from './dataset-body';
import type { HttpServices } from './http-services';
import { isValidateOnly, requireVersion } from './preconditions';
import { addResource, clientOf } from './resource';
import type { Call } from './resource';

const root = '/data/foundation/catalog';
const path = `${root}/dataSets`;

/** `/dataSets`. Every read answers a map keyed by id (quirk N33). Source: contract §13. */
export function addDatasets(app: FastifyInstance, services: HttpServices): void {
  addResource(app, path, { GET: (call) => list(call, services), POST: (call) => create(call, services) });
  addResource(app, `${path}/:id`, {
    GET: (call) => read(call, services),
    PUT: (call) => change(call, services, replacement(call)),
    PATCH: (call) => change(call, services, readCatalogPatch(call)),
    DELETE: (call) => remove(call, services),
  });
  addResource(app, `${root}/v2/dataSets/:id`, {
    PATCH: (call) => change(call, services, readCatalogPatch(call, { isDeep: true })),
  });
}

const filters: CatalogFilterNames = {
  simple: [
    'name',
    'description',
    'version',
    'created',
    'updated',
    'createdClient',
    'createdUser',
    'updatedUser',
    'enableErrorDiagnostics',
    'state',
    'viewId',
    'schemaRef.id',
    'schemaRef.contentType',
    'fileDescription.format',
    'fileDescription.containerFormat',
    'fileDescription.persisted',
  ],
  ranges: {
    createdAfter: { path: 'created', is: 'after' },
    createdBefore: { path: 'created', is: 'before' },
  },
};

async function list(call: Call, services: HttpServices): Promise<CatalogMapWire<Partial<DatasetWire>>> {
  const { tenant, query } = call;
  const datasets = await listCatalog({
    query,
    filters,
    list: (page, order) => services.store.datasets.list(tenant, page, order),
    toWire: (dataset) => datasetWire(tenant, dataset),
  });
  const bodies = datasets.map(
    async (dataset) => [dataset.id, await shownBody(call, services, dataset)] as const,
  );
  return Object.fromEntries(await Promise.all(bodies));
}

/** One, or several with commas between, of which those that there are. Source: D:catalog/api/look-up-multiple-objects. */
async function read(call: Call, services: HttpServices): Promise<CatalogMapWire<Partial<DatasetWire>>> {
  const ids = call.ids('id');
  const datasets = await services.store.datasets.getMany(call.tenant, ids);
  const [first] = datasets;
  if (first === undefined) throw notFound(ids.join(','));
  if (ids.length === 1) call.reply.header('e-tag', versionOf(first));
  const bodies = datasets.map(
    async (dataset) => [dataset.id, await shownBody(call, services, dataset)] as const,
  );
  return Object.fromEntries(await Promise.all(bodies));
}

const batchProperties = ['lastBatchId', 'lastBatchStatus', 'lastSuccessfulBatch', 'lastFailedBatch'];
const newestBatches = { offset: 0, limit: 50 };

async function shownBody(
  { tenant, query }: Call,
  { store }: HttpServices,
  dataset: Dataset,
): Promise<Partial<DatasetWire>> {
  const properties = readProperties(query);
  const body = datasetWire(tenant, dataset);
  if (properties?.some((name) => batchProperties.includes(name)) === false)
    return onlyProperties(body, properties);
  const { items } = await store.batches.listByDataset(tenant, dataset.id, newestBatches);
  return onlyProperties({ ...body, ...lastBatchesOf(items) }, properties);
}

async function create(call: Call, { store, surroundings, origin }: HttpServices): Promise<string[]> {
  const body = call.body(datasetBody);
  const now = surroundings.clock();
  const dataset: Dataset = {
    ...datasetFrom(body),
    id: surroundings.ids.hex24(),
    createdBy: clientOf(call),
    createdAt: now,
    updatedAt: now,
  };
  if (isValidateOnly(call)) return [];
  await store.datasets.insert(call.tenant, dataset);
  call.reply.code(201).header('location', `${origin()}${path}/${dataset.id}`);
  return referenceTo(dataset.id);
}

function replacement(call: Call): CatalogPatch {
  const body = call.body(datasetBody);
  return () => body;
}

/** @throws ResourceNotFound; Refusal 412 where it is not the version that is meant. */
async function change(call: Call, services: HttpServices, patch: CatalogPatch): Promise<string[]> {
  const { tenant } = call;
  const { store, surroundings } = services;
  const id = call.id('id');
  const edit = (before: Dataset): Dataset => {
    requireVersion(call, { id, version: versionOf(before) });
    const body = checkObject(datasetBody, patch(writableDataset(tenant, before)));
    return changedDataset(before, body, { at: surroundings.clock(), client: clientOf(call) });
  };
  if (isValidateOnly(call)) {
    const before = await store.datasets.get(tenant, id);
    if (before === undefined) throw notFound(id);
    edit(before);
    return [];
  }
  const changed = await store.datasets.change(tenant, id, edit);
  if (changed === undefined) throw notFound(id);
  call.reply.header('e-tag', versionOf(changed));
  return referenceTo(id);
}

async function remove(call: Call, { store }: HttpServices): Promise<string[]> {
  const id = call.id('id');
  if (!(await store.datasets.delete(call.tenant, id))) throw notFound(id);
  return referenceTo(id);
}

function notFound(id: string): ResourceNotFound {
  return new ResourceNotFound('dataset', id);
}

function referenceTo(id: string): string[] {
  return [`@/dataSets/${id}`];
}
