import { isRecord } from '../lib/is-record';
import type { Identity, Membership, Profile } from '../schema/profile.type';
import { toMembershipStatus } from './counts.mapping';
import { toDate } from './time.mapping';

type Entity = Readonly<Record<string, unknown>>;

/** A merged profile; its identities and memberships stand apart from its attributes. */
export function toProfile(entity: Entity): Profile {
  const { identityMap, segmentMembership, ...attributes } = entity;
  return {
    identities: toIdentities(identityMap),
    allMemberships: toMemberships(segmentMembership),
    entity: attributes,
  };
}

/**
 * The parts of an entity that dotted paths name, each at its own place; a path that names nothing is left out.
 * A path through a list takes that part of each of its items.
 */
export function pickPaths(entity: Entity, paths: readonly string[]): Record<string, unknown> {
  let picked: Record<string, unknown> = {};
  for (const path of paths) {
    const part = pick(entity, path.split('.'));
    if (isRecord(part)) picked = merge(picked, part);
  }
  return picked;
}

function pick(value: unknown, path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => pick(item, path));
  if (!isRecord(value) || !Object.hasOwn(value, name)) return undefined;
  const part = pick(value[name], rest);
  return part === undefined ? undefined : { [name]: part };
}

function merge(left: Entity, right: Entity): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...left };
  for (const [name, value] of Object.entries(right)) {
    const before = Object.hasOwn(merged, name) ? merged[name] : undefined;
    merged[name] = isRecord(before) && isRecord(value) ? merge(before, value) : value;
  }
  return merged;
}

function toIdentities(identityMap: unknown): Identity[] {
  if (!isRecord(identityMap)) return [];
  return Object.entries(identityMap).flatMap(([namespace, items]) =>
    (Array.isArray(items) ? items : []).flatMap((item: unknown) =>
      isRecord(item) && typeof item['id'] === 'string' ? [{ namespace, id: item['id'] }] : [],
    ),
  );
}

function toMemberships(segmentMembership: unknown): Membership[] {
  if (!isRecord(segmentMembership)) return [];
  return Object.entries(segmentMembership).flatMap(([namespace, segments]) =>
    Object.entries(isRecord(segments) ? segments : {}).flatMap(([segmentId, item]) =>
      isRecord(item) ? toMembership(namespace, segmentId, item) : [],
    ),
  );
}

function toMembership(namespace: string, segmentId: string, item: Entity): Membership[] {
  const word = item['status'];
  const status = typeof word === 'string' ? toMembershipStatus(word) : null;
  if (status === null) return [];
  // Quirk N24: one entry says `timestamp`, the next `lastQualificationTime`.
  const time = item['lastQualificationTime'] ?? item['timestamp'];
  const lastQualifiedAt = typeof time === 'string' || typeof time === 'number' ? toDate(time) : null;
  return [{ namespace, segmentId, status, lastQualifiedAt }];
}
