import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { ExportJob, Tenant } from '../../records';
import type { ExportJobFilter, ExportJobRepository } from '../api/export-jobs';
import { createJobRepository } from './job-repository';
import type { JobRepositoryOptions } from './job-repository';
import { jobByClientToken } from './job-rows';
import type { Metadata } from './open-metadata';

/** Export jobs, numbered per tenant in the order of their creation. */
export function createExportJobRepository(options: JobRepositoryOptions): ExportJobRepository {
  const { db, tenants } = options;
  return {
    ...createJobRepository<ExportJob, number, ExportJobFilter>(options, { table: 'export_job', conditions }),
    insert: async (tenant, job) => {
      await tenants.ensure(tenant);
      return db.transaction().execute((transaction) => insertJob(transaction, tenant, job));
    },
  };
}

function conditions(_tenant: Tenant, { status, olderThan }: ExportJobFilter): readonly RawBuilder<boolean>[] {
  const all = [
    status !== undefined && sql<boolean>`status = ${status}`,
    olderThan !== undefined && sql<boolean>`(created_at, id) < (${olderThan.createdAt}, ${olderThan.id})`,
  ];
  return all.filter((condition) => condition !== false);
}

async function insertJob(db: Metadata, tenant: Tenant, draft: Omit<ExportJob, 'id'>): Promise<ExportJob> {
  const { clientToken: token } = draft;
  const former =
    token === undefined ? undefined : await jobByClientToken<ExportJob>(db, 'export_job', { tenant, token });
  if (former !== undefined) return former;
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
