import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { InvalidRequest, ResourceNotFound } from '../../errors/platform-error';
import { eventSchemaId, profileSchemaId } from '../../wire/catalog.wire';
import { openBatchBody, uploadNamePattern } from '../../wire/ingestion.request';
import type { OpenBatchAnswerWire } from '../../wire/ingestion.wire';
import { entityOfDataset } from '../jobs/entity-of-dataset';
import type { Batch, BatchFormat, Dataset, Tenant } from '../records';
import { BatchGate } from './batch-gate';
import { toTypedError } from '../store/engine/engine';
import { partUpload } from '../store/files/part-upload';
import type { HttpServices } from './http-services';
import { wrong } from './query';
import { Refusal } from './refusal';
import { addResource, clientOf } from './resource';
import type { Call } from './resource';

const path = '/data/foundation/import/batches';

/** Batch Ingestion: opening a batch. Source: `wire/ingestion.wire.ts`. */
export function addBatchOpening(app: FastifyInstance, services: HttpServices): void {
  addResource(app, path, { POST: (call) => open(call, services) });
}

/**
 * Batch Ingestion: the requests whose body is no JSON: upload of a file of any size, and closing.
 * They stand in a scope of their own, in which a body is handed on as a stream.
 */
export function addBatchUploads(app: FastifyInstance, services: HttpServices): void {
  const gate = new BatchGate();
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    addResource(scope, `${path}/:batchId/datasets/:datasetId/files/:name`, {
      PUT: (call) => gate.whileUploading(call.tenant, call.id('batchId'), () => upload(call, services)),
    });
    addResource(scope, `${path}/:batchId`, {
      POST: (call) => gate.whileClosing(call.tenant, call.id('batchId'), () => close(call, services)),
    });
    done();
  });
}

async function open(call: Call, { store, surroundings }: HttpServices): Promise<OpenBatchAnswerWire> {
  const { datasetId, inputFormat } = call.body(openBatchBody);
  entityOf(await findDataset(call.tenant, datasetId, store));
  const now = surroundings.clock();
  const batch: Batch = {
    id: surroundings.ids.hex24(),
    datasetId,
    status: 'loading',
    direction: 'input',
    recordCount: 0,
    failedRecordCount: 0,
    errors: [],
    files: [],
    format: formatOf(inputFormat),
    createdBy: clientOf(call),
    createdAt: now,
    updatedAt: now,
  };
  await store.batches.insert(call.tenant, batch);
  call.reply.code(201);
  return {
    id: batch.id,
    imsOrg: call.tenant.orgId,
    status: batch.status,
    created: now,
    updated: now,
    relatedObjects: [{ type: 'dataSet', id: datasetId }],
    version: '1.0.0',
  };
}

function formatOf({ format, isMultiLineJson }: z.output<typeof openBatchBody>['inputFormat']): BatchFormat {
  if (format !== 'json') return format;
  return isMultiLineJson === true ? 'json' : 'ndjson';
}

async function upload(call: Call, services: HttpServices): Promise<undefined> {
  const name = (call.request.params as Readonly<Record<string, string>>)['name'] ?? '';
  if (!uploadNamePattern.test(name)) {
    throw new InvalidRequest(
      'The name of a file must be letters, digits, ".", "_" and "-", and must not start with "." or "-".',
    );
  }
  const batch = await findOpenBatch(call, services);
  if (call.id('datasetId') !== batch.datasetId) {
    throw new ResourceNotFound('dataset of this batch', call.id('datasetId'));
  }
  const folder = await (await services.store.profileData(call.tenant)).uploadFolder(batch.id);
  await touch(call, services, batch.id);
  await writeWhole(call.request.body as Readable | undefined, folder, name);
  await touch(call, services, batch.id);
}

/** A batch to which files still come is not abandoned. */
async function touch({ tenant }: Call, { store, surroundings }: HttpServices, id: string): Promise<void> {
  await store.batches.change(tenant, id, (batch) => ({ ...batch, updatedAt: surroundings.clock() }));
}

/** Under a name that the ingest does not see until all of it is there, so that a broken upload leaves nothing. */
async function writeWhole(content: Readable | undefined, folder: string, name: string): Promise<void> {
  if (content === undefined) throw new InvalidRequest('The request has no body: send the lines of the file.');
  const partial = join(folder, partUpload(name, randomUUID()));
  const hash = createHash('sha256');
  const hashed = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  };
  try {
    await pipeline(content, hashed, createWriteStream(partial, { flags: 'wx', flush: true }));
    await writeFile(join(folder, `${hashPrefix}${name}`), hash.digest('hex'));
    await rename(partial, join(folder, name));
  } catch (error) {
    await rm(partial, { force: true });
    throw toTypedError(error);
  }
}

