import type { Batch, Tenant } from '../../records';
import type { BatchRepository } from '../api/batches';
import type { TenantRegistry } from '../tenants';
import { createDocumentRepository } from './document-repository';
import type { Metadata } from './open-metadata';

interface BatchRepositoryOptions {
  readonly db: Metadata;
  readonly tenants: TenantRegistry;
  /** Where the files of a batch that went out stand. */
  readonly pathOfFile: (tenant: Tenant, batchId: string, fileName: string) => string;
}

/** Batches of both directions. */
export function createBatchRepository({ db, tenants, pathOfFile }: BatchRepositoryOptions): BatchRepository {
  const documents = createDocumentRepository<Batch>({ db, tenants, table: 'batch', columns: batchColumns });
  return {
    ...documents,
    listByDataset: (tenant, datasetId, page, sort) =>
      documents.listBy({ tenant, where: { dataset_id: datasetId }, page, sort }),
    findFile: async (tenant, fileId) => {
      // A file's id is its batch's id, a hyphen and a number; batch ids hold hyphens themselves.
      const batch = await documents.get(tenant, fileId.replace(/-\d+$/u, ''));
      const file = batch?.files.find(({ id }) => id === fileId);
      if (batch === undefined || file === undefined) return undefined;
      return { batch, file, path: pathOfFile(tenant, batch.id, file.name) };
    },
  };
}

/** The key columns of a batch beside those of every document. */
export function batchColumns(
  batch: Batch,
): Pick<{ dataset_id: string; direction: string; status: string }, 'dataset_id' | 'direction' | 'status'> {
  return { dataset_id: batch.datasetId, direction: batch.direction, status: batch.status };
}
