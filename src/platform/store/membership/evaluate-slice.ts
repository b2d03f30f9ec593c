import type { Engine, PreparedStatement } from '../engine/engine';
import type { DataViews } from '../generation/data-views';
import type { PassSlice } from '../api/evaluation';
import { changedHalves, changesSql } from './change-sql';
import type { MemberCounter } from './count-members';
import type { FormerWords } from './former-words';
import { wordsFor, type Place } from './membership-file';
import { all } from './overlap';
import type { PeopleBySet, RangeOfPeople } from './people-by-set';
import {
  addHalves,
  differingPlaces,
  halvesOf,
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
  /** Reads who was in the segments before; undefined where nothing was said of any. Needs no evaluation. */
  readFormer(range: RangeOfPeople): Promise<WordsOfRange | undefined>;
  /** Counts the people of the range that was evaluated, and writes what follows. */
  settle(range: RangeOfPeople, known: KnownOfRange & { readonly counter: MemberCounter }): Promise<void>;
  /** Empties the table. Who does it while another statement runs does not get the memory back. */
  clear(): Promise<void>;
}

/** What is known of a range of people before its rules have run. */
export interface KnownOfRange {
  readonly people: PeopleBySet;
  readonly former: WordsOfRange | undefined;
}

/** Two connections to the same engine: one step may be evaluated on the one while another is settled on the other. */
export interface PassEngines {
  readonly evaluating: Engine;
  readonly settling: Engine;
}

const keepExitedForMs = 30 * 24 * 60 * 60 * 1000;

/** The table of a slice's words. All are made before anything is prepared: what is made later has the rules planned anew. */
export function createTableOf(slice: PlannedSlice): string {
  const columns = wordsOf(slice).map((_, index) => `w${index} UBIGINT`);
  return `CREATE TABLE ${slice.table} ("#pid" BIGINT, ${columns.join(', ')})`;
}

/** After its table was made. */
export async function prepareSlice(
  { evaluating, settling }: PassEngines,
  prepared: SliceToPrepare,
): Promise<SliceStep> {
  const { slice, former: said, views, at, statements } = prepared;
  const { pass, table, firstWord } = slice;
  const sql = `INSERT INTO ${table} ${views.narrowed(pass.wordsSql, pass.columns)}`;
  const fill = await evaluating.prepare(sql);
  statements.push(fill);
  const lastForgotten = said.lastRunBefore(at - keepExitedForMs);
  return {
    evaluate: ({ from, to }) => fill.run({ ...pass.parameters, pid_from: from, pid_to: to }),
    readFormer: (range) => readFormer(settling, prepared, range),
    settle: async (range, { people, former, counter }) => {
      const now = await readNow(settling, slice, range);
      const isChanged = former !== undefined && (await fillChanged(settling, prepared, { now, former }));
      const changes = { range, isChanged, lastForgotten };
      const written = writeChanges(settling, prepared, changes);
      // While the engine writes.
      const counted = Promise.resolve().then(() => {
        counter.count({ words: now, firstWord, people });
      });
      await all([written, counted]);
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

async function readFormer(
  engine: Engine,
  { slice, former }: SliceToPrepare,
  { from, to }: RangeOfPeople,
): Promise<WordsOfRange | undefined> {
  const words = wordsOf(slice);
  if (!words.some((word) => former.speaksOf(word))) return undefined;
  const was = noWords({ people: to - from, words: words.length });
  for (const [index, word] of words.entries()) {
    const said = former.membersSql(word);
    if (said === undefined) continue;
    const sql = `SELECT ${placeSql}, ${halvesSql('entered')} FROM (${said})`;
    await addHalves(was, index * halvesPerWord, engine.numbers(sql, { from, to }));
  }
  return was;
}

interface ChangesToFind {
  readonly now: WordsOfRange;
  readonly former: WordsOfRange;
}

/**
 * Fills the table of those who have changed, where anything was said of a word before. They are found here by their
 * places: the engine would join everybody with everybody.
 * @returns whether there are any.
 */
async function fillChanged(
  engine: Engine,
  { slice, former: said }: SliceToPrepare,
  { now, former }: ChangesToFind,
): Promise<boolean> {
  const found = wordsOf(slice).flatMap((word, index) => {
    if (!said.speaksOf(word)) return [];
    const [isNow, was] = [halvesOf(now, index), halvesOf(former, index)];
    const places = differingPlaces(isNow, was);
    return places.length === 0 ? [] : [{ word, places, halves: [...isNow, ...was] }];
  });
  if (found.length === 0) return false;
  await engine.run(`TRUNCATE memory.main.${changedHalves}`);
  for (const { word, places, halves } of found) {
    const values = halves.map((half) => places.map((place) => half[place] ?? 0));
    await engine.append(changedHalves, [places.map(() => word), places, ...values]);
  }
  return true;
}

interface ChangesToWrite {
  readonly range: RangeOfPeople;
  readonly isChanged: boolean;
  /** The number of the last run of which those who left are forgotten. */
  readonly lastForgotten: number;
}

async function writeChanges(
  engine: Engine,
  { slice, former }: SliceToPrepare,
  { range: { from, to }, ...changes }: ChangesToWrite,
): Promise<void> {
  const words = wordsOf(slice);
  const said = former.sql(words);
  const added = words
    .map((word, index) => ({ word, column: `w${index}` }))
    .filter(({ word }) => !former.speaksOf(word));
  const sql = changesSql({ added, table: slice.table, former: said, ...changes });
  await engine.run(sql, said === undefined ? {} : { from, to });
}