/** Beside each uploaded file stands the hash of its bytes, under a name that the ingest does not see. */
const hashPrefix = '.sha256-';

/** Equal for batches of equal files and format, whatever the files are called; undefined where a hash is missing. */
async function contentHashOf(
  folder: string,
  names: readonly string[],
  format: BatchFormat,
): Promise<string | undefined> {
  const hash = createHash('sha256').update(format);
  for (const name of [...names].sort()) {
    const own = await readFile(join(folder, `${hashPrefix}${name}`), 'utf8').catch(() => undefined);
    if (own === undefined) return undefined;
    hash.update(own);
  }
  return hash.digest('hex');
}

async function close(call: Call, services: HttpServices): Promise<undefined> {
  const body = call.request.body as Readable | undefined;
  body?.resume();
  const action = call.query.oneOf('action', ['COMPLETE', 'ABORT']);
  if (action === undefined) throw wrong('action', 'must be COMPLETE or ABORT');
  const batch = await findBatch(call, services);
  // A client that did not hear the answer asks again: what is closed already stays as it is.
  if (action === 'COMPLETE' && (batch.status === 'staging' || batch.status === 'success')) return undefined;
  requireOpen(batch);
  await (action === 'COMPLETE' ? complete(call, services, batch) : abort(call, services, batch));
}

async function complete({ tenant }: Call, { store, ingests }: HttpServices, batch: Batch): Promise<void> {
  const entity = entityOf(await findDataset(tenant, batch.datasetId, store));
  const folder = await (await store.profileData(tenant)).uploadFolder(batch.id);
  const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
  if (names.length === 0)
    throw new InvalidRequest(`Batch ${batch.id} has no file yet: upload one before you complete it.`);
  const contentHash = await contentHashOf(folder, names, batch.format ?? 'ndjson');
  const inputFiles = await sizesOf(folder, names);
  await ingests.begin({ tenant, batch: { ...batch, contentHash, inputFiles }, entity });
}

async function sizesOf(folder: string, names: readonly string[]): Promise<Batch['inputFiles']> {
  return Promise.all(
    [...names].sort().map(async (name) => ({ name, sizeBytes: (await stat(join(folder, name))).size })),
  );
}

async function abort({ tenant }: Call, { store, surroundings }: HttpServices, batch: Batch): Promise<void> {
  const now = surroundings.clock();
  await store.batches.replace(tenant, {
    ...batch,
    status: 'aborted',
    revision: (batch.revision ?? 0) + 1,
    updatedAt: now,
    completedAt: now,
  });
  const folder = await (await store.profileData(tenant)).uploadFolder(batch.id);
  await rm(folder, { recursive: true, force: true });
}

async function findBatch(call: Call, { store }: HttpServices): Promise<Batch> {
  const id = call.id('batchId');
  const batch = await store.batches.get(call.tenant, id);
  if (batch === undefined || batch.direction !== 'input') throw new ResourceNotFound('batch', id);
  return batch;
}

async function findOpenBatch(call: Call, services: HttpServices): Promise<Batch> {
  const batch = await findBatch(call, services);
  requireOpen(batch);
  return batch;
}

/** @throws Refusal 409 where the batch takes nothing more. */
function requireOpen({ id, status }: Batch): void {
  if (status === 'loading') return;
  throw new Refusal({
    status: 409,
    code: 'RESOURCE_CONFLICT',
    message: `Batch ${id} is ${status} and takes nothing more. Open a new one.`,
  });
}

async function findDataset(tenant: Tenant, id: string, store: HttpServices['store']): Promise<Dataset> {
  const dataset = await store.datasets.get(tenant, id);
  if (dataset === undefined) throw new ResourceNotFound('dataset', id);
  return dataset;
}

/**
 * What a dataset holds follows from its schema.
 * @throws InvalidRequest where it holds neither profiles nor events.
 */
function entityOf(dataset: Dataset): 'profile' | 'event' {
  const entity = entityOfDataset(dataset);
  if (entity !== undefined) return entity;
  throw new InvalidRequest(
    `Dataset ${dataset.id} takes no data in: its schema must be ${profileSchemaId} or ${eventSchemaId}.`,
  );
}
