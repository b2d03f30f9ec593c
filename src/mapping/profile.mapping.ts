import { isRecord } from '../lib/is-record';
import type { Identity, Membership, Profile } from '../schema/profile.type';
import { toMembershipStatus } from './counts.mapping';
import { inPlaceOf, isMisread, misread } from './misread';
import { fieldsOf } from './reading';

type Entity = Readonly<Record<string, unknown>>;

/**
 * A merged profile; its identities and memberships stand apart from its attributes. Documents of field groups put `xdm:`
 * in front of names (quirk N26).
 */
export function toProfile(entity: Entity): Profile {
  const { identityMap, segmentMembership, ...attributes } = withoutPrefixes(entity);
  return {
    identities: toIdentities(identityMap),
    allMemberships: toMemberships(segmentMembership),
    entity: attributes,
  };
}

function withoutPrefixes(entity: Entity): Entity {
  return holdsPrefix(entity) ? (withoutPrefix(entity) as Entity) : entity;
}

function holdsPrefix(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsPrefix);
  if (!isRecord(value)) return false;
  return Object.entries(value).some(([name, part]) => name.startsWith(xdmPrefix) || holdsPrefix(part));
}

function withoutPrefix(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrefix);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name.startsWith(xdmPrefix) ? name.slice(xdmPrefix.length) : name,
      withoutPrefix(part),
    ]),
  );
}

const xdmPrefix = 'xdm:';

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

const read = fieldsOf({ service: 'segmentation', noun: 'profile' });

/** `{ namespace: [{ id, … }] }`; what cannot be read of it is an Error in the place of its entry. */
function toIdentities(identityMap: unknown): Identity[] {
  const map = read.part(identityMap, 'identityMap');
  if (map === null) return [];
  if (isMisread(map)) return inPlaceOf(map);
  return Object.entries(map).flatMap(([namespace, value]) => {
    const items = read.items(value, 'identityMap');
    if (isMisread(items)) return [inPlaceOf<Identity>(items)];
    return items.map((item) => {
      const entry = read.entry(item, 'identityMap');
      const id = isMisread(entry) ? inPlaceOf<string>(entry) : read.requiredId(entry['id'], 'identityMap.id');
      return isMisread(id) ? inPlaceOf<Identity>(id) : { namespace, id };
    });
  });
}

function toMemberships(segmentMembership: unknown): Profile['allMemberships'] {
  const map = read.part(segmentMembership, 'segmentMembership');
  if (map === null || isMisread(map)) return map ?? [];
  return Object.entries(map).flatMap(([namespace, value]) => {
    const segments = read.part(value, 'segmentMembership');
    if (segments === null) return [];
    if (isMisread(segments)) return [inPlaceOf<Membership>(segments)];
    return Object.entries(segments).map(([segmentId, item]) => toMembership(namespace, segmentId, item));
  });
}

function toMembership(namespace: string, segmentId: string, value: unknown): Membership {
  const item = read.entry(value, 'segmentMembership');
  if (isMisread(item)) return inPlaceOf(item);
  const word = read.requiredText(item['status'], 'segmentMembership.status');
  if (isMisread(word)) return inPlaceOf(word);
  const status = toMembershipStatus(word);
  if (status === null)
    return inPlaceOf(misread(read.noun, 'segmentMembership.status', 'is no membership status'));
  // Quirk N24: one entry says `timestamp`, the next `lastQualificationTime`.
  const time = item['lastQualificationTime'] ?? item['timestamp'];
  return {
    namespace,
    segmentId,
    status,
    lastQualifiedAt: read.time(time, 'segmentMembership.lastQualificationTime'),
  };
}
