import type { SegmentJob, SegmentJobCounters, Tenant } from '../../records';
import { asList } from './document-repository';
import { moveJob } from './job-rows';
import type { Metadata } from './open-metadata';
import { ofTenant, tenantKey, type TenantKey } from './tenant-key';

export interface EvaluationCommit {
  readonly tenant: Tenant;
  readonly jobId: string;
  readonly counters: SegmentJobCounters;
  readonly evaluatedFrom: number;
  readonly evaluatedTo: number;
  /** The new file of memberships; undefined when there is no profile at all. */
  readonly file: string | undefined;
  readonly segmentIds: readonly string[];
  /** Segments of other runs whose memberships stand in the new file too. */
  readonly takenOver: readonly string[];
}

export interface CommittedEvaluation {
  readonly job: SegmentJob;
  /** Files that no segment names any more. */
  readonly droppedFiles: readonly string[];
}

/**
 * Makes the memberships of a run current and its job SUCCEEDED, at once or not at all.
 * @returns undefined, and changes nothing, when the job is not PROCESSING any more.
 */
export async function commitEvaluation(
  db: Metadata,
  commit: EvaluationCommit,
): Promise<CommittedEvaluation | undefined> {
  const key = tenantKey(commit.tenant);
  const { counters, evaluatedFrom, evaluatedTo } = commit;
  return db.transaction().execute(async (transaction) => {
    const job = await moveJob<SegmentJob>(transaction, 'segment_job', {
      tenant: commit.tenant,
      id: commit.jobId,
      now: evaluatedTo,
      transition: {
        from: ['PROCESSING'],
        to: 'SUCCEEDED',
        changes: { progress: 1, counters, evaluatedFrom, evaluatedTo, endedAt: evaluatedTo },
      },
    });
    if (job === undefined) return undefined;
    const before = await headFiles(transaction, key);
    if (commit.file !== undefined) await writeHeads(transaction, key, commit, commit.file);
    const after = new Set(await headFiles(transaction, key));
    return { job, droppedFiles: before.filter((file) => !after.has(file)) };
  });
}

async function writeHeads(
  db: Metadata,
  key: TenantKey,
  commit: EvaluationCommit,
  file: string,
): Promise<void> {
  // A definition that was deleted while it was evaluated has no memberships.
  const definitions = await db
    .selectFrom('segment_definition')
    .where(ofTenant(key))
    .where('id', 'in', asList(commit.segmentIds))
    .select('id')
    .execute();
  for (const { id } of definitions) {
    await db
      .insertInto('membership_head')
      .values({ ...key, segment_id: id, file })
      .onConflict((conflict) => conflict.columns(['org_id', 'sandbox', 'segment_id']).doUpdateSet({ file }))
      .execute();
  }
  await db
    .updateTable('membership_head')
    .set({ file })
    .where(ofTenant(key))
    .where('segment_id', 'in', asList(commit.takenOver))
    .execute();
}

async function headFiles(db: Metadata, key: TenantKey): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('membership_head')
    .where(ofTenant(key))
    .select('file')
    .distinct()
    .execute();
  return rows.map(({ file }) => file);
}
