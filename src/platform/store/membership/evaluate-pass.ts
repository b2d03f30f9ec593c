import type { UnionSchema } from '../../../xdm/union-schema';
import type { SegmentJobCounters } from '../../records';
import { throwIfAborted } from '../engine/abort';
import { openEngineHost, type Engine, type EngineLimits, type PreparedStatement } from '../engine/engine';
import { timestampOf } from '../engine/sql-text';
import { createDataViews, type DataViews } from '../generation/data-views';
import type { PassSlice } from '../api/evaluation';
import type { ReportProgress } from '../api/progress';
import { createMemberCounter, type MemberCounter } from './count-members';
import {
  createKnownRuns,
  FormerWords,
  thisRun,
  writeKnownRuns,
  writeSegments,
  type PlacedSegment,
} from './former-words';
import {
  createMembershipTables,
  placesFrom,
  readCurrentSegments,
  wordsFor,
  type CurrentSegment,
  type MembershipSource,
  type Place,
} from './membership-file';
import { prepareSlice, type PassEngines, type PlannedSlice, type SliceStep } from './evaluate-slice';
import { overlap } from './overlap';
import { readPeopleBySet, type PeopleOfSet, type RangeOfPeople } from './people-by-set';

export interface PassToEvaluate {
  /** Together they name each segment of the run once. */
  readonly slices: readonly PassSlice[];
  readonly schema: UnionSchema;
  readonly generation: { readonly path: string; readonly profiles: number };
  readonly sources: readonly MembershipSource[];
  /** Segments that are not of this run, but whose memberships the new file takes over. */
  readonly takenOver: readonly string[];
  /** A new file. */
  readonly target: string;
  readonly at: number;
  readonly limits: EngineLimits;
  readonly onProgress?: ReportProgress | undefined;
  readonly signal: AbortSignal;
}

/** Two of the engine's row groups: a range that cuts one in two reads it twice. Greater ones are no faster. */
const mostProfilesPerRange = 2 * 122_880;
/** So that a small job tells of its progress too. */
const fewestRanges = 4;

/**
 * Runs the rules range by range and writes the memberships that follow from them and from the present ones: entering is
 * `realized`, staying `existing`, leaving `exited`; one who left more than 30 days ago is forgotten.
 *
 * The statements of the rules run where no file can be reached but the generation and the present memberships, both
 * read-only, and the new file.
 */
export async function evaluatePass(evaluation: PassToEvaluate): Promise<SegmentJobCounters> {
  const { generation, sources, target, limits, signal } = evaluation;
  throwIfAborted(signal);
  const host = await openEngineHost({
    limits,
    attach: [
      { path: generation.path, as: 'gen', readOnly: true },
      ...sources.map(({ file }) => file),
      { path: target, as: 'run', readOnly: false },
    ],
  });
  const connections: Engine[] = [];
  const connect = async (): Promise<Engine> => {
    const connection = await host.connect(signal);
    connections.push(connection);
    return connection;
  };
  try {
    return await evaluateOn({ evaluating: await connect(), settling: await connect() }, evaluation);
  } finally {
    for (const connection of connections) connection.close();
    host.close();
  }
}

async function evaluateOn(engines: PassEngines, evaluation: PassToEvaluate): Promise<SegmentJobCounters> {
  const { generation, sources } = evaluation;
  const engine = engines.settling;
  for (const sql of createMembershipTables('run')) await engine.run(sql);
  await createKnownRuns(engine, sources);
  const views = await createDataViews(engine, evaluation.schema);
  const current = await readCurrentSegments(engine, sources);
  const plan = planRun(evaluation, current);
  await writeSegments(engine, 'run', placedSegments(plan, current));
  const counter = await createMemberCounter(engine);
  await runRanges(engines, { evaluation, plan, counter, views });
  const places = plan.slices.map((slice) => slice.places);
  const counters = await counter.finish({
    totalProfiles: generation.profiles,
    places,
    former: plan.former,
  });
  await writeKnownRuns(engine, 'run');
  await engine.run(`INSERT INTO run.main.run VALUES (${thisRun}, ${timestampOf('at')})`, {
    at: evaluation.at,
  });
  await engine.run('CHECKPOINT run');
  await engine.run('DETACH run');
  return counters;
}

/** What is to be done for each range of people. */
interface RunPlan {
  readonly slices: readonly PlannedSlice[];
  readonly takenOver: ReadonlyMap<string, Place>;
  readonly former: FormerWords;
}

