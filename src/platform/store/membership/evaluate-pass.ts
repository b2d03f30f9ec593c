import type { SegmentJobCounters } from '../../records';
import { throwIfAborted } from '../engine/abort';
import { openEngineHost, type Engine, type EngineLimits, type PreparedStatement } from '../engine/engine';
import { timestampOf } from '../engine/sql-text';
import { createOwnerViews } from '../generation/data-views';
import type { PassSlice } from '../api/evaluation';
import type { ReportProgress } from '../api/progress';
import { createChangedHalves } from './change-sql';
import { createMemberCounter } from './count-members';
import { createKnownRuns, thisRun, writeKnownRuns, writeSegments, type PlacedSegment } from './known-runs';
import { createMembershipTables, readCurrentSegments, type MembershipSource } from './membership-file';
import { all } from './overlap';
import { placedSegments, planRun } from './plan-run';
import { prepareSteps, rangesOf, runRanges, type EnginesInTurn } from './run-ranges';

export interface PassToEvaluate {
  /** Together they name each segment of the run once. */
  readonly slices: readonly PassSlice[];
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
    const evaluating = [await connect(), await connect()] as const;
    return await evaluateOn({ evaluating, settling: await connect() }, evaluation);
  } finally {
    for (const connection of connections) connection.close();
    host.close();
  }
}

async function evaluateOn(engines: EnginesInTurn, evaluation: PassToEvaluate): Promise<SegmentJobCounters> {
  const { settling } = engines;
  const { generation, sources, at, onProgress } = evaluation;
  const views = await createOwnerViews(settling);
  const runs = await createKnownRuns(settling, sources);
  const current = await readCurrentSegments(settling, sources);
  const plan = planRun(evaluation, { current, runs });
  const ranges = rangesOf(generation.profiles);
  await settling.run(createChangedHalves);
  const statements: PreparedStatement[] = [];
  try {
    const [steps] = await all([
      prepareSteps(engines, { plan, ranges, views, at, statements }),
      beginFile(settling, placedSegments(plan, current)),
    ]);
    const counter = await createMemberCounter(settling);
    await runRanges(settling, { plan, ranges, steps, counter, onProgress });
    const places = plan.slices.map((slice) => slice.places);
    const finished = { totalProfiles: generation.profiles, places, former: plan.former };
    const counters = await counter.finish(finished);
    await endFile(settling, at);
    return counters;
  } finally {
    for (const statement of statements) statement.dispose();
  }
}

/** After `createKnownRuns`. */
async function beginFile(engine: Engine, segments: readonly PlacedSegment[]): Promise<void> {
  for (const sql of createMembershipTables('run')) await engine.run(sql);
  await writeSegments(engine, 'run', segments);
}

async function endFile(engine: Engine, at: number): Promise<void> {
  await writeKnownRuns(engine, 'run');
  await engine.run(`INSERT INTO run.main.run VALUES (${thisRun}, ${timestampOf('at')})`, { at });
  await engine.run('CHECKPOINT run');
  await engine.run('DETACH run');
}
