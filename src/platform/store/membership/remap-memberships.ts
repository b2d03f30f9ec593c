import { dirname } from 'node:path';
import { openEngine, type Engine, type EngineLimits } from '../engine/engine';
import { quoteText } from '../engine/sql-text';
import { personMapSql } from '../generation/person-map';
import { FormerWords } from './former-words';
import { createKnownRuns, writeKnownRuns, writeSegments, type KnownRuns } from './known-runs';
import {
  createMembershipTables,
  placesFrom,
  readCurrentSegments,
  type MembershipSource,
} from './membership-file';

export interface Remapping {
  readonly sources: readonly MembershipSource[];
  readonly oldGeneration: string;
  readonly newGeneration: string;
  /** Files of deletions that are newer than the old generation: whoever they name is nobody's former self. */
  readonly deletions: readonly string[];
  /** A new file; in the end it holds all current memberships. */
  readonly target: string;
  readonly limits: EngineLimits;
  readonly signal?: AbortSignal | undefined;
}

/** Writes the current memberships anew for a generation that numbers people differently, or merges by another rule. */
export async function remapMemberships(remapping: Remapping): Promise<void> {
  const { sources, deletions, limits, signal } = remapping;
  const engine = await openEngine({
    limits,
    signal,
    attach: [
      ...sources.map(({ file }) => file),
      { path: remapping.oldGeneration, as: 'old', readOnly: true },
      { path: remapping.newGeneration, as: 'new', readOnly: true },
      { path: remapping.target, as: 'target', readOnly: false },
    ],
    folders: [...new Set(deletions.map((path) => dirname(path)))],
  });
  try {
    for (const sql of createMembershipTables('target')) await engine.run(sql);
    const runs = await createKnownRuns(engine, sources);
    await engine.run(`
      CREATE TABLE memory.main.person AS
      SELECT old_pid, new_pid, count(*) OVER (PARTITION BY new_pid) > 1 AS is_joined
      FROM (${personMapSql({ oldName: 'old', newName: 'new' })}) ${withoutDeleted(deletions)} ORDER BY new_pid`);
    await copyWords(engine, await placeSegments(engine, { sources, runs }));
    await writeKnownRuns(engine, 'target');
    await engine.run('CHECKPOINT target');
    await engine.run('DETACH target');
  } finally {
    engine.close();
  }
}

/** Who was deleted and is imported again is somebody new, however late the people are built anew. */
function withoutDeleted(deletions: readonly string[]): string {
  if (deletions.length === 0) return '';
  const files = deletions.map((path) => quoteText(path)).join(', ');
  return `
    WHERE old_pid NOT IN (
      SELECT o."#pid" FROM old.main.identity o JOIN read_parquet([${files}]) d ON d.key = o.namespace || ':' || o.id
      WHERE o.is_primary)`;
}

interface Placed {
  readonly former: FormerWords;
  readonly words: ReadonlySet<number>;
}

async function placeSegments(
  engine: Engine,
  { sources, runs }: { readonly sources: readonly MembershipSource[]; readonly runs: KnownRuns },
): Promise<Placed> {
  const current = await readCurrentSegments(engine, sources);
  const places = placesFrom(0, current.map(({ segmentId }) => segmentId).sort());
  const placed = current.flatMap(({ segmentId, source, run }) => {
    const place = places.get(segmentId);
    return place === undefined ? [] : [{ segmentId, ...place, from: { source, run } }];
  });
  await writeSegments(engine, 'target', placed);
  return {
    former: new FormerWords(current, { places, runs }),
    words: new Set([...places.values()].map(({ word }) => word)),
  };
}

const peoplePerRange = 250_000;

/** Range by range, so that memory is bounded; people mostly stand in the same order as before, so each is read once. */
async function copyWords(engine: Engine, { former, words }: Placed): Promise<void> {
  const [row] = await engine.rows('SELECT max(new_pid) + 1 AS people FROM memory.main.person');
  const people = Number(row?.['people'] ?? 0);
  for (let first = 0; first < people; first += peoplePerRange) {
    const range = { first, end: first + peoplePerRange };
    const [old] = await engine.rows(
      `SELECT min(old_pid) AS lowest, max(old_pid) AS highest, bool_or(is_joined) AS any_joined
      FROM memory.main.person WHERE new_pid >= $first AND new_pid < $end`,
      range,
    );
    if (typeof old?.['lowest'] !== 'number') continue;
    const parameters = { ...range, from: old['lowest'], to: Number(old['highest']) + 1 };
    for (const word of words) {
      const sql = former.sql([word]);
      if (sql === undefined) continue;
      await engine.run(copySql(word, sql), parameters);
      if (old['any_joined'] === true) await engine.run(joinSql(word, sql), parameters);
    }
  }
}

const ofRange = 'p.new_pid >= $first AND p.new_pid < $end';

function copySql(word: number, former: string): string {
  return `
    INSERT INTO target.main.change
    SELECT ${word}, p.new_pid, f.run, f.entered, f.exited
    FROM (${former}) f JOIN memory.main.person p ON p.old_pid = f."#pid"
    WHERE ${ofRange} AND NOT p.is_joined ORDER BY p.new_pid`;
}

/**
 * Several people who have become one, bit by bit: a member goes before one who left, one who is `existing` before one who
 * has just entered, then the newer before the older.
 */
function joinSql(word: number, former: string): string {
  const isRealized = `f.run = (SELECT s.run FROM target.main.segment s WHERE s.word = ${word} AND s.bit = b.bit)`;
  const rank = `CASE WHEN f.exited & b.mask <> 0 THEN 2 WHEN ${isRealized} THEN 1 ELSE 0 END`;
  return `
    INSERT INTO target.main.change
    SELECT ${word}, new_pid, kept.run,
      coalesce(bit_or(CASE WHEN NOT kept.is_exit THEN mask END), 0::UBIGINT),
      coalesce(bit_or(CASE WHEN kept.is_exit THEN mask END), 0::UBIGINT)
    FROM (
      SELECT p.new_pid, b.mask, arg_min(
        struct_pack(run := f.run, is_exit := f.exited & b.mask <> 0), (${rank}, -f.run)) AS kept
      FROM (${former}) f JOIN memory.main.person p ON p.old_pid = f."#pid"
      JOIN (SELECT range AS bit, 1::UBIGINT << range AS mask FROM range(64)) b ON (f.entered | f.exited) & b.mask <> 0
      WHERE ${ofRange} AND p.is_joined GROUP BY p.new_pid, b.mask)
    GROUP BY new_pid, kept.run ORDER BY new_pid`;
}
