import type { Batch, ExportJob, Tenant } from '../../records';
import { batchColumns } from './batches';
import { moveJob } from './job-rows';
import type { Metadata } from './open-metadata';
import { ofTenant, tenantKey, type TenantKey } from './tenant-key';

export interface ExportCommit {
  readonly tenant: Tenant;
  readonly jobId: number;
  readonly datasetId: string;
  /** With their files, which stand in their places by now. */
  readonly batches: readonly Batch[];
  readonly changes: Partial<ExportJob>;
  readonly at: number;
}

export interface CommittedExport {
  readonly job: ExportJob;
  /** Batches of former exports into the dataset; their files may go. */
  readonly replacedBatchIds: readonly string[];
}

/**
 * Makes the batches of an export `success`, those of former exports into the dataset `deleted`, and the job SUCCEEDED, at
 * once or not at all.
 * @returns undefined, and changes nothing, when the job is not PROCESSING any more.
 */
export async function commitExport(db: Metadata, commit: ExportCommit): Promise<CommittedExport | undefined> {
  const key = tenantKey(commit.tenant);
  return db.transaction().execute(async (transaction) => {
    const job = await moveJob<ExportJob>(transaction, 'export_job', {
      tenant: commit.tenant,
      id: commit.jobId,
      now: commit.at,
      transition: { from: ['PROCESSING'], to: 'SUCCEEDED', changes: { progress: 1, ...commit.changes } },
    });
    if (job === undefined) return undefined;
    const replacedBatchIds = await deleteFormerBatches(transaction, key, commit);
    for (const batch of commit.batches) await writeBatch(transaction, key, batch);
    return { job, replacedBatchIds };
  });
}

async function deleteFormerBatches(
  db: Metadata,
  key: TenantKey,
  { datasetId, batches, at }: ExportCommit,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('batch')
    .where(ofTenant(key))
    .where('dataset_id', '=', datasetId)
    .where('direction', '=', 'output')
    .where('status', '=', 'success')
    .select('body')
    .execute();
  const own = new Set(batches.map(({ id }) => id));
  const former = rows.map(({ body }) => JSON.parse(body) as Batch).filter(({ id }) => !own.has(id));
  for (const batch of former) {
    await writeBatch(db, key, { ...batch, status: 'deleted', files: [], updatedAt: at });
  }
  return former.map(({ id }) => id);
}

async function writeBatch(db: Metadata, key: TenantKey, batch: Batch): Promise<void> {
  const values = { ...batchColumns(batch), updated_at: batch.updatedAt, body: JSON.stringify(batch) };
  await db
    .insertInto('batch')
    .values({ ...key, id: batch.id, name: '', created_at: batch.createdAt, ...values })
    .onConflict((conflict) => conflict.columns(['org_id', 'sandbox', 'id']).doUpdateSet(values))
    .execute();
}
