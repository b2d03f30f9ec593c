import type { ProfileEntityWire } from '../../wire/profile-entity.wire';
import type { ProfileEntity } from '../store/api/people';
import { pickFields } from './pick-fields';

/** How many statuses of membership the answers know; see `docs/platform.md`, "Membership". */
export type MembershipDialect = 'three' | 'two';

export interface EntityBodyParts {
  readonly xid: string;
  readonly mergePolicyId: string | undefined;
  /** Ids of the datasets that a profile is merged from. */
  readonly sources: readonly string[];
  /** Dotted paths; undefined means all. */
  readonly fields: readonly string[] | undefined;
  readonly dialect: MembershipDialect;
  readonly requestedIdentity?: ProfileEntityWire['requestedIdentity'] | undefined;
}

/** A merged profile in Adobe's spelling; without one, what Adobe says of an identity that nobody has. */
export function profileEntityBody(
  profile: ProfileEntity | undefined,
  { xid, mergePolicyId, sources, fields, dialect, requestedIdentity }: EntityBodyParts,
): ProfileEntityWire {
  const entity = profile === undefined ? {} : inDialect(profile.entity, dialect);
  return {
    ...(requestedIdentity === undefined ? {} : { requestedIdentity }),
    entityId: xid,
    ...(mergePolicyId === undefined ? {} : { mergePolicy: { id: mergePolicyId } }),
    sources: profile === undefined ? [''] : [...sources],
    entity: fields === undefined ? { ...entity } : pickFields(entity, fields),
    lastModifiedAt:
      profile === undefined ? '1970-01-01T00:00:00Z' : new Date(profile.lastModifiedAt).toISOString(),
  };
}

type Membership = Readonly<Record<string, Readonly<Record<string, { readonly status: string }>>>>;

/** The newer dialect knows no `existing`: who is in is `realized`. */
function inDialect(
  entity: ProfileEntity['entity'],
  dialect: MembershipDialect,
): Readonly<Record<string, unknown>> {
  const membership = entity['segmentMembership'] as Membership | undefined;
  if (dialect === 'three' || membership === undefined) return entity;
  const renamed = Object.entries(membership).map(([namespace, segments]) => [
    namespace,
    Object.fromEntries(
      Object.entries(segments).map(([id, entry]) => [
        id,
        { ...entry, status: entry.status === 'existing' ? 'realized' : entry.status },
      ]),
    ),
  ]);
  return { ...entity, segmentMembership: Object.fromEntries(renamed) as Membership };
}
