import { Kind } from 'graphql';
import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql';
import type { GatewayContext } from './context';
import { loadMergePolicy } from './edges';
import { UpstreamError } from '../errors/upstream-error';
import { orThrow } from '../lib/or-throw';
import { inPlaceOf } from '../mapping/misread';
import type { MergePolicy } from '../schema/merge-policy.type';

/** A record that names its merge policy. */
interface NamesPolicy {
  readonly mergePolicyId: string | null | Error;
  readonly mergePolicyVersion?: number | null;
}

/**
 * The merge policy that a record names. Its id, and its version where the record has one, are the record's own (quirk N12):
 * they answer without a call, and though the policy is gone or cannot be read; then the rest of it is null, with the error
 * of the reading, if there is one, at each field.
 */
export async function loadNamedMergePolicy(
  context: GatewayContext,
  record: NamesPolicy,
  info: GraphQLResolveInfo,
): Promise<MergePolicy | null> {
  const id = orThrow(record.mergePolicyId);
  if (id === null) return null;
  const version = record.mergePolicyVersion ?? null;
  const known = ['__typename', 'id', ...(version === null ? [] : ['version'])];
  const asked = info.fieldNodes.flatMap(({ selectionSet }) => namesIn(selectionSet, info));
  if (asked.every((name) => known.includes(name))) return unreadPolicy(id, version, null);
  try {
    const policy = await loadMergePolicy(context, id);
    if (policy === null) return unreadPolicy(id, version, null);
    return { ...policy, id, version: version ?? policy.version };
  } catch (error) {
    if (error instanceof UpstreamError) return unreadPolicy(id, version, error);
    throw error;
  }
}

function unreadPolicy(id: string, version: number | null, error: UpstreamError | null): MergePolicy {
  const unread = error === null ? null : inPlaceOf<null>(error);
  return {
    id,
    version: version ?? unread,
    name: unread,
    isDefault: unread,
    identityGraph: unread,
    attributeMerge: unread,
  };
}

function namesIn(set: SelectionSetNode | undefined, info: GraphQLResolveInfo): readonly string[] {
  return (set?.selections ?? []).flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [selection.name.value];
    const fragment =
      selection.kind === Kind.FRAGMENT_SPREAD ? info.fragments[selection.name.value] : selection;
    return namesIn(fragment?.selectionSet, info);
  });
}
