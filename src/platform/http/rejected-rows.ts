import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { ResourceNotFound } from '../../errors/platform-error';
import type { DataAccessListWire, FileEntryWire } from '../../wire/data-access.wire';
import type { ProfileData, RejectedRow } from '../store/platform-store';
import type { HttpServices } from './http-services';
import { addResource } from './resource';
import type { Call } from './resource';

const path = '/data/foundation/export/batches/:id';

/** What each listing offers, and what one line of it holds. */
const failedRows = {
  name: 'failed.ndjson',
  lineOf: ({ row }: RejectedRow): string => `${row.replaceAll(/\r?\n/g, ' ')}\n`,
};
const rowErrors = {
  name: 'row_errors',
  lineOf: ({ file, line, code, reason }: RejectedRow): string =>
    `${JSON.stringify({ file, line, code, reason })}\n`,
};
type Offered = typeof failedRows;

/**
 * Data Access: the rows of a batch that were refused (`/failed`), and why (`/meta?path=row_errors`, one JSON object a
 * line). Source: contract §15.
 */
export function addRejectedRows(app: FastifyInstance, services: HttpServices): void {
  addResource(app, `${path}/failed`, { GET: (call) => answer(call, services, failedRows) });
  addResource(app, `${path}/meta`, { GET: (call) => answer(call, services, rowErrors) });
}

async function answer(call: Call, services: HttpServices, offered: Offered): Promise<unknown> {
  const batchId = call.id('id');
  if ((await services.store.batches.get(call.tenant, batchId)) === undefined)
    throw new ResourceNotFound('batch', batchId);
  const data = await services.store.profileData(call.tenant);
  const wanted = call.query.text('path');
  if (wanted === undefined)
    return listing({ call, services, offered, lines: linesOf(data, batchId, offered) });
  if (wanted !== offered.name) throw new ResourceNotFound('file', wanted.slice(0, 64));
  call.reply.type('application/x-ndjson');
  return Readable.from(linesOf(data, batchId, offered));
}

interface ListingParts {
  readonly call: Call;
  readonly services: HttpServices;
  readonly offered: Offered;
  readonly lines: AsyncIterable<string>;
}

async function listing({
  call,
  services,
  offered,
  lines,
}: ListingParts): Promise<DataAccessListWire<FileEntryWire>> {
  let sizeBytes = 0;
  for await (const line of lines) sizeBytes += Buffer.byteLength(line);
  const place = call.request.url.split('?')[0] ?? '';
  const href = `${services.origin()}${place.replace(/\/$/, '')}?path=${offered.name}`;
  const entries =
    sizeBytes === 0 ? [] : [{ name: offered.name, length: String(sizeBytes), _links: { self: { href } } }];
  return { data: entries, _page: { limit: 100, count: entries.length } };
}

async function* linesOf(data: ProfileData, batchId: string, { lineOf }: Offered): AsyncGenerator<string> {
  for await (const rows of data.everyRejectedRow(batchId)) yield rows.map(lineOf).join('');
}
