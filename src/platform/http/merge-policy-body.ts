import type { MergePolicyWire } from '../../wire/merge-policy.wire';
import type { MergePolicy, Tenant } from '../records';
import { tenantBody } from './tenant-body';

/** A merge policy in Adobe's spelling. */
export function mergePolicyBody(tenant: Tenant, policy: MergePolicy): MergePolicyWire {
  const { type, order } = policy.attributeMerge;
  return {
    id: policy.id,
    name: policy.name,
    schema: { name: policy.schemaName },
    identityGraph: { type: policy.identityGraph },
    attributeMerge: { type, ...(order === undefined ? {} : { order: [...order] }) },
    isActiveOnEdge: policy.isActiveOnEdge,
    default: policy.isDefault,
    version: policy.version,
    ...tenantBody(tenant),
    updateEpoch: Math.floor(policy.updatedAt / 1000),
  };
}
