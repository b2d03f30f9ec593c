import type { FastifyInstance } from 'fastify';
import { ResourceNotFound } from '../../errors/platform-error';
import type { BatchWire, CatalogMapWire } from '../../wire/catalog.wire';
import { idPattern } from '../../wire/common.wire';
import { batchWire } from './batch-body';
import { batchChanges } from './change-batches';
import { versionOf } from './catalog-change';
import type { CatalogFilterNames } from './catalog-filters';
import { listCatalog } from './catalog-list';
import { collectListed } from './collect-page';
import { onlyProperties, readProperties } from './catalog-query';
import type { HttpServices } from './http-services';
import { wrong } from './query';
import { addResource } from './resource';
import type { Call } from './resource';

const path = '/data/foundation/catalog/batches';

/** Catalog's `/batches`. Source: contract §14. */
export function addBatches(app: FastifyInstance, services: HttpServices): void {
  const changes = batchChanges(services);
  addResource(app, path, { GET: (call) => list(call, services), ...changes.ofList });
  addResource(app, `${path}/:id`, { GET: (call) => read(call, services), ...changes.ofOne });
}

/** Words of Adobe's that mean the same (quirk S-7). */
const good = ['success', 'active'];
const bad = ['failed', 'failure'];

const filters: CatalogFilterNames = {
  simple: [
    'status',
    'externalId',
    'recordCount',
    'failedRecordCount',
    'size',
    'started',
    'completed',
    'created',
    'updated',
    'createdClient',
    'createdUser',
    'updatedUser',
    'version',
  ],
  ranges: {
    createdAfter: { path: 'created', is: 'after' },
    createdBefore: { path: 'created', is: 'before' },
    startAfter: { path: 'availableDates.startDate', is: 'after' },
    startBefore: { path: 'availableDates.startDate', is: 'before' },
    endAfter: { path: 'availableDates.endDate', is: 'after' },
    endBefore: { path: 'availableDates.endDate', is: 'before' },
  },
  synonyms: { status: { success: good, active: good, failed: bad, failure: bad } },
};

async function list(
  { tenant, query }: Call,
  { store, ingests }: HttpServices,
): Promise<CatalogMapWire<Partial<BatchWire>>> {
  const datasetIds = query
    .text('dataSet')
    ?.split(',')
    .map((id) => readId(id, 'dataSet'));
  const batchId = readId(query.text('batch'), 'batch');
  const batches = await listCatalog({
    query,
    filters,
    parameters: ['dataSet', 'batch'],
    list: async (page, order) => {
      if (batchId !== undefined) {
        const found = await store.batches.getMany(tenant, [batchId]);
        const items = found.filter((batch) => datasetIds?.includes(batch.datasetId) ?? true);
        return { items: items.slice(page.offset, page.offset + page.limit), totalCount: items.length };
      }
      const [datasetId, ...others] = datasetIds ?? [];
      if (datasetId === undefined) return store.batches.list(tenant, page, order);
      if (others.length === 0) return store.batches.listByDataset(tenant, datasetId, page, order);
      // `{field}={v1,v2}`: one of them.
      return collectListed((part) => store.batches.list(tenant, part, order), {
        page,
        fits: (batch) => datasetIds?.includes(batch.datasetId) ?? true,
      });
    },
    toWire: (batch) => batchWire(tenant, batch, ingests),
  });
  const properties = readProperties(query);
  return Object.fromEntries(
    batches.map((batch) => [batch.id, onlyProperties(batchWire(tenant, batch, ingests), properties)]),
  );
}

function readId<Text extends string | undefined>(text: Text, name: string): Text {
  if (text === undefined || idPattern.test(text)) return text;
  throw wrong(name, 'must be an id');
}

/** `aggregate` would sum up the batches that this one replaced; there are none here, so the batch is its own sum. */
/** One, or several with commas between, of which those that there are. Source: D:catalog/api/look-up-multiple-objects. */
async function read(
  call: Call,
  { store, ingests }: HttpServices,
): Promise<CatalogMapWire<Partial<BatchWire>>> {
  const { tenant, query } = call;
  const ids = call.ids('id');
  const found = await Promise.all(ids.map((id) => store.batches.get(tenant, id)));
  const batches = found.filter((batch) => batch !== undefined);
  const [first] = batches;
  if (first === undefined) throw new ResourceNotFound('batch', ids.join(','));
  if (ids.length === 1) call.reply.header('e-tag', versionOf(first));
  const properties = readProperties(query);
  return Object.fromEntries(
    batches.map((batch) => [batch.id, onlyProperties(batchWire(tenant, batch, ingests), properties)]),
  );
}
