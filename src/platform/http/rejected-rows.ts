import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { ResourceNotFound } from '../../errors/platform-error';
import type { DataAccessListWire, FileEntryWire } from '../../wire/data-access.wire';
import type { Batch } from '../records';
import type { RejectedRow } from '../store/api/ingest';
import type { ProfileData } from '../store/api/profile-data';
import { pageTemplate } from './batch-files';
import type { HttpServices } from './http-services';
import { linkTo } from './next-link';
import { readPage } from './query';
import { addResource } from './resource';
import type { Call } from './resource';

const path = '/data/foundation/export/batches/:id';

interface OfferedFile {
  readonly name: string;
  readonly type: string;
  /** What stands in it, in pieces; nothing at all where it is not there. */
  readonly read: (data: ProfileData, batch: Batch) => AsyncIterable<string>;
}

const ndjson = 'application/x-ndjson';

const failedFiles: readonly OfferedFile[] = [
  {
    name: 'failed.ndjson',
    type: ndjson,
    read: eachRow(({ row }) => `${row.replaceAll(/\r?\n/g, ' ')}\n`),
  },
];

/** At most this many rows are in the sample. */
const sampleSize = 100;

const metaFiles: readonly OfferedFile[] = [
  { name: 'row_errors', type: ndjson, read: eachRow((row) => `${JSON.stringify(errorOf(row))}\n`) },
  { name: 'row_errors_sample.json', type: 'application/json', read: sampleOf },
  { name: 'input_files', type: ndjson, read: inputFilesOf },
];

/**
 * Data Access: the rows of a batch that were refused (`/failed`); why (`/meta?path=row_errors`, one JSON object a line, and
 * the first hundred as one list); and which files came (`input_files`). Source: contract §15.
 */
export function addRejectedRows(app: FastifyInstance, services: HttpServices): void {
  addResource(app, `${path}/failed`, { GET: (call) => answer(call, services, failedFiles) });
  addResource(app, `${path}/meta`, { GET: (call) => answer(call, services, metaFiles) });
}

function errorOf({ file, line, code, reason }: RejectedRow): Omit<RejectedRow, 'row'> {
  return { file, line, code, reason };
}

function eachRow(lineOf: (row: RejectedRow) => string): OfferedFile['read'] {
  return async function* (data, batch) {
    for await (const rows of data.everyRejectedRow(batch.id)) yield rows.map(lineOf).join('');
  };
}

async function* sampleOf(data: ProfileData, batch: Batch): AsyncGenerator<string> {
  const { items } = await data.rejectedRows(batch.id, { offset: 0, limit: sampleSize });
  if (items.length > 0) yield JSON.stringify(items.map(errorOf));
}

function inputFilesOf(_data: ProfileData, { inputFiles = [] }: Batch): AsyncIterable<string> {
  const lines = inputFiles.map(({ name, sizeBytes }) => JSON.stringify({ name, length: String(sizeBytes) }));
  return Readable.from(lines.map((line) => `${line}\n`));
}

async function answer(call: Call, services: HttpServices, offered: readonly OfferedFile[]): Promise<unknown> {
  const batchId = call.id('id');
  const batch = await services.store.batches.get(call.tenant, batchId);
  if (batch === undefined) throw new ResourceNotFound('batch', batchId);
  const data = await services.store.profileData(call.tenant);
  const wanted = call.query.text('path');
  if (wanted === undefined) return listing(call, services, await entriesOf(offered, data, batch));
  const file = offered.find(({ name }) => name === wanted);
  if (file === undefined) throw new ResourceNotFound('file', wanted.slice(0, 64));
  call.reply.type(file.type);
  return Readable.from(file.read(data, batch));
}

interface Entry {
  readonly name: string;
  readonly sizeBytes: number;
}

/** Those in which anything stands. */
async function entriesOf(
  offered: readonly OfferedFile[],
  data: ProfileData,
  batch: Batch,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const { name, read } of offered) {
    let sizeBytes = 0;
    for await (const piece of read(data, batch)) sizeBytes += Buffer.byteLength(piece);
    if (sizeBytes > 0) entries.push({ name, sizeBytes });
  }
  return entries;
}

function listing(
  call: Call,
  { origin }: HttpServices,
  entries: readonly Entry[],
): DataAccessListWire<FileEntryWire> {
  const { limit, offset } = readPage(call.query, { defaultLimit: 100, maxLimit: 100 });
  const shown = entries.slice(offset, offset + limit);
  const end = offset + shown.length;
  const place = (call.request.url.split('?')[0] ?? '').replace(/\/$/, '');
  const next = `${origin()}${linkTo(place, call.query, { start: end, limit })}`;
  return {
    data: shown.map(({ name, sizeBytes }) => ({
      name,
      length: String(sizeBytes),
      _links: { self: { href: `${origin()}${place}?path=${encodeURIComponent(name)}` } },
    })),
    _page: { limit, count: entries.length },
    _links: {
      ...(shown.length > 0 && end < entries.length ? { next: { href: next } } : {}),
      page: pageTemplate(`${origin()}${place}`),
    },
  };
}
