import type { MembershipStatus, SegmentCounters } from '../../src/platform/records';

/** The state of a segment for one person. */
export interface NaiveMembership {
  readonly status: MembershipStatus;
  readonly at: number;
}

export interface NaiveRun {
  readonly at: number;
  readonly people: readonly string[];
  /** Segment id -> who qualifies. */
  readonly qualifying: ReadonlyMap<string, ReadonlySet<string>>;
}

const day = 24 * 60 * 60 * 1000;

/** Memberships kept one by one, in the words of the transition table (contract, membership per evaluation run). */
export class NaiveMemberships {
  #entries = new Map<string, Map<string, NaiveMembership>>();

  run({ at, people, qualifying }: NaiveRun): void {
    for (const [segment, members] of qualifying) {
      const before = this.#entries.get(segment) ?? new Map<string, NaiveMembership>();
      const after = new Map<string, NaiveMembership>();
      for (const person of people) {
        const entry = moved(before.get(person), { qualifies: members.has(person), at });
        if (entry !== undefined) after.set(person, entry);
      }
      this.#entries.set(segment, after);
    }
  }

  /** People are numbered anew: `ownerOf` says who someone has become, undefined for one who is gone. */
  rebuild(ownerOf: (person: string) => string | undefined): void {
    for (const [segment, before] of this.#entries) {
      const after = new Map<string, NaiveMembership>();
      for (const [person, entry] of before) {
        const owner = ownerOf(person);
        if (owner === undefined) continue;
        const other = after.get(owner);
        after.set(owner, other === undefined ? entry : better(entry, other));
      }
      this.#entries.set(segment, after);
    }
  }

  forget(segment: string): void {
    this.#entries.delete(segment);
  }

  /** `segment person status time`, sorted. */
  lines(): readonly string[] {
    const lines = [...this.#entries].flatMap(([segment, entries]) =>
      [...entries].map(([person, { status, at }]) => `${segment} ${person} ${status} ${at}`),
    );
    return lines.sort();
  }

  counters(segment: string, namespacesOf: (person: string) => readonly string[]): SegmentCounters {
    const entries = [...(this.#entries.get(segment) ?? [])];
    const withStatus = (wanted: MembershipStatus): number =>
      entries.filter(([, { status }]) => status === wanted).length;
    const byNamespace: Record<string, number> = {};
    for (const [person, { status }] of entries) {
      if (status === 'exited') continue;
      for (const code of namespacesOf(person)) byNamespace[code] = (byNamespace[code] ?? 0) + 1;
    }
    const [realized, existing] = [withStatus('realized'), withStatus('existing')];
    return { members: realized + existing, realized, existing, exited: withStatus('exited'), byNamespace };
  }
}

function moved(
  before: NaiveMembership | undefined,
  { qualifies, at }: { readonly qualifies: boolean; readonly at: number },
): NaiveMembership | undefined {
  const wasMember = before !== undefined && before.status !== 'exited';
  if (qualifies) return wasMember ? { ...before, status: 'existing' } : { status: 'realized', at };
  if (wasMember) return { status: 'exited', at };
  return before !== undefined && before.at < at - 30 * day ? undefined : before;
}

/** Of two people who have become one: who is in before who left, longer known before just entered, then the newer. */
function better(one: NaiveMembership, other: NaiveMembership): NaiveMembership {
  const order: readonly MembershipStatus[] = ['existing', 'realized', 'exited'];
  const rank = order.indexOf(one.status) - order.indexOf(other.status);
  if (rank !== 0) return rank < 0 ? one : other;
  return one.at >= other.at ? one : other;
}
