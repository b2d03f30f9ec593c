import type { AttachedFile } from '../engine/engine';
import type { MembershipStatus } from '../../records';

/**
 * A file of memberships: `segment(segment, segment_id)` numbers its segments, `membership(segment, "#pid", status,
 * qualified_at)` has an entry for each profile that is in one, or left it within the last 30 days. `status` is the
 * place in `statuses`; `#pid` is of the generation that is current together with the file.
 */
export const statuses: readonly MembershipStatus[] = ['realized', 'existing', 'exited'];

export const realized = 0;
export const existing = 1;
export const exited = 2;

export const createMembershipTables = (catalogue: string): readonly string[] => [
  `CREATE TABLE ${catalogue}.main.segment (segment INTEGER, segment_id VARCHAR)`,
  `CREATE TABLE ${catalogue}.main.membership (segment INTEGER, "#pid" BIGINT, status UTINYINT, qualified_at TIMESTAMP)`,
];

/** The files that current memberships stand in, and which of the segments are current in each. */
export interface MembershipSource {
  readonly file: AttachedFile;
  readonly segmentIds: readonly string[];
}

/** Turns segment id -> file into one source a file, to be attached read-only as `m0`, `m1`, … */
export function membershipSources(
  memberships: ReadonlyMap<string, string>,
  pathOf: (file: string) => string,
): readonly MembershipSource[] {
  const byFile = new Map<string, string[]>();
  for (const [segmentId, file] of memberships) byFile.set(file, [...(byFile.get(file) ?? []), segmentId]);
  return [...byFile].map(([file, segmentIds], index) => ({
    file: { path: pathOf(file), as: `m${index}`, readOnly: true },
    segmentIds,
  }));
}

/** SELECT of the current memberships of all sources: `segment_id`, `"#pid"`, `status`, `qualified_at`. */
export function currentMembershipsSql(sources: readonly MembershipSource[], headTable: string): string {
  const selects = sources.map(
    ({ file }) => `
      SELECT s.segment_id, m."#pid", m.status, m.qualified_at
      FROM ${file.as}.main.membership m JOIN ${file.as}.main.segment s ON s.segment = m.segment
      JOIN ${headTable} h ON h.segment_id = s.segment_id AND h.source = '${file.as}'`,
  );
  const nothing = `
    SELECT NULL::VARCHAR AS segment_id, NULL::BIGINT AS "#pid", NULL::UTINYINT AS status,
      NULL::TIMESTAMP AS qualified_at WHERE false`;
  return selects.length === 0 ? nothing : selects.join(' UNION ALL ');
}
