import type { RawBuilder } from 'kysely';
import type { Tenant } from '../../records';
import type { JobRepository } from '../api/jobs';
import type { Listed, Page, SortOrder } from '../api/repository';
import type { TenantRegistry } from '../tenants';
import type { JobTableName, KeptJob } from './job-rows';
import { jobByClientToken, jobsById, listJobs, moveJob, raiseProgress, unfinishedJobs } from './job-rows';
import type { Metadata } from './open-metadata';

export interface JobRepositoryOptions {
  readonly db: Metadata;
  readonly tenants: TenantRegistry;
  readonly now: () => number;
}

interface JobTable<Filter> {
  readonly table: JobTableName;
  /** What a job must be to fit a filter; all of it. */
  readonly conditions: (tenant: Tenant, filter: Filter) => readonly RawBuilder<boolean>[];
}

interface ListedJobs<Job, Filter> {
  list(tenant: Tenant, filter: Filter, page: Page, sort?: SortOrder): Promise<Listed<Job>>;
}

/** What repositories of both kinds of job do alike: all but `insert`. */
export function createJobRepository<
  Job extends KeptJob & { readonly id: Id },
  Id extends string | number,
  Filter,
>(
  { db, now }: JobRepositoryOptions,
  { table, conditions }: JobTable<Filter>,
): JobRepository<Job, Id> & ListedJobs<Job, Filter> {
  const getMany = (tenant: Tenant, ids: readonly Id[]): Promise<readonly Job[]> =>
    jobsById<Job>(db, table, { tenant, ids });
  return {
    getMany,
    get: async (tenant, id) => (await getMany(tenant, [id]))[0],
    byClientToken: (tenant, token) => jobByClientToken<Job>(db, table, { tenant, token }),
    transition: (tenant, id, transition) =>
      db
        .transaction()
        .execute((transaction) => moveJob<Job>(transaction, table, { tenant, id, transition, now: now() })),
    setProgress: (tenant, id, progress, at) => raiseProgress(db, table, { tenant, id, progress, at }),
    unfinished: () => unfinishedJobs<Job>(db, table),
    list: (tenant, filter, page, sort) =>
      listJobs<Job>(db, table, { tenant, conditions: conditions(tenant, filter), page, sort }),
  };
}
