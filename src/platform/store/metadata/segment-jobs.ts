import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { SegmentJob, Tenant } from '../../records';
import type { SegmentJobFilter, SegmentJobRepository } from '../api/segment-jobs';
import { createJobRepository } from './job-repository';
import type { JobRepositoryOptions } from './job-repository';
import { jobByClientToken } from './job-rows';
import type { Metadata } from './open-metadata';

/** Segment jobs. */
export function createSegmentJobRepository(options: JobRepositoryOptions): SegmentJobRepository {
  const { db, tenants } = options;
  return {
    ...createJobRepository<SegmentJob, string, SegmentJobFilter>(options, {
      table: 'segment_job',
      conditions,
    }),
    insert: async (tenant, job) => {
      await tenants.ensure(tenant);
      return db.transaction().execute((transaction) => insertJob(transaction, tenant, job));
    },
  };
}

function conditions(tenant: Tenant, filter: SegmentJobFilter): readonly RawBuilder<boolean>[] {
  const { status, segmentId, scheduleId, allSegments, source, exportJobId } = filter;
  const all = [
    status !== undefined && sql<boolean>`status = ${status}`,
    scheduleId !== undefined && sql<boolean>`schedule_id = ${scheduleId}`,
    allSegments === true && sql<boolean>`json_extract(body, '$.allSegments') = 1`,
    source !== undefined && sql<boolean>`json_extract(body, '$.source') = ${source}`,
    exportJobId !== undefined && sql<boolean>`json_extract(body, '$.exportJobId') = ${exportJobId}`,
    segmentId !== undefined &&
      sql<boolean>`id IN (SELECT job_id FROM segment_of_job WHERE org_id = ${tenant.orgId}
        AND sandbox = ${tenant.sandbox} AND segment_id = ${segmentId})`,
  ];
  return all.filter((condition) => condition !== false);
}

async function insertJob(db: Metadata, tenant: Tenant, job: SegmentJob): Promise<boolean> {
  const { clientToken: token } = job;
  if (token !== undefined && (await jobByClientToken(db, 'segment_job', { tenant, token })) !== undefined)
    return false;
  const key = { org_id: tenant.orgId, sandbox: tenant.sandbox };
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('segment_job')
    .values({
      ...key,
      id: job.id,
      status: job.status,
      progress: job.progress,
      schedule_id: job.scheduleId ?? null,
      scheduled_for: job.scheduledFor ?? null,
      created_at: job.createdAt,
      updated_at: job.updatedAt,
      body: JSON.stringify(job),
    })
    // Only a due time that was dealt with is a reason to say no; a taken id is our own bug and throws.
    .onConflict((conflict) =>
      conflict
        .columns(['org_id', 'sandbox', 'schedule_id', 'scheduled_for'])
        .where('schedule_id', 'is not', null)
        .doNothing(),
    )
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) return false;
  const segmentIds = [...new Set(job.segments.map(({ segmentId }) => segmentId))];
  for (let from = 0; from < segmentIds.length; from += 500) {
    const rows = segmentIds.slice(from, from + 500).map((id) => ({ ...key, job_id: job.id, segment_id: id }));
    await db.insertInto('segment_of_job').values(rows).execute();
  }
  return true;
}
