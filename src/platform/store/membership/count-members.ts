import type { SegmentCounters, SegmentJobCounters } from '../../records';
import type { Engine } from '../engine/engine';
import { thisRun, type FormerWords } from './former-words';
import { bitsPerWord, type Place } from './membership-file';
import { bitCountsSql, mostRowsToCount } from './words-sql';

/** Adds up the members of a run, range by range. */
export interface MemberCounter {
  count(words: CountedWords): Promise<void>;
  /** What the run came to; once, when all its rows are written. */
  finish(run: FinishedRun): Promise<SegmentJobCounters>;
}

/** The words that were evaluated for the people from `from` to before `to`. */
export interface CountedWords {
  /** `"#pid"` and the words as they are now, `w0`, `w1`, … */
  readonly table: string;
  /** The word of the new file that `w0` is. */
  readonly firstWord: number;
  readonly words: number;
  readonly from: number;
  readonly to: number;
}

export interface FinishedRun {
  readonly totalProfiles: number;
  readonly places: readonly ReadonlyMap<string, Place>[];
  /** What was said of the words before: of a word of which nothing was, all members are new. */
  readonly former: FormerWords;
}

/** Counts for each bit of each word. */
class BitTally {
  readonly #words = new Map<number, number[]>();

  add(word: number, counts: unknown): void {
    const sums = this.#words.get(word) ?? new Array<number>(bitsPerWord).fill(0);
    this.#words.set(
      word,
      sums.map((sum, bit) => sum + Number((counts as readonly unknown[])[bit] ?? 0)),
    );
  }

  of({ word, bit }: Place): number {
    return this.#words.get(word)?.[bit] ?? 0;
  }
}

/**
 * Starts with nobody counted. The generation is attached as `gen`, the new file as `run`. People have few different sets
 * of namespaces: members are counted by set, so that each person is looked at once.
 */
export async function createMemberCounter(engine: Engine): Promise<MemberCounter> {
  const codesOfSet = await readNamespaceSets(engine);
  const members = new BitTally();
  const byNamespace = new Map<string, BitTally>();
  const tallyOf = (code: string): BitTally => {
    const tally = byNamespace.get(code) ?? new BitTally();
    byNamespace.set(code, tally);
    return tally;
  };
  return {
    count: async ({ table, firstWord, words, from, to }) => {
      const columns = Array.from(
        { length: words },
        (_, index) => `${bitCountsSql(`w${index}`)} AS w${index}`,
      );
      const rows = await engine.rows(
        `SELECT o."set" AS owned, ${columns.join(', ')}
        FROM ${table} t JOIN gen.main.owner o ON o."#pid" = t."#pid" AND o."#pid" >= $from AND o."#pid" < $to
        GROUP BY owned`,
        { from, to },
      );
      for (const row of rows) {
        const owned = (codesOfSet.get(Number(row['owned'])) ?? []).map(tallyOf);
        for (let index = 0; index < words; index += 1) {
          for (const tally of [members, ...owned]) tally.add(firstWord + index, row[`w${index}`]);
        }
      }
    },
    finish: async ({ totalProfiles, places, former }) => {
      const { realized, exited } = await countChanges(engine, former);
      const countersOf = (place: Place): SegmentCounters => {
        const named = [...byNamespace].map(([code, tally]) => [code, tally.of(place)] as const);
        const entered = former.sql(place.word) === undefined ? members.of(place) : realized.of(place);
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

/** Those who entered in this run, and those who have left; what stayed as it was need not be read. */
async function countChanges(
  engine: Engine,
  former: FormerWords,
): Promise<{ readonly realized: BitTally; readonly exited: BitTally }> {
  const [realized, exited] = [new BitTally(), new BitTally()];
  if (former.words.length === 0) return { realized, exited };
  const rows = await engine.rows(
    `SELECT word, run = ${thisRun} AS is_new, ${bitCountsSql('entered')} AS entered, ${bitCountsSql('exited')} AS exited
    FROM run.main.change WHERE word IN (${former.words.join(', ')}) AND (run = ${thisRun} OR exited <> 0)
    GROUP BY word, is_new, "#pid" // ${mostRowsToCount}`,
  );
  for (const row of rows) {
    const word = Number(row['word']);
    if (row['is_new'] === true) realized.add(word, row['entered']);
    exited.add(word, row['exited']);
  }
  return { realized, exited };
}
