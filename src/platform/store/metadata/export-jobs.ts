import { sql } from 'kysely';
import type { ExportJob, Tenant } from '../../records';
import type { ExportJobFilter, ExportJobRepository } from '../platform-store';
import type { TenantRegistry } from '../tenants';
import { orderSql } from './document-repository';
import { jobKeys, jobsById, moveJob, raiseProgress, readJob, unfinishedJobs } from './job-rows';
import type { Metadata } from './open-metadata';

interface JobRepositoryOptions {
  readonly db: Metadata;
  readonly tenants: TenantRegistry;
  readonly now: () => number;
}

/** Export jobs, numbered per tenant in the order of their creation. */
export function createExportJobRepository({ db, tenants, now }: JobRepositoryOptions): ExportJobRepository {
  const getMany = (tenant: Tenant, ids: readonly number[]) =>
    jobsById<ExportJob>(db, 'export_job', { tenant, ids });
  return {
    getMany,
    get: async (tenant, id) => (await getMany(tenant, [id]))[0],
    transition: (tenant, id, transition) =>
      db
        .transaction()
        .execute((transaction) =>
          moveJob<ExportJob>(transaction, 'export_job', { tenant, id, transition, now: now() }),
        ),
    setProgress: (tenant, id, progress, at) => raiseProgress(db, 'export_job', { tenant, id, progress, at }),
    unfinished: () => unfinishedJobs<ExportJob>(db, 'export_job'),
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
      return { items: rows.map((row) => readJob<ExportJob>(row)), totalCount: Number(total) };
    },
    insert: async (tenant, job) => {
      await tenants.ensure(tenant);
      return db.transaction().execute((transaction) => insertJob(transaction, tenant, job));
    },
  };
}

function matching(db: Metadata, tenant: Tenant, { status, olderThan }: ExportJobFilter) {
  return db
    .selectFrom('export_job')
    .where('org_id', '=', tenant.orgId)
    .where('sandbox', '=', tenant.sandbox)
    .$if(status !== undefined, (query) => query.where('status', '=', status ?? ''))
    .$if(olderThan !== undefined, (query) =>
      query.where(sql<boolean>`(created_at, id) < (${olderThan?.createdAt ?? 0}, ${olderThan?.id ?? 0})`),
    );
}

async function insertJob(db: Metadata, tenant: Tenant, draft: Omit<ExportJob, 'id'>): Promise<ExportJob> {
  const key = { org_id: tenant.orgId, sandbox: tenant.sandbox };
  const { value: id } = await db
    .insertInto('sequence')
    .values({ ...key, name: 'export_job', value: 1 })
    .onConflict((conflict) =>
      conflict.columns(['org_id', 'sandbox', 'name']).doUpdateSet({ value: sql`sequence.value + 1` }),
    )
    .returning('value')
    .executeTakeFirstOrThrow();
  const job: ExportJob = { ...draft, id };
  await db
    .insertInto('export_job')
    .values({
      ...key,
      id,
      status: job.status,
      progress: job.progress,
      created_at: job.createdAt,
      updated_at: job.updatedAt,
      body: JSON.stringify(job),
    })
    .execute();
  return job;
}
