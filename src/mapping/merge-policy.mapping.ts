import type { MergePolicy } from '../schema/merge-policy.type';
import type { MergePolicyWire } from '../wire/merge-policy.wire';

/** A merge policy as GraphQL shows it; what its upstream leaves out is null. */
export function toMergePolicy(wire: MergePolicyWire): MergePolicy {
  return {
    id: wire.id,
    name: wire.name ?? null,
    version: wire.version ?? null,
    isDefault: wire.default ?? null,
    identityGraph: wire.identityGraph.type,
    attributeMerge: wire.attributeMerge.type,
  };
}
