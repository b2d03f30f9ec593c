import type { MergePolicy, Tenant } from '../../records';
import type { Repository } from './repository';

export interface MergePolicyRepository extends Repository<MergePolicy, string> {
  /** Writes what `edit` makes of all policies, oldest first, at once; nothing where it throws. */
  change(tenant: Tenant, edit: (policies: readonly MergePolicy[]) => readonly MergePolicy[]): Promise<void>;
}
