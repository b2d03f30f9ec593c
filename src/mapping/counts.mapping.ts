import type { MembershipCount, MembershipStatus, NamespaceCount } from '../schema/audience-counts.type';
import { inPlaceOf, isMisread } from './misread';
import type { Fields } from './reading';

/** A counter of a map, as it is shown: nothing counts nothing. */
export function toCount(read: Fields, value: unknown, name: string): bigint {
  return read.count(value, name) ?? 0n;
}

/**
 * A map of namespace code to counter as a list, largest first, then by name (quirk N8: `{}` where there is none). A
 * namespace that was not counted is not there; a count that cannot be read is an Error in its place in the list.
 */
export function toNamespaceCounts(read: Fields, counters: unknown, name: string): NamespaceCount[] {
  const map = read.part(counters, name);
  if (map === null) return [];
  if (isMisread(map)) return inPlaceOf(map);
  return Object.entries(map)
    .filter(([, value]) => value !== null)
    .map(([namespace, value]): NamespaceCount => {
      const count = toCount(read, value, name);
      return isMisread(count) ? inPlaceOf<NamespaceCount>(count) : { namespace, count };
    })
    .sort(compareCounts);
}

/** All three statuses where any is told; an upstream that knows no EXISTING has none of them (quirk N10). */
export function toMembershipCounts(read: Fields, counters: unknown, name: string): MembershipCount[] {
  const map = read.part(counters, name);
  if (map === null) return [];
  if (isMisread(map)) return inPlaceOf(map);
  return statuses.map((status): MembershipCount => {
    const count = toCount(read, map[toMembershipStatusWire(status)], name);
    return isMisread(count) ? inPlaceOf<MembershipCount>(count) : { status, count };
  });
}

const statuses = ['REALIZED', 'EXISTING', 'EXITED'] as const satisfies readonly MembershipStatus[];

const statusByWord: ReadonlyMap<string, MembershipStatus> = new Map([
  ['realized', 'REALIZED'],
  ['existing', 'EXISTING'],
  ['exited', 'EXITED'],
  // quirk S-1
  ['exiting', 'EXITED'],
]);

/** Null for a word that is no membership status. */
export function toMembershipStatus(word: string): MembershipStatus | null {
  return statusByWord.get(word.toLowerCase()) ?? null;
}

/** A membership status in Adobe's word for it, e.g. `realized`. */
export function toMembershipStatusWire(status: MembershipStatus): string {
  return status.toLowerCase();
}

function compareCounts(left: NamespaceCount, right: NamespaceCount): number {
  if (isMisread(left) || isMisread(right)) return 0;
  if (left.count !== right.count) return left.count > right.count ? -1 : 1;
  return left.namespace.localeCompare(right.namespace);
}