/** Each slice begins a word of its own, and so do those that are taken over. */
function planRun({ slices, takenOver }: PassToEvaluate, current: readonly CurrentSegment[]): RunPlan {
  let words = 0;
  const place = (segmentIds: readonly string[]): ReadonlyMap<string, Place> => {
    const places = placesFrom(words, segmentIds);
    words += wordsFor(segmentIds.length);
    return places;
  };
  const planned = slices.map((slice, index): PlannedSlice => {
    const firstWord = words;
    return { ...slice, firstWord, places: place(slice.segmentIds), table: `memory.main.verdict_${index}` };
  });
  const others = place(takenOver);
  const places = new Map([...planned.flatMap((slice) => [...slice.places]), ...others]);
  return { slices: planned, takenOver: others, former: new FormerWords(current, places) };
}

function placedSegments(
  { slices, takenOver }: RunPlan,
  current: readonly CurrentSegment[],
): readonly PlacedSegment[] {
  const own = slices.flatMap(({ places }) =>
    [...places].map(([segmentId, place]) => ({ segmentId, ...place, from: undefined })),
  );
  const others = current.flatMap(({ segmentId, source, run }) => {
    const place = takenOver.get(segmentId);
    return place === undefined ? [] : [{ segmentId, ...place, from: { source, run } }];
  });
  return [...own, ...others];
}

interface Run {
  readonly evaluation: PassToEvaluate;
  readonly plan: RunPlan;
  readonly counter: MemberCounter;
  readonly views: DataViews;
}

/**
 * The rules of a range run while the one before it is settled, which is much work for one core only. Work is told in
 * profiles, once for each slice, when it is settled.
 */
async function runRanges(engines: PassEngines, run: Run): Promise<void> {
  const { generation, onProgress } = run.evaluation;
  const statements: PreparedStatement[] = [];
  const ranges = rangesOf(generation.profiles);
  try {
    const steps = await prepareSteps(engines, { ...run, ranges: ranges.length, statements });
    const total = generation.profiles * run.plan.slices.length;
    let people: readonly PeopleOfSet[] = [];
    let done = 0;
    await overlap(piecesOf(ranges, steps), {
      begin: ({ step, range }) => step.evaluate(range),
      end: async ({ step, range, isFirst, isLast }) => {
        if (isFirst) people = await readPeopleBySet(engines.settling, range);
        await step.settle(range, people);
        done += range.to - range.from;
        // What is left of the range is little beside the rules.
        if (isLast) await takeOver(engines.settling, run.plan, range);
        await onProgress?.({ done, total });
      },
      clear: ({ step }) => step.clear(),
    });
  } finally {
    for (const statement of statements) statement.dispose();
  }
}

/** The steps of the slices, for each range in turn: the table that is filled is never the one that is settled. */
type StepsInTurn = readonly (readonly SliceStep[])[];

async function prepareSteps(
  engines: PassEngines,
  { ranges, statements, ...run }: Run & { readonly ranges: number; readonly statements: PreparedStatement[] },
): Promise<StepsInTurn> {
  const { slices, former } = run.plan;
  const { at } = run.evaluation;
  const turns = slices.length === 1 && ranges > 1 ? 2 : 1;
  const steps: SliceStep[][] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const own: SliceStep[] = [];
    for (const planned of slices) {
      const slice = { ...planned, table: `${planned.table}_${turn}` };
      own.push(await prepareSlice(engines, { ...run, former, at, slice, statements }));
    }
    steps.push(own);
  }
  return steps;
}

/** A slice for a range. */
interface PieceOfRun {
  readonly step: SliceStep;
  readonly range: RangeOfPeople;
  /** Among the slices of the range. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

function piecesOf(ranges: readonly RangeOfPeople[], turns: StepsInTurn): readonly PieceOfRun[] {
  return ranges.flatMap((range, n) => {
    const steps = turns[n % turns.length] ?? [];
    return steps.map((step, index) => ({
      step,
      range,
      isFirst: index === 0,
      isLast: index === steps.length - 1,
    }));
  });
}

/** What is left at the end, if it is little, goes with the last range: each costs the planning of all rules. */
function rangesOf(profiles: number): readonly RangeOfPeople[] {
  const size = Math.max(1, Math.min(mostProfilesPerRange, Math.ceil(profiles / fewestRanges)));
  const count = Math.ceil(Math.max(0, profiles - size / 4) / size);
  return Array.from({ length: count }, (_, n) => ({
    from: n * size,
    to: n === count - 1 ? profiles : (n + 1) * size,
  }));
}

async function takeOver(engine: Engine, { takenOver, former }: RunPlan, range: RangeOfPeople): Promise<void> {
  for (const word of new Set([...takenOver.values()].map((place) => place.word))) {
    const sql = former.sql(word);
    if (sql === undefined) continue;
    await engine.run(
      `INSERT INTO run.main.change SELECT ${word}, "#pid", run, entered, exited FROM (${sql})`,
      { ...range },
    );
  }
}
