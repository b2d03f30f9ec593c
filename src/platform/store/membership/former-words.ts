import type { KnownRuns } from './known-runs';
import type { CurrentSegment, Place } from './membership-file';

/** Bits of a word of a file that go to a word of the new one, all by the same shift. */
interface Piece {
  readonly source: string;
  readonly from: number;
  readonly mask: bigint;
  /** To the left; negative: to the right. */
  readonly shift: number;
}

export interface PlacesAndRuns {
  /** In the new file. */
  readonly places: ReadonlyMap<string, Place>;
  readonly runs: KnownRuns;
}

/** Makes the SELECTs of what the files said so far, as words of the new file. */
export class FormerWords {
  readonly #pieces = new Map<number, Piece[]>();
  readonly #runs: KnownRuns;

  constructor(segments: readonly CurrentSegment[], { places, runs }: PlacesAndRuns) {
    this.#runs = runs;
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

  /** Whether any file has said something of a word of the new file. */
  speaksOf(word: number): boolean {
    return this.#pieces.has(word);
  }

  /**
   * SELECT of `word`, `"#pid"`, `run`, `entered` and `exited` of words of the new file, for the people from `$from` to
   * before `$to`; undefined where no file has said anything of their segments. Each word, person and run has one row.
   */
  sql(words: readonly number[]): string | undefined {
    const placed = words.flatMap((word) => (this.#pieces.get(word) ?? []).map((piece) => ({ word, piece })));
    if (placed.length === 0) return undefined;
    const selects = scansOf(placed)
      .map((scan) => this.#scanSql(scan))
      .join(' UNION ALL ');
    if (words.every((word) => (this.#pieces.get(word)?.length ?? 0) <= 1)) return selects;
    return `
      SELECT word, "#pid", run, bit_or(entered) AS entered, bit_or(exited) AS exited
      FROM (${selects}) GROUP BY word, "#pid", run`;
  }

  /** SELECT of `"#pid"` and the `entered` bits of the same people; several rows of one person add up. */
  membersSql(word: number): string | undefined {
    const selects = this.#pieces.get(word)?.map(({ source, from, mask, shift }) => {
      const moved = { shift, maskSql: `${mask}::UBIGINT` };
      return `SELECT "#pid", ${movedSql(moved, 'entered')} AS entered FROM ${source}.main.change c
        WHERE c.word = ${from} AND ${ofRange(moved)}`;
    });
    return selects?.join(' UNION ALL ');
  }

  /** The number of the last run before a moment, epoch milliseconds; 0 where there is none. */
  lastRunBefore(moment: number): number {
    return this.#runs.lastBefore(moment);
  }

  #scanSql({ source, shift, ahead, masks }: Scan): string {
    const whens = [...masks].map(([from, mask]) => `WHEN ${from} THEN ${mask}::UBIGINT`);
    const moved = { shift, maskSql: `CASE c.word ${whens.join(' ')} END` };
    return `
      SELECT c.word + ${ahead} AS word, c."#pid", ${this.#runs.numberSql(source, 'c.run')} AS run,
        ${movedSql(moved, 'entered')} AS entered, ${movedSql(moved, 'exited')} AS exited
      FROM ${source}.main.change c WHERE c.word IN (${[...masks.keys()].join(', ')}) AND ${ofRange(moved)}`;
  }
}

/** Pieces that one reading of a file gives: all of them are moved alike. */
interface Scan {
  readonly source: string;
  readonly shift: number;
  /** By so much is the number of the word greater in the new file. */
  readonly ahead: number;
  /** By word of the source. */
  readonly masks: Map<number, bigint>;
}

/** @param placed pieces, each with its word of the new file. */
function scansOf(placed: readonly { readonly word: number; readonly piece: Piece }[]): readonly Scan[] {
  const scans = new Map<string, Scan>();
  for (const { word, piece } of placed) {
    const { source, from, mask, shift } = piece;
    const ahead = word - from;
    const key = `${source} ${shift} ${ahead}`;
    const scan = scans.get(key) ?? { source, shift, ahead, masks: new Map() };
    scan.masks.set(from, mask);
    scans.set(key, scan);
  }
  return [...scans.values()];
}

interface Moved {
  readonly shift: number;
  readonly maskSql: string;
}

function movedSql({ maskSql, shift }: Moved, column: string): string {
  const masked = `(c.${column} & ${maskSql})`;
  return shift < 0 ? `${masked} >> ${-shift}` : `${masked} << ${shift}`;
}

function ofRange({ maskSql }: Moved): string {
  return `c."#pid" >= $from AND c."#pid" < $to AND (c.entered | c.exited) & ${maskSql} <> 0`;
}
