import type { SegmentJob, SegmentJobCounters, Tenant } from '../../records';
import { asList } from './document-repository';
import { moveJob } from './job-rows';
import type { Metadata } from './open-metadata';
import { ofTenant, tenantKey, type TenantKey } from './tenant-key';

export interface EvaluationCommit {
  readonly tenant: Tenant;
  readonly jobId: string;
  readonly errors: SegmentJob['errors'];
  readonly counters: SegmentJobCounters;
  readonly evaluatedFrom: number;
  readonly evaluatedTo: number;
  /** One for each pass that found people. */
  readonly files: readonly NewMemberships[];
}

export interface NewMemberships {
  readonly ruleKey: string;
  readonly file: string;
  readonly segmentIds: readonly string[];
  /** Segments of other runs whose memberships stand in the new file too. */
  readonly takenOver: readonly string[];
}

/**
 * Makes the memberships of a run current and its job SUCCEEDED, at once or not at all.
 * @returns undefined, and changes nothing, when the job is not PROCESSING any more.
 */
export async function commitEvaluation(
  db: Metadata,
  commit: EvaluationCommit,
): Promise<SegmentJob | undefined> {
  const key = tenantKey(commit.tenant);
  const { counters, errors, evaluatedFrom, evaluatedTo } = commit;
  return db.transaction().execute(async (transaction) => {
    const job = await moveJob<SegmentJob>(transaction, 'segment_job', {
      tenant: commit.tenant,
      id: commit.jobId,
      now: evaluatedTo,
      transition: {
        from: ['PROCESSING'],
        to: 'SUCCEEDED',
        changes: { progress: 1, errors, counters, evaluatedFrom, evaluatedTo, endedAt: evaluatedTo },
      },
    });
    if (job === undefined) return undefined;
    for (const file of commit.files) await writeHeads(transaction, key, file);
    return job;
  });
}

async function writeHeads(
  db: Metadata,
  key: TenantKey,
  { ruleKey, file, segmentIds, takenOver }: NewMemberships,
): Promise<void> {
  // A definition that was deleted while it was evaluated has no memberships.
  const definitions = await db
    .selectFrom('segment_definition')
    .where(ofTenant(key))
    .where('id', 'in', asList(segmentIds))
    .select('id')
    .execute();
  const values = { file, merge_rule: ruleKey };
  for (const { id } of definitions) {
    await db
      .insertInto('membership_head')
      .values({ ...key, segment_id: id, ...values })
      .onConflict((conflict) => conflict.columns(['org_id', 'sandbox', 'segment_id']).doUpdateSet(values))
      .execute();
  }
  await db
    .updateTable('membership_head')
    .set(values)
    .where(ofTenant(key))
    .where('segment_id', 'in', asList(takenOver))
    .execute();
}
