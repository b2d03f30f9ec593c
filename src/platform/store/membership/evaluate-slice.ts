import type { Engine, PreparedStatement } from '../engine/engine';
import type { DataViews } from '../generation/data-views';
import type { PassSlice } from '../api/evaluation';
import { changedHalves, changedTablesSql, changeSql } from './change-sql';
import type { MemberCounter } from './count-members';
import type { FormerWords } from './former-words';
import { wordsFor, type Place } from './membership-file';
import type { PeopleOfSet, RangeOfPeople } from './people-by-set';
import {
  addHalves,
  differingPlaces,
  halvesPerWord,
  halvesSql,
  noWords,
  placeSql,
  type WordsOfRange,
} from './words-of-range';

/** Some rules of a run, and where their segments stand in the new file. */
export interface PlannedSlice extends PassSlice {
  readonly firstWord: number;
  readonly places: ReadonlyMap<string, Place>;
  /** The table of the words that its rules come to: `"#pid"`, `w0`, `w1`, … */
  readonly table: string;
}

export interface SliceToPrepare {
  readonly slice: PlannedSlice;
  readonly former: FormerWords;
  readonly counter: MemberCounter;
  readonly views: DataViews;
  /** The one clock of the run, epoch milliseconds. */
  readonly at: number;
  /** What is to be disposed of after the run is put in here. */
  readonly statements: PreparedStatement[];
}

/** What is done with a slice for a range of people. */
export interface SliceStep {
  /** Runs the rules; what they come to stays in a table of the step, which is to be empty. */
  evaluate(range: RangeOfPeople): Promise<void>;
  /** Counts the people of the range that was evaluated, and writes what follows. */
  settle(range: RangeOfPeople, people: readonly PeopleOfSet[]): Promise<void>;
  /** Empties the table. Who does it while another statement runs does not get the memory back. */
  clear(): Promise<void>;
}

/** Two connections to the same engine: one step may be evaluated on the one while another is settled on the other. */
export interface PassEngines {
  readonly evaluating: Engine;
  readonly settling: Engine;
}

const keepExitedForMs = 30 * 24 * 60 * 60 * 1000;

export async function prepareSlice(
  { evaluating, settling }: PassEngines,
  prepared: SliceToPrepare,
): Promise<SliceStep> {
  const { slice, counter, views, at, statements } = prepared;
  const { pass, table, firstWord } = slice;
  const words = wordsOf(slice);
  const columns = words.map((_, index) => `w${index} UBIGINT`);
  await evaluating.run(`CREATE TABLE ${table} ("#pid" BIGINT, ${columns.join(', ')})`);
  const sql = `INSERT INTO ${table} ${views.narrowed(pass.wordsSql, pass.columns)}`;
  const fill = await evaluating.prepare(sql);
  statements.push(fill);
  return {
    evaluate: ({ from, to }) => fill.run({ ...pass.parameters, pid_from: from, pid_to: to }),
    settle: async (range, people) => {
      const now = await readNow(settling, slice, range);
      counter.count({ words: now, firstWord, people });
      await writeChanges(settling, prepared, { range, now, expiry: at - keepExitedForMs });
    },
    clear: () => evaluating.run(`TRUNCATE ${table}`),
  };
}

function wordsOf({ firstWord, segmentIds }: PlannedSlice): readonly number[] {
  return Array.from({ length: wordsFor(segmentIds.length) }, (_, index) => firstWord + index);
}

async function readNow(engine: Engine, slice: PlannedSlice, range: RangeOfPeople): Promise<WordsOfRange> {
  const words = wordsOf(slice);
  const now = noWords({ people: range.to - range.from, words: words.length });
  const halves = words.map((_, index) => halvesSql(`w${index}`)).join(', ');
  const pages = engine.numbers(`SELECT ${placeSql}, ${halves} FROM ${slice.table}`, { from: range.from });
  await addHalves(now, 0, pages);
  return now;
}

interface ChangesToWrite {
  readonly range: RangeOfPeople;
  readonly now: WordsOfRange;
  /** Who left before this is forgotten, epoch milliseconds. */
  readonly expiry: number;
}

async function writeChanges(
  engine: Engine,
  { slice, former }: SliceToPrepare,
  { range, now, expiry }: ChangesToWrite,
): Promise<void> {
  const isChanged = await findChanged(engine, { slice, former, range, now });
  for (const [index, word] of wordsOf(slice).entries()) {
    const said = former.sql(word);
    const statements = changeSql({ word, column: `w${index}`, table: slice.table, former: said, isChanged });
    for (const sql of statements) {
      const { from, to } = range;
      await engine.run(sql, said === undefined ? {} : { from, to, expiry });
    }
  }
}

interface ChangesToFind {
  readonly slice: PlannedSlice;
  readonly former: FormerWords;
  readonly range: RangeOfPeople;
  readonly now: WordsOfRange;
}

/**
 * Fills the tables of those who have changed, where anything was said of these segments before. They are found here by
 * their places: the engine would join everybody with everybody.
 * @returns whether there are any.
 */
async function findChanged(engine: Engine, { slice, former, range, now }: ChangesToFind): Promise<boolean> {
  const words = wordsOf(slice);
  if (words.every((word) => former.sql(word) === undefined)) return false;
  const was = noWords({ people: now.people, words: words.length });
  const { from, to } = range;
  for (const [index, word] of words.entries()) {
    const said = former.membersSql(word);
    if (said === undefined) continue;
    const sql = `SELECT ${placeSql}, ${halvesSql('entered')} FROM (${said})`;
    await addHalves(was, index * halvesPerWord, engine.numbers(sql, { from, to }));
  }
  const places = differingPlaces(now, was);
  if (places.length === 0) return false;
  const tables = changedTablesSql(words.length);
  await engine.run(tables.halves);
  const halves = [...now.halves, ...was.halves].map((half) => places.map((place) => half[place] ?? 0));
  await engine.append(changedHalves, [places, ...halves]);
  await engine.run(tables.whole, { from });
  return true;
}
