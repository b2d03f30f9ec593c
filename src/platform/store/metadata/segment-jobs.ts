import { sql } from 'kysely';
import type { SegmentJob, Tenant } from '../../records';
import type { SegmentJobFilter, SegmentJobRepository } from '../platform-store';
import type { TenantRegistry } from '../tenants';
import { orderSql } from './document-repository';
import { jobKeys, jobsById, moveJob, raiseProgress, readJob, unfinishedJobs } from './job-rows';
import type { Metadata } from './open-metadata';

interface JobRepositoryOptions {
  readonly db: Metadata;
  readonly tenants: TenantRegistry;
  readonly now: () => number;
}

/** Segment jobs. */
export function createSegmentJobRepository({ db, tenants, now }: JobRepositoryOptions): SegmentJobRepository {
  const getMany = (tenant: Tenant, ids: readonly string[]) =>
    jobsById<SegmentJob>(db, 'segment_job', { tenant, ids });
  return {
    getMany,
    get: async (tenant, id) => (await getMany(tenant, [id]))[0],
    transition: (tenant, id, transition) =>
      db
        .transaction()
        .execute((transaction) =>
          moveJob<SegmentJob>(transaction, 'segment_job', { tenant, id, transition, now: now() }),
        ),
    setProgress: (tenant, id, progress, at) => raiseProgress(db, 'segment_job', { tenant, id, progress, at }),
    unfinished: () => unfinishedJobs<SegmentJob>(db, 'segment_job'),
    list: async (tenant, filter, page, sort) => {
      const query = matching(db, tenant, filter);
      const { total } = await query
        .select((count) => count.fn.countAll<number>().as('total'))
        .executeTakeFirstOrThrow();
      const rows = await query
        .selectAll()
        .orderBy(orderSql(jobKeys(sort)))
        .limit(page.limit)
        .offset(page.offset)
        .execute();
      return { items: rows.map((row) => readJob<SegmentJob>(row)), totalCount: Number(total) };
    },
    insert: async (tenant, job) => {
      await tenants.ensure(tenant);
      return db.transaction().execute((transaction) => insertJob(transaction, tenant, job));
    },
  };
}

function matching(db: Metadata, tenant: Tenant, filter: SegmentJobFilter) {
  const { status, segmentId, scheduleId, allSegments, source, exportJobId } = filter;
  return db
    .selectFrom('segment_job')
    .where('org_id', '=', tenant.orgId)
    .where('sandbox', '=', tenant.sandbox)
    .$if(status !== undefined, (query) => query.where('status', '=', status ?? ''))
    .$if(scheduleId !== undefined, (query) => query.where('schedule_id', '=', scheduleId ?? ''))
    .$if(allSegments === true, (query) => query.where(sql<boolean>`json_extract(body, '$.allSegments') = 1`))
    .$if(source !== undefined, (query) =>
      query.where(sql<boolean>`json_extract(body, '$.source') = ${source ?? ''}`),
    )
    .$if(exportJobId !== undefined, (query) =>
      query.where(sql<boolean>`json_extract(body, '$.exportJobId') = ${exportJobId ?? 0}`),
    )
    .$if(segmentId !== undefined, (query) =>
      query.where('id', 'in', (jobs) =>
        jobs
          .selectFrom('segment_of_job')
          .where('org_id', '=', tenant.orgId)
          .where('sandbox', '=', tenant.sandbox)
          .where('segment_id', '=', segmentId ?? '')
          .select('job_id'),
      ),
    );
}

async function insertJob(db: Metadata, tenant: Tenant, job: SegmentJob): Promise<boolean> {
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
