import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { ResourceNotFound } from '../../errors/platform-error';
import type { BatchFileWire, DataAccessListWire, FileEntryWire } from '../../wire/data-access.wire';
import type { Batch, BatchFile } from '../records';
import { readByteRange } from './byte-range';
import { viewIdOf } from './dataset-body';
import type { HttpServices } from './http-services';
import { linkTo } from './next-link';
import { readPage } from './query';
import { addResource } from './resource';
import type { Call } from './resource';

const path = '/data/foundation/export';
const pageLimits = { defaultLimit: 100, maxLimit: 100 } as const;

/** Data Access: the files of a batch and their content. Source: contract §15. */
export function addBatchFiles(app: FastifyInstance, services: HttpServices): void {
  addResource(app, `${path}/batches/:id/files`, { GET: (call) => list(call, services) });
  addResource(app, `${path}/files/:fileId`, {
    GET: (call) =>
      call.query.text('path') === undefined ? listEntries(call, services) : send(call, services),
    HEAD: (call) => describe(call, services),
  });
}

async function list(call: Call, { store, origin }: HttpServices): Promise<DataAccessListWire<BatchFileWire>> {
  const id = call.id('id');
  const batch = await store.batches.get(call.tenant, id);
  if (batch === undefined) throw new ResourceNotFound('batch', id);
  const page = readPage(call.query, pageLimits);
  const files = batch.status === 'success' ? batch.files : [];
  const shown = files.slice(page.offset, page.offset + page.limit);
  const end = page.offset + shown.length;
  const next = `${origin()}${linkTo(`${path}/batches/${id}/files`, call.query, { start: end, limit: page.limit })}`;
  return {
    data: shown.map((file) => fileBody(batch, file, origin())),
    _page: { limit: page.limit, count: files.length },
    _links: {
      ...(shown.length > 0 && end < files.length ? { next: { href: next } } : {}),
      page: pageTemplate(`${origin()}${path}/batches/${id}/files`),
    },
  };
}

/** A URI template that leads to any page of a list. */
export function pageTemplate(place: string): { readonly href: string; readonly templated: true } {
  return { href: `${place}?limit={limit}&start={start}`, templated: true };
}

/** Numbers and times are strings; `isValid` is false on good files too (quirk N35). */
function fileBody(batch: Batch, file: BatchFile, origin: string): BatchFileWire {
  return {
    dataSetFileId: file.id,
    dataSetViewId: viewIdOf(batch.datasetId),
    version: '1.0.0',
    created: String(batch.createdAt),
    updated: String(batch.updatedAt),
    records: String(file.recordCount),
    size: String(file.sizeBytes),
    isValid: false,
    _links: { self: { href: `${origin}${path}/files/${file.id}` } },
  };
}

async function listEntries(call: Call, services: HttpServices): Promise<DataAccessListWire<FileEntryWire>> {
  const page = readPage(call.query, pageLimits);
  const { name, sizeBytes } = await find(call, services);
  const href = `${services.origin()}${path}/files/${call.id('fileId')}?path=${encodeURIComponent(name)}`;
  return {
    data: page.offset > 0 ? [] : [{ name, length: String(sizeBytes), _links: { self: { href } } }],
    _page: { limit: page.limit, count: 1 },
  };
}

async function describe(call: Call, services: HttpServices): Promise<undefined> {
  const file = await find(call, services);
  tellVersion(call, file).header('content-length', file.sizeBytes);
}

const contentType = 'application/parquet';

async function send(call: Call, services: HttpServices): Promise<unknown> {
  const file = await find(call, services);
  const reply = tellVersion(call, file);
  const { range: asked, 'if-range': ifRange, 'if-none-match': known } = call.request.headers;
  if (known === file.etag) {
    reply.code(304);
    return undefined;
  }
  // With If-Range, a part comes only of the file that the client has a part of already (RFC 9110, 13.1.5).
  const isSame = ifRange === undefined || ifRange === file.etag || ifRange === file.lastModified;
  const range = isSame ? readByteRange(asked, file.sizeBytes) : undefined;
  if (range === undefined) {
    reply.header('content-length', file.sizeBytes);
    return createReadStream(file.path);
  }
  reply.code(206).header('content-length', range.last - range.first + 1);
  reply.header('content-range', `bytes ${range.first}-${range.last}/${file.sizeBytes}`);
  return createReadStream(file.path, { start: range.first, end: range.last });
}

/** A file of a batch never changes once it can be read: its size and time are its version. */
function tellVersion({ reply }: Call, { etag, lastModified }: FoundFile): Call['reply'] {
  return reply
    .header('accept-ranges', 'bytes')
    .header('etag', etag)
    .header('last-modified', lastModified)
    .type(contentType);
}

interface FoundFile {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly etag: string;
  readonly lastModified: string;
}

/** The file by its id and, where it is given, its name; found by the store's own row, never by a path from outside. */
async function find(call: Call, { store }: HttpServices): Promise<FoundFile> {
  const id = call.id('fileId');
  const found = await store.batches.findFile(call.tenant, id);
  const name = call.query.text('path');
  if (found === undefined || (name !== undefined && name !== found.file.name))
    throw new ResourceNotFound('file', id);
  const onDisk = await stat(found.path).catch(() => undefined);
  if (onDisk === undefined || found.batch.status !== 'success') throw new ResourceNotFound('file', id);
  const { size: sizeBytes, mtime } = onDisk;
  return {
    name: found.file.name,
    path: found.path,
    sizeBytes,
    etag: `"${sizeBytes.toString(36)}-${mtime.getTime().toString(36)}"`,
    lastModified: mtime.toUTCString(),
  };
}
