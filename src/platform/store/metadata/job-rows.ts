import type { RawBuilder } from 'kysely';
import { sql } from 'kysely';
import type { JobStatus, Tenant } from '../../records';
import type { JobTransition } from '../api/jobs';
import type { Listed, Page, Sort, SortOrder } from '../api/repository';
import { asList, orderSql, sortKeys } from './document-repository';
import type { Metadata } from './open-metadata';

/** What segment jobs and export jobs share in how they are kept. */
export type JobTableName = 'segment_job' | 'export_job';

export interface KeptJob {
  readonly id: string | number;
  readonly status: JobStatus;
  readonly progress: number;
  readonly updatedAt: number;
}

interface JobRow {
  readonly status: string;
  readonly progress: number;
  readonly updated_at: number;
  readonly body: string;
}

/** The record of a row: progress is written to its column alone, so columns win over the body. */
function readJob<Job extends KeptJob>(row: JobRow): Job {
  return {
    ...(JSON.parse(row.body) as Job),
    status: row.status,
    progress: row.progress,
    updatedAt: row.updated_at,
  };
}

interface TransitionRequest<Job> {
  readonly tenant: Tenant;
  readonly id: string | number;
  readonly transition: JobTransition<Job>;
  readonly now: number;
}

/**
 * Moves a job only from the statuses that the caller names; within a transaction of the caller or alone.
 * @returns the job as it is now; undefined when it is missing or elsewhere.
 */
export async function moveJob<Job extends KeptJob>(
  db: Metadata,
  table: JobTableName,
  { tenant, id, transition, now }: TransitionRequest<Job>,
): Promise<Job | undefined> {
  const row = await jobsOf(db, table, tenant).where(sql.ref('id'), '=', id).selectAll().executeTakeFirst();
  if (row === undefined) return undefined;
  const job = readJob<Job>(row);
  if (!transition.from.includes(job.status)) return undefined;
  const moved: Job = { ...job, updatedAt: now, ...transition.changes, status: transition.to };
  const { numUpdatedRows } = await db
    .updateTable(table)
    .set({
      status: moved.status,
      progress: moved.progress,
      updated_at: moved.updatedAt,
      body: JSON.stringify(moved),
    })
    .where('org_id', '=', tenant.orgId)
    .where('sandbox', '=', tenant.sandbox)
    .where(sql.ref('id'), '=', id)
    // Repeated here so that of two movers one wins, in any engine.
    .where('status', '=', job.status)
    .executeTakeFirst();
  return numUpdatedRows > 0n ? moved : undefined;
}

/** Raises the progress of a job that is PROCESSING; never lowers it. */
export async function raiseProgress(
  db: Metadata,
  table: JobTableName,
  request: {
    readonly tenant: Tenant;
    readonly id: string | number;
    readonly progress: number;
    readonly at: number;
  },
): Promise<void> {
  await db
    .updateTable(table)
    .set({ progress: Math.min(1, request.progress), updated_at: request.at })
    .where('org_id', '=', request.tenant.orgId)
    .where('sandbox', '=', request.tenant.sandbox)
    .where(sql.ref('id'), '=', request.id)
    .where('status', '=', 'PROCESSING')
    .where('progress', '<', request.progress)
    .execute();
}

const unfinishedStatuses: readonly JobStatus[] = ['NEW', 'QUEUED', 'PROCESSING', 'CANCELLING'];

/** Jobs of all tenants that are not terminal, oldest first. */
export async function unfinishedJobs<Job extends KeptJob>(
  db: Metadata,
  table: JobTableName,
): Promise<readonly { readonly tenant: Tenant; readonly job: Job }[]> {
  const rows = await db
    .selectFrom(table)
    .where('status', 'in', unfinishedStatuses)
    .selectAll()
    .orderBy('created_at')
    .orderBy(sql.ref('id'))
    .execute();
  return rows.map((row) => ({ tenant: { orgId: row.org_id, sandbox: row.sandbox }, job: readJob<Job>(row) }));
}

/** The jobs of a tenant with these ids, in no certain order; ids that it does not have are left out. */
export async function jobsById<Job extends KeptJob>(
  db: Metadata,
  table: JobTableName,
  { tenant, ids }: { readonly tenant: Tenant; readonly ids: readonly Job['id'][] },
): Promise<readonly Job[]> {
  if (ids.length === 0) return [];
  const rows = await jobsOf(db, table, tenant).where(sql.ref('id'), 'in', asList(ids)).selectAll().execute();
  return rows.map((row) => readJob<Job>(row));
}

/** One page of a tenant's jobs that fit all conditions, and how many fit. */
export async function listJobs<Job extends KeptJob>(
  db: Metadata,
  table: JobTableName,
  request: {
    readonly tenant: Tenant;
    readonly conditions: readonly RawBuilder<boolean>[];
    readonly page: Page;
    readonly sort: SortOrder | undefined;
  },
): Promise<Listed<Job>> {
  let query = jobsOf(db, table, request.tenant);
  for (const condition of request.conditions) query = query.where(condition);
  const { total } = await query
    .select((count) => count.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .selectAll()
    .orderBy(orderSql(jobKeys(request.sort)))
    .limit(request.page.limit)
    .offset(request.page.offset)
    .execute();
  return { items: rows.map((row) => readJob<Job>(row)), totalCount: Number(total) };
}

/** The job that was asked for under a client's token, if there is one; within a transaction of the caller or alone. */
export async function jobByClientToken<Job extends KeptJob>(
  db: Metadata,
  table: JobTableName,
  { tenant, token }: { readonly tenant: Tenant; readonly token: string },
): Promise<Job | undefined> {
  const row = await jobsOf(db, table, tenant)
    .where(sql<boolean>`json_extract(body, '$.clientToken') = ${token}`)
    .selectAll()
    .executeTakeFirst();
  return row === undefined ? undefined : readJob<Job>(row);
}

function jobsOf(db: Metadata, table: JobTableName, tenant: Tenant) {
  return db.selectFrom(table).where('org_id', '=', tenant.orgId).where('sandbox', '=', tenant.sandbox);
}

/** The keys of an order of jobs; a job has no name, its id takes that place. */
function jobKeys(order: SortOrder | undefined): readonly Sort[] {
  const keys = sortKeys(order).map((key): Sort => (key.field === 'name' ? { ...key, field: 'id' } : key));
  return keys.filter((key, place) => keys.findIndex(({ field }) => field === key.field) === place);
}
