import { openEngine, type EngineLimits } from '../engine/engine';
import { personMapSql } from '../generation/person-map';
import { createHeadTable } from './head-table';
import {
  createMembershipTables,
  currentMembershipsSql,
  existing,
  realized,
  type MembershipSource,
} from './membership-file';

export interface Remapping {
  readonly sources: readonly MembershipSource[];
  readonly oldGeneration: string;
  readonly newGeneration: string;
  /** A new file; in the end it holds all current memberships. */
  readonly target: string;
  readonly limits: EngineLimits;
  readonly signal?: AbortSignal | undefined;
}

/** Writes the current memberships anew for a generation that numbers people differently, or merges by another rule. */
export async function remapMemberships(remapping: Remapping): Promise<void> {
  const { sources, limits, signal } = remapping;
  const engine = await openEngine({
    limits,
    signal,
    attach: [
      ...sources.map(({ file }) => file),
      { path: remapping.oldGeneration, as: 'old', readOnly: true },
      { path: remapping.newGeneration, as: 'new', readOnly: true },
      { path: remapping.target, as: 'target', readOnly: false },
    ],
  });
  try {
    await createHeadTable(engine, sources);
    for (const sql of createMembershipTables('target')) await engine.run(sql);
    await engine.run(`
      INSERT INTO target.main.segment
      SELECT row_number() OVER (ORDER BY segment_id) - 1, segment_id FROM memory.main.head`);
    await engine.run(`
      CREATE TABLE memory.main.person AS ${personMapSql({ oldName: 'old', newName: 'new' })}`);
    // Of several people who have become one, a member goes before one who left, and the newer before the older.
    const first = `CASE m.status WHEN ${existing} THEN 0 WHEN ${realized} THEN 1 ELSE 2 END, -epoch_us(m.qualified_at)`;
    await engine.run(`
      INSERT INTO target.main.membership
      SELECT s.segment, p.new_pid, arg_min(m.status, (${first})), arg_min(m.qualified_at, (${first}))
      FROM (${currentMembershipsSql(sources, 'memory.main.head')}) m
      JOIN target.main.segment s USING (segment_id)
      JOIN memory.main.person p ON p.old_pid = m."#pid"
      GROUP BY s.segment, p.new_pid ORDER BY s.segment, p.new_pid`);
    await engine.run('CHECKPOINT target');
    await engine.run('DETACH target');
  } finally {
    engine.close();
  }
}
