import type { Engine } from '../engine/engine';
import type { CurrentSegment, MembershipSource, Place } from './membership-file';

/** Bits of a word of a file that go to a word of the new one, all by the same shift. */
interface Piece {
  readonly source: string;
  readonly from: number;
  readonly mask: bigint;
  /** To the left; negative: to the right. */
  readonly shift: number;
}

/**
 * Numbers the runs of all attached files anew, from 1, in the table `known_run(source, former, run, ran_at)`; 0 is left for
 * the run at hand.
 */
export async function createKnownRuns(engine: Engine, sources: readonly MembershipSource[]): Promise<void> {
  const runs = sources.map(
    ({ file: { as } }) => `SELECT '${as}' AS source, run AS former, ran_at FROM ${as}.main.run`,
  );
  const nothing = `SELECT NULL::VARCHAR AS source, NULL::INTEGER AS former, NULL::TIMESTAMP AS ran_at WHERE false`;
  await engine.run(`
    CREATE TABLE memory.main.known_run AS
    SELECT source, former, row_number() OVER (ORDER BY ran_at, source, former)::INTEGER AS run, ran_at
    FROM (${runs.length === 0 ? nothing : runs.join(' UNION ALL ')})`);
}

/** The run at hand, in the numbers of the new file. */
export const thisRun = 0;

/** Writes down which of the known runs the new file still speaks of. */
export async function writeKnownRuns(engine: Engine, catalogue: string): Promise<void> {
  await engine.run(`
    INSERT INTO ${catalogue}.main.run SELECT run, ran_at FROM memory.main.known_run
    WHERE run IN (SELECT DISTINCT run FROM ${catalogue}.main.change) OR run IN (SELECT run FROM ${catalogue}.main.segment)`);
}

/** A segment with its place in the new file. */
export interface PlacedSegment extends Place {
  readonly segmentId: string;
  /** The file that knows its last run, and the number of that run there; undefined: it is evaluated by this run. */
  readonly from: { readonly source: string; readonly run: number } | undefined;
}

/** Writes down the places of segments; after `createKnownRuns`. */
export async function writeSegments(
  engine: Engine,
  catalogue: string,
  segments: readonly PlacedSegment[],
): Promise<void> {
  const rows = segments.map(({ segmentId, word, bit, from }) => ({ id: segmentId, word, bit, ...from }));
  const shape = '[{"id":"VARCHAR","word":"INTEGER","bit":"INTEGER","source":"VARCHAR","run":"INTEGER"}]';
  await engine.run(
    `INSERT INTO ${catalogue}.main.segment
    SELECT s.id, s.word, s.bit, CASE WHEN s.source IS NULL THEN ${thisRun} ELSE k.run END
    FROM (SELECT unnest(from_json($rows, '${shape}'), recursive := true)) s
    LEFT JOIN memory.main.known_run k ON k.source = s.source AND k.former = s.run`,
    { rows: JSON.stringify(rows) },
  );
}

/** Makes the SELECTs of what the files said so far, as words of the new file. */
export class FormerWords {
  readonly #pieces = new Map<number, Piece[]>();

  constructor(segments: readonly CurrentSegment[], places: ReadonlyMap<string, Place>) {
    for (const { segmentId, source, word, bit } of segments) {
      const place = places.get(segmentId);
      if (place === undefined) continue;
      const pieces = this.#pieces.get(place.word) ?? [];
      const shift = place.bit - bit;
      const index = pieces.findIndex(
        (piece) => piece.source === source && piece.from === word && piece.shift === shift,
      );
      const mask = (pieces[index]?.mask ?? 0n) | (1n << BigInt(bit));
      pieces[index === -1 ? pieces.length : index] = { source, from: word, mask, shift };
      this.#pieces.set(place.word, pieces);
    }
  }

  /** The words of the new file of which any file has said something. */
  get words(): readonly number[] {
    return [...this.#pieces.keys()];
  }

  /**
   * SELECT of `"#pid"`, `run`, `ran_at`, `entered` and `exited` of a word of the new file, for the people from `$from` to
   * before `$to`; undefined where no file has said anything of its segments. Each person and run has one row.
   */
  sql(word: number): string | undefined {
    const pieces = this.#pieces.get(word);
    if (pieces === undefined) return undefined;
    const [first, ...others] = pieces.map(pieceSql);
    if (first !== undefined && others.length === 0) return first;
    return `
      SELECT "#pid", run, ran_at, bit_or(entered) AS entered, bit_or(exited) AS exited
      FROM (${[first, ...others].join(' UNION ALL ')}) GROUP BY "#pid", run, ran_at`;
  }

  /** SELECT of `"#pid"` and the `entered` bits of the same people; several rows of one person add up. */
  membersSql(word: number): string | undefined {
    return this.#pieces
      .get(word)
      ?.map(
        (piece) =>
          `SELECT "#pid", ${movedSql(piece, 'entered')} AS entered FROM ${piece.source}.main.change c ${ofPiece(piece)}`,
      )
      .join(' UNION ALL ');
  }
}

function pieceSql(piece: Piece): string {
  const { source } = piece;
  return `
    SELECT c."#pid", r.run, r.ran_at, ${movedSql(piece, 'entered')} AS entered, ${movedSql(piece, 'exited')} AS exited
    FROM ${source}.main.change c JOIN memory.main.known_run r ON r.source = '${source}' AND r.former = c.run
    ${ofPiece(piece)}`;
}

function movedSql({ mask, shift }: Piece, column: string): string {
  const masked = `(c.${column} & ${mask}::UBIGINT)`;
  return shift < 0 ? `${masked} >> ${-shift}` : `${masked} << ${shift}`;
}

function ofPiece({ from, mask }: Piece): string {
  return `WHERE c.word = ${from} AND c."#pid" >= $from AND c."#pid" < $to AND (c.entered | c.exited) & ${mask}::UBIGINT <> 0`;
}
