import { open } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import { ResourceNotFound } from '../../errors/platform-error';
import { readParquetRows } from '../../lib/parquet-rows';
import type { DatasetPreviewWire } from '../../wire/data-access.wire';
import type { Tenant } from '../records';
import type { PlatformStore } from '../store/platform-store';
import type { HttpServices } from './http-services';
import { addResource } from './resource';
import type { Call } from './resource';

const shownRows = 100;
const newestBatches = { offset: 0, limit: 200 };

type Rows = readonly Readonly<Record<string, unknown>>[];

/** Data Access: the first 100 rows of a dataset, of its exports or else of what was imported. Source: contract §15. */
export function addDatasetPreview(app: FastifyInstance, services: HttpServices): void {
  addResource(app, '/data/foundation/export/datasets/:id/preview', {
    GET: (call) => preview(call, services),
  });
}

async function preview(call: Call, { store }: HttpServices): Promise<DatasetPreviewWire> {
  const id = call.id('id');
  if ((await store.datasets.get(call.tenant, id)) === undefined) throw new ResourceNotFound('dataset', id);
  const exported = await exportedRows(store, call.tenant, id);
  const data = await store.profileData(call.tenant);
  return { data: exported ?? (await data.datasetRows(id, shownRows)) };
}

/** Undefined where nothing was exported to the dataset. */
async function exportedRows(store: PlatformStore, tenant: Tenant, id: string): Promise<Rows | undefined> {
  const { items } = await store.batches.listByDataset(tenant, id, newestBatches);
  const files = items.flatMap((batch) => (batch.status === 'success' ? batch.files : []));
  if (files.length === 0) return undefined;
  const rows: Rows[number][] = [];
  for (const file of files) {
    if (rows.length >= shownRows) break;
    const found = await store.batches.findFile(tenant, file.id);
    if (found !== undefined) rows.push(...(await firstRows(found.path, shownRows - rows.length)));
  }
  return rows;
}

/** None where a new export has just taken the place of the file. */
async function firstRows(path: string, first: number): Promise<Rows> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return [];
  try {
    const { size: sizeBytes } = await file.stat();
    const read = async (start: number, end: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(end - start), 0, end - start, start);
      return buffer.subarray(0, bytesRead);
    };
    return await readParquetRows({ sizeBytes, read }, { first });
  } finally {
    await file.close();
  }
}
