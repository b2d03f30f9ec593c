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

  /**
   * SELECT of `"#pid"`, `run`, `entered` and `exited` of a word of the new file, for the people from `$from` to before
   * `$to`; undefined where no file has said anything of its segments. Each person and run has one row.
   */
  sql(word: number): string | undefined {
    const pieces = this.#pieces.get(word);
    if (pieces === undefined) return undefined;
    const [first, ...others] = pieces.map((piece) => this.#pieceSql(piece));
    if (first !== undefined && others.length === 0) return first;
    return `
      SELECT "#pid", run, bit_or(entered) AS entered, bit_or(exited) AS exited
      FROM (${[first, ...others].join(' UNION ALL ')}) GROUP BY "#pid", run`;
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

  /** The number of the last run before a moment, epoch milliseconds; 0 where there is none. */
  lastRunBefore(moment: number): number {
    return this.#runs.lastBefore(moment);
  }

  #pieceSql(piece: Piece): string {
    const { source } = piece;
    return `
      SELECT c."#pid", ${this.#runs.numberSql(source, 'c.run')} AS run,
        ${movedSql(piece, 'entered')} AS entered, ${movedSql(piece, 'exited')} AS exited
      FROM ${source}.main.change c ${ofPiece(piece)}`;
  }
}

function movedSql({ mask, shift }: Piece, column: string): string {
  const masked = `(c.${column} & ${mask}::UBIGINT)`;
  return shift < 0 ? `${masked} >> ${-shift}` : `${masked} << ${shift}`;
}

function ofPiece({ from, mask }: Piece): string {
  return `WHERE c.word = ${from} AND c."#pid" >= $from AND c."#pid" < $to AND (c.entered | c.exited) & ${mask}::UBIGINT <> 0`;
}
