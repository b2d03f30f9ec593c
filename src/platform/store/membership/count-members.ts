import type { SegmentCounters, SegmentJobCounters } from '../../records';
import type { Engine, EngineRow } from '../engine/engine';
import { thisRun } from './former-words';
import { bitsPerWord, type Place } from './membership-file';
import { bitCountsSql, mostRowsToCount } from './words-sql';

/** Adds up the members of a run, range by range. */
export interface MemberCounter {
  /** To be called for each range before its words are counted. */
  beginRange(range: Range): Promise<void>;
  count(words: CountedWords): Promise<void>;
  /** What the run came to; once, when all its rows are written. */
  finish(totalProfiles: number, places: readonly ReadonlyMap<string, Place>[]): Promise<SegmentJobCounters>;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The words that were evaluated for the people of a range. */
export interface CountedWords {
  /** `"#pid"` and the words as they are now, `w0`, `w1`, … */
  readonly table: string;
  /** The word of the new file that `w0` is. */
  readonly firstWord: number;
  readonly words: number;
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

/** Starts with nobody counted. The generation is attached as `gen`, the new file as `run`. */
export async function createMemberCounter(engine: Engine): Promise<MemberCounter> {
  const codes = await numberNamespaces(engine);
  const members = new BitTally();
  const byNamespace = new Map(codes.map((code) => [code, new BitTally()]));
  return {
    beginRange: (range) => findNamespaces(engine, codes, range),
    count: async ({ table, firstWord, words }) => {
      const columns = Array.from(
        { length: words },
        (_, index) => `${bitCountsSql(`w${index}`)} AS w${index}`,
      );
      const rows = await engine.rows(
        `SELECT o.* EXCLUDE ("#pid"), ${columns.join(', ')}
        FROM ${table} t LEFT JOIN memory.main.owner o ON o."#pid" = t."#pid" GROUP BY ALL`,
      );
      for (const row of rows) {
        const owned = [...byNamespace.values()].filter((_, number) => isOwned(row, number));
        for (let index = 0; index < words; index += 1) {
          for (const tally of [members, ...owned]) tally.add(firstWord + index, row[`w${index}`]);
        }
      }
    },
    finish: async (totalProfiles, places) => {
      const { realized, exited } = await countChanges(engine);
      const countersOf = (place: Place): SegmentCounters => {
        const named = [...byNamespace].map(([code, tally]) => [code, tally.of(place)] as const);
        return {
          members: members.of(place),
          realized: realized.of(place),
          existing: members.of(place) - realized.of(place),
          exited: exited.of(place),
          byNamespace: Object.fromEntries(named.filter(([, count]) => count > 0)),
        };
      };
      const counters = places.flatMap((each) =>
        [...each].map(([id, place]) => [id, countersOf(place)] as const),
      );
      return { totalProfiles, bySegment: Object.fromEntries(counters) };
    },
  };
}

/** A set of namespaces is a number, one bit for each of so many; where there are more of them, several numbers. */
const namespacesPerSet = 30;

function isOwned(row: EngineRow, number: number): boolean {
  const set = Number(row[`set_${Math.floor(number / namespacesPerSet)}`] ?? 0);
  return (set & (1 << (number % namespacesPerSet))) !== 0;
}

const setsOf = (codes: readonly string[]): readonly number[] =>
  Array.from({ length: Math.max(1, Math.ceil(codes.length / namespacesPerSet)) }, (_, set) => set);

/** Numbers the namespaces. @returns their codes; the number of each is its index. */
async function numberNamespaces(engine: Engine): Promise<readonly string[]> {
  await engine.run(`
    CREATE TABLE memory.main.namespace_code AS
    SELECT code, (row_number() OVER (ORDER BY code) - 1)::INTEGER AS number
    FROM (SELECT DISTINCT code FROM gen.main.namespace)`);
  const rows = await engine.rows('SELECT code FROM memory.main.namespace_code ORDER BY number');
  const codes = rows.map((row) => String(row['code']));
  const sets = setsOf(codes).map((set) => `set_${set} INTEGER`);
  await engine.run(`CREATE TABLE memory.main.owner ("#pid" BIGINT, ${sets.join(', ')})`);
  return codes;
}

/** People have few different sets of namespaces: members are counted by set, so that each person is one row. */
async function findNamespaces(engine: Engine, codes: readonly string[], range: Range): Promise<void> {
  const sets = setsOf(codes).map(
    (set) =>
      `bit_or(CASE WHEN number // ${namespacesPerSet} = ${set} THEN 1 << (number % ${namespacesPerSet}) ELSE 0 END)`,
  );
  await engine.run('TRUNCATE memory.main.owner');
  await engine.run(
    `INSERT INTO memory.main.owner
    SELECT "#pid", ${sets.join(', ')} FROM gen.main.namespace JOIN memory.main.namespace_code USING (code)
    WHERE "#pid" >= $from AND "#pid" < $to GROUP BY "#pid"`,
    { ...range },
  );
}

/** Those who entered in this run, and those who have left; what stayed as it was need not be read. */
async function countChanges(
  engine: Engine,
): Promise<{ readonly realized: BitTally; readonly exited: BitTally }> {
  const rows = await engine.rows(
    `SELECT word, run = ${thisRun} AS is_new, ${bitCountsSql('entered')} AS entered, ${bitCountsSql('exited')} AS exited
    FROM run.main.change WHERE run = ${thisRun} OR exited <> 0
    GROUP BY word, is_new, "#pid" // ${mostRowsToCount}`,
  );
  const [realized, exited] = [new BitTally(), new BitTally()];
  for (const row of rows) {
    const word = Number(row['word']);
    if (row['is_new'] === true) realized.add(word, row['entered']);
    exited.add(word, row['exited']);
  }
  return { realized, exited };
}
