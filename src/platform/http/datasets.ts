import type { FastifyInstance } from 'fastify';
import { ResourceNotFound } from '../../errors/platform-error';
import { datasetChangeBody, newDatasetBody } from '../../wire/catalog.request';
import type { CatalogMapWire, DatasetWire } from '../../wire/catalog.wire';
import type { Dataset, Tenant } from '../records';
import { readCatalogOrder, readCatalogPage } from './catalog-query';
import { collectPage } from './collect-page';
import type { HttpServices } from './http-services';
import { wrong } from './query';
import type { Query } from './query';
import { Refusal } from './refusal';
import { addResource } from './resource';
import type { Call } from './resource';

const path = '/data/foundation/catalog/dataSets';

/** `/dataSets`. Every read answers a map keyed by id (quirk N33). Source: contract §13. */
export function addDatasets(app: FastifyInstance, services: HttpServices): void {
  addResource(app, path, { GET: (call) => list(call, services), POST: (call) => create(call, services) });
  addResource(app, `${path}/:id`, {
    GET: (call) => read(call, services),
    PATCH: (call) => change(call, services),
    DELETE: (call) => remove(call, services),
  });
}

async function list({ tenant, query }: Call, { store }: HttpServices): Promise<CatalogMapWire<DatasetWire>> {
  query.allowOnly(['limit', 'start', 'orderBy', 'sort', 'name']);
  const hasName = readNames(query);
  const order = readCatalogOrder(query);
  const datasets = await collectPage((page) => store.datasets.list(tenant, page, order), {
    page: readCatalogPage(query),
    fits: (dataset) => hasName(dataset.name),
  });
  return Object.fromEntries(datasets.map((dataset) => [dataset.id, datasetBody(tenant, dataset)]));
}

/** `name=a,b`: either; `name=!a,!b`: neither. Both kinds in one are refused, since no answer would be the one meant. */
function readNames(query: Query): (name: string) => boolean {
  const text = query.text('name');
  if (text === undefined) return () => true;
  const terms = text.split(',');
  const names = terms.map((term) => term.replace(/^!/u, ''));
  const unwanted = terms.filter((term) => term.startsWith('!'));
  if (names.includes('') || (unwanted.length > 0 && unwanted.length < terms.length))
    throw wrong('name', 'must be names with commas between, with "!" before all of them or none');
  return (name) => names.includes(name) === (unwanted.length === 0);
}

async function read(call: Call, services: HttpServices): Promise<CatalogMapWire<DatasetWire>> {
  const dataset = await find(call, services);
  call.reply.header('e-tag', etagOf(dataset));
  return { [dataset.id]: datasetBody(call.tenant, dataset) };
}

async function create(call: Call, { store, surroundings, origin }: HttpServices): Promise<string[]> {
  const body = call.body(newDatasetBody);
  const now = surroundings.clock();
  const dataset: Dataset = {
    id: surroundings.ids.hex24(),
    name: body.name,
    description: body.description,
    schemaId: body.schemaRef?.id,
    schemaContentType: body.schemaRef?.contentType,
    fileDescription: body.fileDescription,
    tags: body.tags,
    createdAt: now,
    updatedAt: now,
  };
  if (isValidateOnly(call)) return [];
  await store.datasets.insert(call.tenant, dataset);
  call.reply.code(201).header('location', `${origin()}${path}/${dataset.id}`);
  return referenceTo(dataset.id);
}

/** `Pragma: validate-only` asks whether the request would do. Its answer is not documented; ours names nothing. */
function isValidateOnly({ request: { headers } }: Call): boolean {
  const pragma = headers.pragma ?? '';
  return pragma.split(',').some((directive) => directive.trim().toLowerCase() === 'validate-only');
}

async function change(call: Call, services: HttpServices): Promise<string[]> {
  const before = await find(call, services);
  const expected = call.request.headers['if-match'];
  if (expected !== undefined && expected !== etagOf(before)) {
    const message = 'The dataset has changed since it was read. Read it again.';
    throw new Refusal({ status: 412, code: 'PRECONDITION_FAILED', message });
  }
  const body = call.body(datasetChangeBody);
  const changed: Dataset = {
    ...before,
    name: body.name ?? before.name,
    description: body.description ?? before.description,
    tags: body.tags ?? before.tags,
    updatedAt: Math.max(services.surroundings.clock(), before.updatedAt + 1),
  };
  if (!(await services.store.datasets.replace(call.tenant, changed))) throw notFound(before.id);
  return referenceTo(before.id);
}

async function remove(call: Call, { store }: HttpServices): Promise<string[]> {
  const id = call.id('id');
  if (!(await store.datasets.delete(call.tenant, id))) throw notFound(id);
  return referenceTo(id);
}

async function find(call: Call, { store }: HttpServices): Promise<Dataset> {
  const id = call.id('id');
  const dataset = await store.datasets.get(call.tenant, id);
  if (dataset === undefined) throw notFound(id);
  return dataset;
}

function notFound(id: string): ResourceNotFound {
  return new ResourceNotFound('dataset', id);
}

function referenceTo(id: string): string[] {
  return [`@/dataSets/${id}`];
}

function etagOf(dataset: Dataset): string {
  return `"${dataset.updatedAt}"`;
}

function datasetBody(tenant: Tenant, dataset: Dataset): DatasetWire {
  const { name, description, schemaId, schemaContentType: contentType, fileDescription, tags } = dataset;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    imsOrg: tenant.orgId,
    created: dataset.createdAt,
    updated: dataset.updatedAt,
    version: '1.0.0',
    ...(schemaId === undefined
      ? {}
      : { schemaRef: { id: schemaId, ...(contentType === undefined ? {} : { contentType }) } }),
    ...(fileDescription === undefined ? {} : { fileDescription: { ...fileDescription } }),
    ...(tags === undefined
      ? {}
      : { tags: Object.fromEntries(Object.entries(tags).map(([key, values]) => [key, [...values]])) }),
  };
}
