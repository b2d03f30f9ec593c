import type { ExportJob, JobStatus, Tenant } from '../../records';
import type { JobRepository } from './jobs';
import type { Listed, Page, SortOrder } from './repository';

export interface ExportJobFilter {
  readonly status?: JobStatus;
  /** Strictly older than this (creation time, then id): the cursor of the list endpoint. */
  readonly olderThan?: { readonly createdAt: number; readonly id: number };
}

export interface ExportJobRepository extends JobRepository<ExportJob, number> {
  list(tenant: Tenant, filter: ExportJobFilter, page: Page, sort?: SortOrder): Promise<Listed<ExportJob>>;
  /** Gives the job its number; answers the former one where there is one with its client token. */
  insert(tenant: Tenant, job: Omit<ExportJob, 'id'>): Promise<ExportJob>;
}
