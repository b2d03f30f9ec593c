import type { MergePolicy } from '../schema/merge-policy.type';
import type { MergePolicyWire } from '../wire/merge-policy.wire';
import { inPlaceOf, isMisread } from './misread';
import { fieldsOf } from './reading';
import { toVersion } from './segment.mapping';

const read = fieldsOf({ service: 'segmentation', noun: 'merge policy' });

/** A merge policy as GraphQL shows it; what its upstream leaves out is null. */
export function toMergePolicy(wire: MergePolicyWire): MergePolicy {
  return {
    id: read.requiredId(wire.id, 'id'),
    name: read.text(wire.name, 'name'),
    version: toVersion(wire.version),
    isDefault: read.flag(wire.default, 'default'),
    identityGraph: typeOf(wire.identityGraph, 'identityGraph'),
    attributeMerge: typeOf(wire.attributeMerge, 'attributeMerge'),
  };
}

/** `{ type }`; a bare word is one too. */
function typeOf(value: unknown, name: string): string | null {
  if (typeof value === 'string') return value;
  const part = read.part(value, name);
  return isMisread(part) ? inPlaceOf(part) : read.text(part?.['type'], `${name}.type`);
}
