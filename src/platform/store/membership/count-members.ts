import type { SegmentCounters, SegmentJobCounters } from '../../records';
import type { Engine } from '../engine/engine';
import { thisRun } from './former-words';
import { bitsPerWord, type Place } from './membership-file';
import { bitCountsSql } from './words-sql';

/** People of a range, and the words that were evaluated for them. */
export interface CountedWords {
  readonly from: number;
  readonly to: number;
  /** `"#pid"` and the words as they are now, `w0`, `w1`, … */
  readonly table: string;
  /** The word of the new file that `w0` is. */
  readonly firstWord: number;
  readonly words: number;
}

/** Adds up members range by range, from the new file. */
export interface MemberCounter {
  count(words: CountedWords): Promise<void>;
  counters(
    totalProfiles: number,
    slices: readonly { readonly places: ReadonlyMap<string, Place> }[],
  ): SegmentJobCounters;
}

/** 64 counts for each word. */
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

/** Starts with nobody counted. */
export function createMemberCounter(engine: Engine): MemberCounter {
  const realized = new BitTally();
  const existing = new BitTally();
  const exited = new BitTally();
  const byNamespace = new Map<string, BitTally>();
  return {
    count: async ({ from, to, table, firstWord, words }) => {
      const statuses = await engine.rows(
        `SELECT word, run = ${thisRun} AS is_new, ${bitCountsSql('entered')} AS entered, ${bitCountsSql('exited')} AS exited
        FROM run.main.change
        WHERE "#pid" >= $from AND "#pid" < $to AND word >= $first AND word < $end GROUP BY ALL`,
        { from, to, first: firstWord, end: firstWord + words },
      );
      for (const row of statuses) {
        const word = Number(row['word']);
        (row['is_new'] === true ? realized : existing).add(word, row['entered']);
        exited.add(word, row['exited']);
      }
      const columns = Array.from(
        { length: words },
        (_, index) => `${bitCountsSql(`w${index}`)} AS w${index}`,
      );
      const namespaces = await engine.rows(
        `SELECT code, ${columns.join(', ')} FROM ${table} JOIN gen.main.namespace n USING ("#pid")
        WHERE n."#pid" >= $from AND n."#pid" < $to GROUP BY code`,
        { from, to },
      );
      for (const row of namespaces) {
        const code = String(row['code']);
        const tally = byNamespace.get(code) ?? new BitTally();
        byNamespace.set(code, tally);
        for (let index = 0; index < words; index += 1) tally.add(firstWord + index, row[`w${index}`]);
      }
    },
    counters: (totalProfiles, slices) => {
      const codes = [...byNamespace].sort(([one], [other]) => (one < other ? -1 : 1));
      const countersOf = (place: Place): SegmentCounters => {
        const [entered, stayed] = [realized.of(place), existing.of(place)];
        const named = codes.map(([code, tally]) => [code, tally.of(place)] as const);
        return {
          members: entered + stayed,
          realized: entered,
          existing: stayed,
          exited: exited.of(place),
          byNamespace: Object.fromEntries(named.filter(([, members]) => members > 0)),
        };
      };
      const bySegment = slices.flatMap(({ places }) =>
        [...places].map(([id, place]) => [id, countersOf(place)] as const),
      );
      return { totalProfiles, bySegment: Object.fromEntries(bySegment) };
    },
  };
}
