import type { Engine } from '../engine/engine';
import type { MembershipSource, Place } from './membership-file';

/** The run at hand, in the numbers of the new file. */
export const thisRun = 0;

/** The runs of all files that memberships stand in, numbered anew from 1, the oldest first. */
export class KnownRuns {
  /** By source, and by the number there. */
  readonly #numbers: ReadonlyMap<string, readonly number[]>;
  readonly #ranAt: readonly number[];

  constructor(rows: readonly { readonly source: string; readonly former: number; readonly ranAt: number }[]) {
    const numbers = new Map<string, number[]>();
    for (const [index, { source, former }] of rows.entries()) {
      const own = numbers.get(source) ?? [];
      own[former] = index + 1;
      numbers.set(source, own);
    }
    this.#numbers = numbers;
    this.#ranAt = rows.map(({ ranAt }) => ranAt);
  }

  /**
   * SQL of the new number for the one in a column of a source. A list is looked up much faster than a table is joined, and
   * keeps the order of the rows.
   */
  numberSql(source: string, column: string): string {
    const numbers = Array.from(this.#numbers.get(source) ?? [], (number) => number ?? 'NULL');
    return `([${numbers.join(', ')}]::INTEGER[])[${column} + 1]`;
  }

  /** The number of the last run before a moment, epoch milliseconds; 0 where there is none. */
  lastBefore(moment: number): number {
    return this.#ranAt.filter((ranAt) => ranAt < moment).length;
  }
}

/** Reads them, and puts them into the table `known_run(source, former, run, ran_at)`, too. */
export async function createKnownRuns(
  engine: Engine,
  sources: readonly MembershipSource[],
): Promise<KnownRuns> {
  const runs = sources.map(
    ({ file: { as } }) => `SELECT '${as}' AS source, run AS former, ran_at FROM ${as}.main.run`,
  );
  const nothing = `SELECT NULL::VARCHAR AS source, NULL::INTEGER AS former, NULL::TIMESTAMP AS ran_at WHERE false`;
  await engine.run(`
    CREATE TABLE memory.main.known_run AS
    SELECT source, former, row_number() OVER (ORDER BY ran_at, source, former)::INTEGER AS run, ran_at
    FROM (${runs.length === 0 ? nothing : runs.join(' UNION ALL ')})`);
  const rows = await engine.rows(
    'SELECT source, former, epoch_ms(ran_at) AS at FROM memory.main.known_run ORDER BY run',
  );
  return new KnownRuns(
    rows.map((row) => ({
      source: String(row['source']),
      former: Number(row['former']),
      ranAt: Number(row['at']),
    })),
  );
}

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
