import type { MembershipCount, MembershipStatus, NamespaceCount } from '../schema/audience-counts.type';

/** A counter as it came, as a whole number; nothing and nonsense count nothing. */
export function toCount(value: number | string | null | undefined): bigint {
  return toCountOrNull(value) ?? 0n;
}

/** The same where "not told" differs from 0. Numbers past 2^53 arrive as text. */
export function toCountOrNull(value: number | string | null | undefined): bigint | null {
  if (typeof value === 'string') return /^-?\d+$/.test(value) ? BigInt(value) : null;
  return typeof value === 'number' && Number.isFinite(value) ? BigInt(Math.trunc(value)) : null;
}

/** A map of namespace code to counter as a list, largest first, then by name (quirk N8: `{}` where there is none). */
export function toNamespaceCounts(counters: Readonly<Record<string, number>> | undefined): NamespaceCount[] {
  return Object.entries(counters ?? {})
    .map(([namespace, count]) => ({ namespace, count: toCount(count) }))
    .sort(
      (left, right) =>
        compareDescending(left.count, right.count) || left.namespace.localeCompare(right.namespace),
    );
}

/** All three statuses where any is told; an upstream that knows no EXISTING has none of them (quirk N10). */
export function toMembershipCounts(
  counters: { readonly realized?: number; readonly existing?: number; readonly exited?: number } | undefined,
): MembershipCount[] {
  if (counters === undefined) return [];
  return [
    { status: 'REALIZED', count: toCount(counters.realized) },
    { status: 'EXISTING', count: toCount(counters.existing) },
    { status: 'EXITED', count: toCount(counters.exited) },
  ];
}

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

function compareDescending(left: bigint, right: bigint): number {
  if (left === right) return 0;
  return left > right ? -1 : 1;
}
