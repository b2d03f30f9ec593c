import type { AudienceTemplate, Dataset, ExternalAudience, Schedule, Tenant } from '../records';
import type { BatchRepository } from './api/batches';
import type { ExportJobRepository } from './api/export-jobs';
import type { MergePolicyRepository } from './api/merge-policies';
import type { ProfileData } from './api/profile-data';
import type { ChangeableRepository, Repository } from './api/repository';
import type { SegmentDefinitionRepository } from './api/segment-definitions';
import type { SegmentJobRepository } from './api/segment-jobs';

/**
 * What the platform keeps. Metadata stand in SQLite; profiles, events and memberships in immutable generations of
 * files that DuckDB reads, each made valid by one row in SQLite. A resolved promise of a write means that it is kept.
 */
export interface PlatformStore {
  readonly segmentDefinitions: SegmentDefinitionRepository;
  readonly segmentJobs: SegmentJobRepository;
  readonly exportJobs: ExportJobRepository;
  readonly schedules: Repository<Schedule, string>;
  readonly audienceTemplates: Repository<AudienceTemplate, string>;
  readonly mergePolicies: MergePolicyRepository;
  readonly externalAudiences: Repository<ExternalAudience, string>;
  readonly datasets: ChangeableRepository<Dataset, string>;
  readonly batches: BatchRepository;
  /** A secret of the whole platform, made at its first use and kept: 64 hex characters. */
  secret(name: string): Promise<string>;
  /** Tenants that own anything. */
  tenants(): Promise<readonly Tenant[]>;
  /** The profiles, events and memberships of one tenant; opened on first use. */
  profileData(tenant: Tenant): Promise<ProfileData>;
  /**
   * Removes all that a tenant has, files and all; it stands as at its first use then. Nothing of it may be under way.
   * @returns how many of what went, e.g. `{ 'segment definition': 3 }`.
   */
  empty(tenant: Tenant): Promise<Readonly<Record<string, number>>>;
  close(): Promise<void>;
}
