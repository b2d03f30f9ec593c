import type { JobStatus, Tenant } from '../../records';

/** A conditional change of a job: done only while its status is one of `from`; answers the new record, else undefined. */
export interface JobTransition<Job> {
  readonly from: readonly JobStatus[];
  readonly to: JobStatus;
  readonly changes?: Partial<Job>;
}

export interface JobRepository<Job, Id> {
  get(tenant: Tenant, id: Id): Promise<Job | undefined>;
  getMany(tenant: Tenant, ids: readonly Id[]): Promise<readonly Job[]>;
  /** The job that was asked for under this token of the client's. */
  byClientToken(tenant: Tenant, token: string): Promise<Job | undefined>;
  transition(tenant: Tenant, id: Id, transition: JobTransition<Job>): Promise<Job | undefined>;
  /** Sets progress of a PROCESSING job; progress never falls. */
  setProgress(tenant: Tenant, id: Id, progress: number, at: number): Promise<void>;
  /** All jobs that are not terminal, of all tenants, oldest first: what the runner still owes. */
  unfinished(): Promise<readonly { readonly tenant: Tenant; readonly job: Job }[]>;
}
