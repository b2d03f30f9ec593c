import type { Batch, BatchFile, Tenant } from '../../records';
import type { ChangeableRepository, Listed, Page, SortOrder } from './repository';

export interface BatchRepository extends ChangeableRepository<Batch, string> {
  listByDataset(tenant: Tenant, datasetId: string, page: Page, sort?: SortOrder): Promise<Listed<Batch>>;
  /** The file and the batch that it belongs to, by the file's id. */
  findFile(
    tenant: Tenant,
    fileId: string,
  ): Promise<{ readonly batch: Batch; readonly file: BatchFile; readonly path: string } | undefined>;
}
