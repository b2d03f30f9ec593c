import type { CompiledPass } from '../../../pql';
import type { UnionSchema } from '../../../xdm/union-schema';
import type { SegmentCounters, SegmentJobCounters } from '../../records';
import { openEngine, type Engine, type EngineLimits } from '../engine/engine';
import { createDataViews } from '../generation/data-views';
import { timestampOf } from '../engine/sql-text';
import type { ReportProgress } from '../platform-store';
import { createHeadTable } from './head-table';
import {
  createMembershipTables,
  currentMembershipsSql,
  exited,
  existing,
  realized,
  type MembershipSource,
} from './membership-file';

export interface PassToEvaluate {
  /** In the order of the pass's rules, each once. */
  readonly segmentIds: readonly string[];
  readonly pass: CompiledPass;
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

const mostProfilesPerRange = 250_000;
const ranges = 10;
const segmentsPerStatement = 64;
const keepExitedForMs = 30 * 24 * 60 * 60 * 1000;

/**
 * Runs the pass range by range and writes the memberships that follow from it and from the present ones: entering is
 * `realized`, staying `existing`, leaving `exited`; one who left more than 30 days ago is forgotten.
 *
 * The statements of the pass run where no file can be reached but the generation and the present memberships, both
 * read-only, and the new file.
 */
export async function evaluatePass(evaluation: PassToEvaluate): Promise<SegmentJobCounters> {
  const { generation, sources, target, limits, signal } = evaluation;
  const engine = await openEngine({
    limits,
    signal,
    attach: [
      { path: generation.path, as: 'gen', readOnly: true },
      ...sources.map(({ file }) => file),
      { path: target, as: 'run', readOnly: false },
    ],
  });
  try {
    await prepareTables(engine, evaluation);
    await createDataViews(engine, evaluation.schema);
    await runRanges(engine, evaluation);
    await takeOver(engine, evaluation);
    const counters = await countMembers(engine, evaluation);
    await engine.run('CHECKPOINT run');
    await engine.run('DETACH run');
    return counters;
  } finally {
    engine.close();
  }
}

async function prepareTables(
  engine: Engine,
  { segmentIds, takenOver, sources }: PassToEvaluate,
): Promise<void> {
  for (const sql of createMembershipTables('run')) await engine.run(sql);
  const insert = await engine.prepare('INSERT INTO run.main.segment VALUES ($segment, $id)');
  for (const [segment, id] of [...segmentIds, ...takenOver].entries()) await insert.run({ segment, id });
  insert.dispose();
  await createHeadTable(engine, sources);
  await engine.run(`
    CREATE VIEW memory.main.present_membership AS
    SELECT s.segment, m."#pid", m.status, m.qualified_at
    FROM (${currentMembershipsSql(sources, 'memory.main.head')}) m JOIN run.main.segment s USING (segment_id)`);
}

async function runRanges(engine: Engine, evaluation: PassToEvaluate): Promise<void> {
  const { pass, generation, segmentIds, onProgress } = evaluation;
  const size = Math.max(1, Math.min(mostProfilesPerRange, Math.ceil(generation.profiles / ranges)));
  const verdicts = segmentIds.map((_, index) => `r${index} BOOLEAN`);
  await engine.run(`CREATE TABLE memory.main.verdict ("#pid" BIGINT, ${verdicts.join(', ')})`);
  const fill = await engine.prepare(`INSERT INTO memory.main.verdict ${pass.sql}`);
  try {
    for (let from = 0; from < generation.profiles; from += size) {
      const to = Math.min(from + size, generation.profiles);
      await engine.run('TRUNCATE memory.main.verdict');
      await fill.run({ ...pass.parameters, pid_from: from, pid_to: to });
      for (let first = 0; first < segmentIds.length; first += segmentsPerStatement) {
        const end = Math.min(first + segmentsPerStatement, segmentIds.length);
        await moveMembers(engine, { from, to, first, end, at: evaluation.at });
      }
      await onProgress?.({ done: to, total: generation.profiles });
    }
  } finally {
    fill.dispose();
  }
}

interface Slice {
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly end: number;
  readonly at: number;
}

/** The transition table of the membership contract, for a range of profiles and some of the segments. */
async function moveMembers(engine: Engine, { from, to, first, end, at }: Slice): Promise<void> {
  const qualifying = Array.from(
    { length: end - first },
    (_, index) =>
      `SELECT ${first + index} AS segment, "#pid" FROM memory.main.verdict WHERE r${first + index}`,
  );
  const enters = `now."#pid" IS NOT NULL AND (old.status IS NULL OR old.status = ${exited})`;
  const leaves = `now."#pid" IS NULL AND old.status <> ${exited}`;
  await engine.run(
    `INSERT INTO run.main.membership
    SELECT coalesce(now.segment, old.segment) AS segment, coalesce(now."#pid", old."#pid") AS "#pid",
      CASE WHEN ${enters} THEN ${realized} WHEN now."#pid" IS NOT NULL THEN ${existing} ELSE ${exited} END AS status,
      CASE WHEN ${enters} OR ${leaves} THEN ${timestampOf('at')} ELSE old.qualified_at END AS qualified_at
    FROM (${qualifying.join(' UNION ALL ')}) now
    FULL JOIN (
      SELECT * FROM memory.main.present_membership
      WHERE "#pid" >= $from AND "#pid" < $to AND segment >= $first AND segment < $end) old
    ON old.segment = now.segment AND old."#pid" = now."#pid"
    WHERE now."#pid" IS NOT NULL OR old.status <> ${exited} OR old.qualified_at >= ${timestampOf('expiry')}
    ORDER BY 1, 2`,
    { from, to, first, end, at, expiry: at - keepExitedForMs },
  );
}

async function takeOver(engine: Engine, { segmentIds, takenOver }: PassToEvaluate): Promise<void> {
  if (takenOver.length === 0) return;
  await engine.run(
    `INSERT INTO run.main.membership
    SELECT * FROM memory.main.present_membership WHERE segment >= $first ORDER BY segment, "#pid"`,
    { first: segmentIds.length },
  );
}

async function countMembers(
  engine: Engine,
  { segmentIds, generation }: PassToEvaluate,
): Promise<SegmentJobCounters> {
  const count = { count: segmentIds.length };
  const byStatus = await engine.rows(
    `SELECT segment, status, count(*) AS members FROM run.main.membership WHERE segment < $count GROUP BY ALL`,
    count,
  );
  const byNamespace = await engine.rows(
    `SELECT segment, code, count(*) AS members
    FROM run.main.membership JOIN gen.main.namespace USING ("#pid")
    WHERE segment < $count AND status <> ${exited} GROUP BY ALL ORDER BY segment, code`,
    count,
  );
  const bySegment = segmentIds.map((id, segment): [string, SegmentCounters] => {
    const countOf = (status: number): number =>
      Number(
        byStatus.find((row) => row['segment'] === segment && row['status'] === status)?.['members'] ?? 0,
      );
    const namespaces = byNamespace.filter((row) => row['segment'] === segment);
    return [
      id,
      {
        members: countOf(realized) + countOf(existing),
        realized: countOf(realized),
        existing: countOf(existing),
        exited: countOf(exited),
        byNamespace: Object.fromEntries(
          namespaces.map((row) => [String(row['code']), Number(row['members'])]),
        ),
      },
    ];
  });
  return { totalProfiles: generation.profiles, bySegment: Object.fromEntries(bySegment) };
}
