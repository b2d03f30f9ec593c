import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { InvalidRequest, ResourceNotFound } from '../../errors/platform-error';
import { batchBody } from '../../wire/catalog.request';
import type { Batch, Tenant } from '../records';
import { batchWire, ownMetricNames, ownTagNames } from './batch-body';
import { checkObject, readCatalogPatch, setByCatalog, versionOf, withoutReadOnly } from './catalog-change';
import type { CatalogPatch } from './catalog-change';
import type { CatalogObject } from './catalog-filters';
import type { HttpServices } from './http-services';
import { isValidateOnly, requireVersion } from './preconditions';
import { Refusal } from './refusal';
import { clientOf } from './resource';
import type { Call, Routes } from './resource';

const path = '/data/foundation/catalog/batches';

/**
 * What clients may write to Catalog's batches. A batch that a client made there is the client's own; of one that came
 * from an import or an export the platform keeps everything but tags, external id, metrics and replay.
 * Source: contract §14, OA-catalog.
 */
export function batchChanges(services: HttpServices): { readonly ofList: Routes; readonly ofOne: Routes } {
  return {
    ofList: { POST: (call) => create(call, services, services.surroundings.ids.hex24()) },
    ofOne: {
      POST: (call) => create(call, services, call.id('id')),
      PUT: (call) => change(call, services, replacement(call)),
      PATCH: (call) => change(call, services, readCatalogPatch(call)),
      DELETE: (call) => remove(call, services),
    },
  };
}

async function create(
  call: Call,
  { store, surroundings, origin }: HttpServices,
  id: string,
): Promise<string[]> {
  const { tenant } = call;
  const now = surroundings.clock();
  const batch: Batch = {
    id,
    ...contentOf(call.body(batchBody)),
    direction: 'none',
    errors: [],
    files: [],
    createdBy: clientOf(call),
    createdAt: now,
    updatedAt: now,
  };
  if ((await store.batches.get(tenant, id)) !== undefined) throw conflict(`There is a batch ${id} already.`);
  if (isValidateOnly(call)) return [];
  await store.batches.insert(tenant, batch);
  call.reply.code(201).header('location', `${origin()}${path}/${id}`);
  return referenceTo(id);
}

type BatchContent = Pick<Batch, 'status' | 'datasetId' | 'recordCount' | 'failedRecordCount' | 'catalog'>;

function contentOf(object: unknown): BatchContent {
  const body = checkObject(batchBody, object);
  return {
    status: body.status,
    datasetId: body.relatedObjects?.find(({ type }) => type === 'dataSet')?.id ?? '',
    recordCount: body.recordCount ?? 0,
    failedRecordCount: body.failedRecordCount ?? 0,
    catalog: withoutReadOnly(body, setByCatalog),
  };
}

function replacement(call: Call): CatalogPatch {
  const body = call.body(batchBody);
  return () => body;
}

async function change(call: Call, services: HttpServices, patch: CatalogPatch): Promise<string[]> {
  const { tenant } = call;
  const { store, surroundings, ingests } = services;
  const id = call.id('id');
  const edit = (before: Batch): Batch => {
    requireVersion(call, { id, version: versionOf(before) });
    const wire = withoutReadOnly(batchWire(tenant, before, ingests), setByCatalog);
    const after = checkObject(batchBody, withoutReadOnly(patch(wire), setByCatalog));
    return {
      ...before,
      ...(before.direction === 'none' ? contentOf(after) : additionsTo(before, wire, after)),
      revision: (before.revision ?? 0) + 1,
      updatedBy: clientOf(call),
      updatedAt: surroundings.clock(),
    };
  };
  if (isValidateOnly(call)) {
    edit(await find(tenant, id, services));
    return [];
  }
  const changed = await store.batches.change(tenant, id, edit);
  if (changed === undefined) throw new ResourceNotFound('batch', id);
  call.reply.header('e-tag', versionOf(changed));
  return referenceTo(id);
}

const additions: readonly string[] = ['tags', 'externalId', 'metrics', 'replay'];

/** @throws Refusal 409 while the platform writes the batch; InvalidRequest where something else would change. */
function additionsTo(before: Batch, wire: CatalogObject, after: CatalogObject): Pick<Batch, 'catalog'> {
  const isBusy =
    before.direction === 'input' ? before.status === 'staging' : before.completedAt === undefined;
  if (isBusy) throw conflict(`Batch ${before.id} is ${before.status}: change it when that is over.`);
  const faults = Object.entries(after)
    .filter(([name, value]) => !additions.includes(name) && !isDeepStrictEqual(value, wire[name]))
    .map(([name]) => ({ path: name, message: 'is kept by the platform, and cannot be changed' }));
  if (faults.length > 0) throw new InvalidRequest('This batch is not yours alone.', faults);
  const catalog = Object.fromEntries(
    additions.flatMap((name): [string, unknown][] => {
      const value = after[name];
      if (value === undefined) return [];
      if (name === 'tags') return [[name, withoutReadOnly(value as CatalogObject, ownTagNames)]];
      if (name === 'metrics') return [[name, withoutReadOnly(value as CatalogObject, ownMetricNames)]];
      return [[name, value]];
    }),
  );
  return { catalog };
}

/** An export is taken off its dataset; of all other batches nothing is left. */
async function remove(call: Call, services: HttpServices): Promise<string[]> {
  const { tenant } = call;
  const { store, surroundings } = services;
  const id = call.id('id');
  const { files, direction } = await find(tenant, id, services);
  const exported = await Promise.all(files.map((file) => store.batches.findFile(tenant, file.id)));
  const gone = await store.batches.change(tenant, id, (batch) => {
    requireRemovable(batch);
    const revision = (batch.revision ?? 0) + 1;
    return { ...batch, status: 'deleted', files: [], revision, updatedAt: surroundings.clock() };
  });
  if (gone === undefined) throw new ResourceNotFound('batch', id);
  for (const file of exported) if (file !== undefined) await rm(file.path, { force: true });
  if (direction !== 'output' || files.length === 0) await store.batches.delete(tenant, id);
  return referenceTo(id);
}

/** @throws Refusal 409 for a batch that is open; InvalidRequest for one whose rows have become profiles. */
function requireRemovable({ id, direction, status, duplicateOf }: Batch): void {
  if (direction !== 'none' && (status === 'loading' || status === 'staging'))
    throw conflict(`Batch ${id} is ${status}: end it first.`);
  if (direction === 'input' && status === 'success' && duplicateOf === undefined)
    throw new InvalidRequest(`The rows of batch ${id} are in the profiles and cannot be taken out again.`);
}

async function find(tenant: Tenant, id: string, { store }: HttpServices): Promise<Batch> {
  const batch = await store.batches.get(tenant, id);
  if (batch === undefined) throw new ResourceNotFound('batch', id);
  return batch;
}

function conflict(message: string): Refusal {
  return new Refusal({ status: 409, code: 'RESOURCE_CONFLICT', message });
}

function referenceTo(id: string): string[] {
  return [`@/batches/${id}`];
}
