import type { SegmentCounters, SegmentJobCounters } from '../../records';
import type { Engine } from '../engine/engine';
import { countBits } from './count-bits';
import type { FormerWords } from './former-words';
import { thisRun } from './known-runs';
import type { Place } from './membership-file';
import type { PeopleBySet } from './people-by-set';
import { halvesPerWord, halvesSql, type WordsOfRange } from './words-of-range';

/** Adds up the members of a run, range by range. */
export interface MemberCounter {
  count(words: CountedWords): void;
  /** What the run came to; once, when all its rows are written. */
  finish(run: FinishedRun): Promise<SegmentJobCounters>;
}

/** Words that were evaluated for the people of a range. */
export interface CountedWords {
  readonly words: WordsOfRange;
  /** Which word of the new file the first of them is. */
  readonly firstWord: number;
  readonly people: PeopleBySet;
}

export interface FinishedRun {
  readonly totalProfiles: number;
  readonly places: readonly ReadonlyMap<string, Place>[];
  /** What was said of the words before: of a word of which nothing was, all members are new. */
  readonly former: FormerWords;
}

/** Counts for each bit of each word. */
class BitTally {
  readonly #words = new Map<number, readonly number[]>();

  /** Those of 64 bits, the lowest first. */
  add(word: number, counts: readonly number[]): void {
    const sums = this.#words.get(word);
    this.#words.set(word, sums === undefined ? counts : sums.map((sum, bit) => sum + (counts[bit] ?? 0)));
  }

  of({ word, bit }: Place): number {
    return this.#words.get(word)?.[bit] ?? 0;
  }
}

/**
 * Starts with nobody counted. The generation is attached as `gen`, the new file as `run`. People have few different sets
 * of namespaces: members are counted by set, and those of the common one are all but the others.
 *
 * Counting is done here: the engine would need a sum for each bit, five times the processor time.
 */
export async function createMemberCounter(engine: Engine): Promise<MemberCounter> {
  const codesOfSet = await readNamespaceSets(engine);
  const members = new BitTally();
  const byNamespace = new Map<string, BitTally>();
  const addToSet = (set: number, word: number, counts: readonly number[]): void => {
    for (const code of codesOfSet.get(set) ?? []) {
      const tally = byNamespace.get(code) ?? new BitTally();
      byNamespace.set(code, tally);
      tally.add(word, counts);
    }
  };
  return {
    count: ({ words: { halves }, firstWord, people: { common, others } }) => {
      for (let half = 0; half < halves.length; half += halvesPerWord) {
        const word = firstWord + half / halvesPerWord;
        const own = halves.slice(half, half + halvesPerWord);
        const all = own.flatMap(countBits);
        members.add(word, all);
        let rest: readonly number[] = all;
        for (const { set, places } of others) {
          const counts = own.flatMap((each) => countBits(places.map((place) => each[place] ?? 0)));
          addToSet(set, word, counts);
          rest = rest.map((count, bit) => count - (counts[bit] ?? 0));
        }
        addToSet(common, word, rest);
      }
    },
    finish: async ({ totalProfiles, places, former }) => {
      const { realized, exited } = await countChanges(engine, { former, totalProfiles });
      const countersOf = (place: Place): SegmentCounters => {
        const named = [...byNamespace].map(([code, tally]) => [code, tally.of(place)] as const);
        const entered = former.speaksOf(place.word) ? realized.of(place) : members.of(place);
        return {
          members: members.of(place),
          realized: entered,
          existing: members.of(place) - entered,
          exited: exited.of(place),
          byNamespace: Object.fromEntries(named.filter(([, count]) => count > 0).sort()),
        };
      };
      const counters = places.flatMap((each) =>
        [...each].map(([id, place]) => [id, countersOf(place)] as const),
      );
      return { totalProfiles, bySegment: Object.fromEntries(counters) };
    },
  };
}

/** The codes of each set of namespaces, by its number. */
async function readNamespaceSets(engine: Engine): Promise<ReadonlyMap<number, readonly string[]>> {
  const sets = new Map<number, string[]>();
  for (const row of await engine.rows('SELECT "set", code FROM gen.main.namespace_set')) {
    const set = Number(row['set']);
    sets.set(set, [...(sets.get(set) ?? []), String(row['code'])]);
  }
  return sets;
}

/** So many people are asked about at once. */
const peoplePerStep = 1_000_000;

/** Those who entered in this run, and those who have left; what stayed as it was need not be read. */
async function countChanges(
  engine: Engine,
  { former, totalProfiles }: Pick<FinishedRun, 'former' | 'totalProfiles'>,
): Promise<{ readonly realized: BitTally; readonly exited: BitTally }> {
  const [realized, exited] = [new BitTally(), new BitTally()];
  for (const word of former.words) {
    const ofRange = `word = ${word} AND "#pid" >= $from AND "#pid" < $to`;
    // Two scans, each of which passes over the groups of rows where there is none: one with OR would look at every row.
    const sql = `
      SELECT ${halvesSql('entered')}, ${halvesSql('exited')} FROM run.main.change WHERE run = ${thisRun} AND ${ofRange}
      UNION ALL
      SELECT 0::UINTEGER, 0::UINTEGER, ${halvesSql('exited')} FROM run.main.change
      WHERE run <> ${thisRun} AND exited > 0 AND ${ofRange}`;
    for (let from = 0; from < totalProfiles; from += peoplePerStep) {
      for await (const { rowCount, columns } of engine.numbers(sql, { from, to: from + peoplePerStep })) {
        const counts = columns.map((column) =>
          countBits(Uint32Array.from({ length: rowCount }, (_, row) => column.getItem(row) ?? 0)),
        );
        realized.add(word, counts.slice(0, halvesPerWord).flat());
        exited.add(word, counts.slice(halvesPerWord).flat());
      }
    }
  }
  return { realized, exited };
}
