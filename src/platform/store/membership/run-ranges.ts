import type { Engine, PreparedStatement } from '../engine/engine';
import type { DataViews } from '../generation/data-views';
import type { ReportProgress } from '../api/progress';
import type { MemberCounter } from './count-members';
import { createTableOf, prepareSlice, type KnownOfRange, type SliceStep } from './evaluate-slice';
import { all, overlap } from './overlap';
import { readCommonSet, readPeopleBySet, type PeopleBySet, type RangeOfPeople } from './people-by-set';
import type { RunPlan } from './plan-run';

/** Two of the engine's row groups: a range that cuts one in two reads it twice. Greater ones are no faster. */
const mostProfilesPerRange = 2 * 122_880;
/** So that a small job tells of its progress too. */
const fewestRanges = 4;

/** Connections to one engine: rules run on those for evaluating in turn, while a range is settled on the other. */
export interface EnginesInTurn {
  readonly evaluating: readonly [Engine, Engine];
  readonly settling: Engine;
}

/** The steps of the slices, for each range in turn: the table that is filled is never the one that is settled. */
type StepsInTurn = readonly (readonly SliceStep[])[];

export interface StepsToPrepare {
  readonly plan: RunPlan;
  readonly ranges: readonly RangeOfPeople[];
  readonly views: DataViews;
  /** The one clock of the run, epoch milliseconds. */
  readonly at: number;
  /** What is to be disposed of after the run is put in here. */
  readonly statements: PreparedStatement[];
}

/** The engine plans the steps of both turns at once, each on the connection that it is evaluated on. */
export async function prepareSteps(
  { evaluating, settling }: EnginesInTurn,
  { plan, ranges, ...run }: StepsToPrepare,
): Promise<StepsInTurn> {
  const { slices, former } = plan;
  const turns = slices.length === 1 && ranges.length > 1 ? evaluating : evaluating.slice(0, 1);
  const slicesInTurn = turns.map((_, turn) =>
    slices.map((slice) => ({ ...slice, table: `${slice.table}_${turn}` })),
  );
  for (const slice of slicesInTurn.flat()) await evaluating[0].run(createTableOf(slice));
  const steps = turns.map(async (engine, turn) => {
    const own: SliceStep[] = [];
    for (const slice of slicesInTurn[turn] ?? [])
      own.push(await prepareSlice({ evaluating: engine, settling }, { ...run, former, slice }));
    return own;
  });
  return all(steps);
}

export interface RangesToRun {
  readonly plan: RunPlan;
  readonly ranges: readonly RangeOfPeople[];
  readonly steps: StepsInTurn;
  readonly counter: MemberCounter;
  readonly onProgress: ReportProgress | undefined;
}

/**
 * The rules of a range run while the one before it is settled, which is much work for one core only. Work is told in
 * profiles, once for each slice, when it is settled.
 */
export async function runRanges(
  settling: Engine,
  { plan, ranges, steps, counter, onProgress }: RangesToRun,
): Promise<void> {
  const profiles = ranges.at(-1)?.to ?? 0;
  const total = profiles * plan.slices.length;
  const common = await readCommonSet(settling);
  let people: PeopleBySet = { common, others: [] };
  let done = 0;
  await overlap(piecesOf(ranges, steps), {
    begin: ({ step, range }) => step.evaluate(range),
    know: async ({ step, range, isFirst }): Promise<KnownOfRange> => {
      if (isFirst) people = await readPeopleBySet(settling, { range, common });
      return { people, former: await step.readFormer(range) };
    },
    end: async ({ step, range, isLast }, known) => {
      await step.settle(range, { ...known, counter });
      done += range.to - range.from;
      // What is left of the range is little beside the rules.
      if (isLast) await takeOver(settling, plan, range);
      await onProgress?.({ done, total });
    },
    clear: ({ step }) => step.clear(),
  });
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

/** What is left at the end, if it is little, goes with the last range: less than a group of rows keeps one core busy only. */
export function rangesOf(profiles: number): readonly RangeOfPeople[] {
  const size = Math.max(1, Math.min(mostProfilesPerRange, Math.ceil(profiles / fewestRanges)));
  const count = Math.ceil(Math.max(0, profiles - size / 4) / size);
  return Array.from({ length: count }, (_, n) => ({
    from: n * size,
    to: n === count - 1 ? profiles : (n + 1) * size,
  }));
}

async function takeOver(engine: Engine, { takenOver, former }: RunPlan, range: RangeOfPeople): Promise<void> {
  const words = [...new Set([...takenOver.values()].map((place) => place.word))];
  const sql = former.sql(words);
  if (sql === undefined) return;
  await engine.run(`INSERT INTO run.main.change SELECT word, "#pid", run, entered, exited FROM (${sql})`, {
    ...range,
  });
}
