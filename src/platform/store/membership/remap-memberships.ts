import { openEngine, type EngineLimits } from '../engine/engine';
import { createHeadTable } from './head-table';
import { createMembershipTables, currentMembershipsSql, type MembershipSource } from './membership-file';

export interface Remapping {
  readonly sources: readonly MembershipSource[];
  readonly oldGeneration: string;
  readonly newGeneration: string;
  /** A new file; in the end it holds all current memberships. */
  readonly target: string;
  readonly limits: EngineLimits;
  readonly signal?: AbortSignal | undefined;
}

/** Writes the current memberships anew for a generation that numbers people differently; who is who tells `#xid`. */
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
      INSERT INTO target.main.membership
      SELECT s.segment, n."#pid", m.status, m.qualified_at
      FROM (${currentMembershipsSql(sources, 'memory.main.head')}) m
      JOIN target.main.segment s USING (segment_id)
      JOIN old.main.profile_row o ON o."#pid" = m."#pid"
      JOIN new.main.profile_row n ON n."#xid" = o."#xid"
      ORDER BY s.segment, n."#pid"`);
    await engine.run('CHECKPOINT target');
    await engine.run('DETACH target');
  } finally {
    engine.close();
  }
}
