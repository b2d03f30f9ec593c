import type { SegmentDefinition, Tenant } from '../../records';
import type { Listed, Page, Repository, SortOrder } from './repository';

export interface SegmentDefinitionRepository extends Repository<SegmentDefinition, string> {
  /** Names are unique per tenant. */
  findByName(tenant: Tenant, name: string): Promise<SegmentDefinition | undefined>;
  /** Filters by evaluation method as the list endpoint offers it. */
  listWhere(
    tenant: Tenant,
    where: { continuous?: boolean; synchronous?: boolean },
    page: Page,
    sort?: SortOrder,
  ): Promise<Listed<SegmentDefinition>>;
  all(tenant: Tenant): Promise<readonly SegmentDefinition[]>;
}
