import type { Batch, ExportJob, Tenant } from '../../records';
import type { ExportOutcome } from '../api/export-session';
import { batchColumns } from './batches';
import { moveJob } from './job-rows';
import type { Metadata } from './open-metadata';
import { ofTenant, tenantKey, type TenantKey } from './tenant-key';

export interface ExportCommit extends ExportOutcome {
  readonly tenant: Tenant;
  readonly exportedFrom: number;
  readonly exportedTo: number;
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
  const { exportedProfiles, byNamespace, exportedFrom, exportedTo } = commit;
  return db.transaction().execute(async (transaction) => {
    const job = await moveJob<ExportJob>(transaction, 'export_job', {
      tenant: commit.tenant,
      id: commit.jobId,
      now: exportedTo,
      transition: {
        from: ['PROCESSING'],
        to: 'SUCCEEDED',
        changes: {
          progress: 1,
          exportedProfiles,
          byNamespace,
          exportedFrom,
          exportedTo,
          endedAt: exportedTo,
        },
      },
    });
    if (job === undefined) return undefined;
    const replacedBatchIds = await deleteFormerBatches(transaction, key, commit);
    for (const batch of commit.batches) {
      const opened = await readBatch(transaction, key, batch.id);
      await writeBatch(transaction, key, {
        ...finishedBatch(commit, batch, opened),
        createdBy: job.createdBy,
      });
    }
    return { job, replacedBatchIds };
  });
}

async function deleteFormerBatches(
  db: Metadata,
  key: TenantKey,
  { datasetId, batches, exportedTo }: ExportCommit,
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
    await writeBatch(db, key, {
      ...batch,
      status: 'deleted',
      files: [],
      revision: (batch.revision ?? 0) + 1,
      updatedAt: exportedTo,
    });
  }
  return former.map(({ id }) => id);
}

async function readBatch(db: Metadata, key: TenantKey, id: string): Promise<Batch | undefined> {
  const row = await db
    .selectFrom('batch')
    .where(ofTenant(key))
    .where('id', '=', id)
    .select('body')
    .executeTakeFirst();
  return row === undefined ? undefined : (JSON.parse(row.body) as Batch);
}

function finishedBatch(
  { datasetId, exportedFrom, exportedTo }: ExportCommit,
  { id, files }: ExportOutcome['batches'][number],
  opened: Batch | undefined,
): Batch {
  return {
    id,
    datasetId,
    status: 'success',
    direction: 'output',
    recordCount: files.reduce((sum, { recordCount }) => sum + recordCount, 0),
    failedRecordCount: 0,
    errors: [],
    files,
    revision: (opened?.revision ?? 0) + 1,
    createdAt: opened?.createdAt ?? exportedFrom,
    updatedAt: exportedTo,
    completedAt: exportedTo,
  };
}

async function writeBatch(db: Metadata, key: TenantKey, batch: Batch): Promise<void> {
  const values = { ...batchColumns(batch), updated_at: batch.updatedAt, body: JSON.stringify(batch) };
  await db
    .insertInto('batch')
    .values({ ...key, id: batch.id, name: '', created_at: batch.createdAt, ...values })
    .onConflict((conflict) => conflict.columns(['org_id', 'sandbox', 'id']).doUpdateSet(values))
    .execute();
}
