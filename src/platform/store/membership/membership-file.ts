import { rulesPerWord } from '../../../pql';
import type { AttachedFile, Engine } from '../engine/engine';
import type { MembershipStatus } from '../../records';

/**
 * A file of memberships, whole in itself, for some segments. A segment is a bit of a word of 64.
 *
 * - `segment(segment_id, word, bit, run)`: its place, and the last run that evaluated it.
 * - `run(run, ran_at)`: runs that are spoken of, with their fixed clocks; the numbers mean nothing outside the file.
 * - `change(word, "#pid", run, entered, exited)`: the bits of a person that changed in a run *and not since*. So each
 *   bit stands in at most one row of a person, in `entered` or in `exited`.
 *
 * That says all: who has a bit in `entered` is a member (`realized` when the row is of the last run of the segment, else
 * `existing`), who has it in `exited` left, both at the time of the row's run. Rows stand in the order of ranges of
 * people, so that one person is found by the engine's zone maps. `#pid` is of the generation that is current together
 * with the file.
 */
export const createMembershipTables = (catalogue: string): readonly string[] => [
  `CREATE TABLE ${catalogue}.main.segment (segment_id VARCHAR, word INTEGER, bit INTEGER, run INTEGER)`,
  `CREATE TABLE ${catalogue}.main.run (run INTEGER, ran_at TIMESTAMP)`,
  `CREATE TABLE ${catalogue}.main.change (word INTEGER, "#pid" BIGINT, run INTEGER, entered UBIGINT, exited UBIGINT)`,
];

/** As in the words of a compiled pass. */
export const bitsPerWord = rulesPerWord;

/** Where a segment stands among the words of a file. */
export interface Place {
  readonly word: number;
  /** 0 to 63 */
  readonly bit: number;
}

/** Places for segments one after the other, from the first bit of a word on. */
export function placesFrom(firstWord: number, segmentIds: readonly string[]): ReadonlyMap<string, Place> {
  return new Map(
    segmentIds.map((id, index) => [
      id,
      { word: firstWord + Math.floor(index / bitsPerWord), bit: index % bitsPerWord },
    ]),
  );
}

/** How many words so many segments fill. */
export function wordsFor(segments: number): number {
  return Math.ceil(segments / bitsPerWord);
}

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

/** A segment as the file says that holds it now. */
export interface CurrentSegment extends Place {
  /** The name under which the file is attached. */
  readonly source: string;
  readonly segmentId: string;
  /** In the file's own numbers. */
  readonly run: number;
}

/** Reads from each attached file the segments that are current there; what else it holds is out of date. */
export async function readCurrentSegments(
  engine: Engine,
  sources: readonly MembershipSource[],
): Promise<readonly CurrentSegment[]> {
  const found: CurrentSegment[] = [];
  for (const { file, segmentIds } of sources) {
    const current = new Set(segmentIds);
    const rows = await engine.rows(`SELECT segment_id, word, bit, run FROM ${file.as}.main.segment`);
    for (const row of rows) {
      const segmentId = String(row['segment_id']);
      if (!current.has(segmentId)) continue;
      const [word, bit, run] = [Number(row['word']), Number(row['bit']), Number(row['run'])];
      found.push({ source: file.as, segmentId, word, bit, run });
    }
  }
  return found;
}

const wordOfStatus: Readonly<Record<MembershipStatus, string>> = {
  realized: `'realized'`,
  existing: `'existing'`,
  exited: `'exited'`,
};

/**
 * Makes the view `membership(segment_id, "#pid", status, qualified_at)` over the attached files: an entry for each
 * profile that is in a segment, or left it within the last 30 days; `status` as the word that it is outside. One over
 * other files gives way.
 */
export async function createMembershipView(
  engine: Engine,
  sources: readonly MembershipSource[],
): Promise<void> {
  await engine.run(
    `CREATE OR REPLACE TABLE memory.main.current_segment (source VARCHAR, segment_id VARCHAR, word INTEGER, mask UBIGINT, run INTEGER)`,
  );
  for (const { file, segmentIds } of sources) {
    await engine.run(
      `INSERT INTO memory.main.current_segment
      SELECT '${file.as}', segment_id, word, 1::UBIGINT << bit, run FROM ${file.as}.main.segment
      WHERE segment_id IN (SELECT unnest(from_json($ids, '["VARCHAR"]')))`,
      { ids: JSON.stringify(segmentIds) },
    );
  }
  const { realized, existing, exited } = wordOfStatus;
  const selects = sources.map(
    ({ file: { as } }) => `
      SELECT s.segment_id, c."#pid",
        CASE WHEN c.exited & s.mask <> 0 THEN ${exited} WHEN c.run = s.run THEN ${realized} ELSE ${existing} END AS status,
        r.ran_at AS qualified_at
      FROM ${as}.main.change c
      JOIN memory.main.current_segment s ON s.source = '${as}' AND s.word = c.word AND (c.entered | c.exited) & s.mask <> 0
      JOIN ${as}.main.run r ON r.run = c.run`,
  );
  const nothing = `
    SELECT NULL::VARCHAR AS segment_id, NULL::BIGINT AS "#pid", NULL::VARCHAR AS status, NULL::TIMESTAMP AS qualified_at
    WHERE false`;
  await engine.run(
    `CREATE OR REPLACE VIEW memory.main.membership AS ${selects.length === 0 ? nothing : selects.join(' UNION ALL ')}`,
  );
}
