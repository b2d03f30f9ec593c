import type { XdmType } from '../../../xdm/union-schema';
import { valueOfText, type ReadableKind } from '../engine/checked-value';
import type { Engine } from '../engine/engine';
import type { ExtractedColumn } from './extraction';

/**
 * JSON has no times, CSV no types at all: some texts are looked at before it is known what they are. Each of their columns
 * is taken for the first of its candidates that every value can be read as.
 */
export class OpenTexts {
  /** What each open column may still be. */
  readonly #left = new Map<string, readonly XdmType[]>();
  readonly #filled = new Set<string>();
  readonly #columns: readonly ExtractedColumn[];

  constructor(columns: readonly ExtractedColumn[]) {
    this.#columns = columns.filter(({ candidates }) => candidates !== undefined);
    for (const { column, candidates = [] } of this.#columns) this.#left.set(column, candidates);
  }

  /** Looks at the good rows of one part, in the table `extracted`. */
  async look(engine: Engine): Promise<void> {
    const open = this.#columns.filter(({ column }) => (this.#left.get(column) ?? []).length > 0);
    if (open.length === 0) return;
    // A few rows rule most candidates out, so that they are not tried on all of them.
    await this.#try(engine, open, 'ORDER BY "row" LIMIT 1000');
    await this.#try(engine, open, '');
  }

  async #try(engine: Engine, open: readonly ExtractedColumn[], limit: string): Promise<void> {
    const tests = open.flatMap(({ column }, index) => [
      `count(${column}) AS given${index}`,
      ...(this.#left.get(column) ?? []).map(
        ({ kind }) =>
          `bool_and(${column} IS NULL OR ${valueOfText(column, kind as ReadableKind)} IS NOT NULL) AS ${kind}${index}`,
      ),
    ]);
    const [row = {}] = await engine.rows(`
      SELECT ${tests.join(', ')} FROM (
        SELECT * FROM extracted WHERE "row" NOT IN (SELECT "row" FROM rejected) ${limit})`);
    for (const [index, { column }] of open.entries()) {
      if (row[`given${index}`] === 0) continue;
      this.#filled.add(column);
      const left = (this.#left.get(column) ?? []).filter(({ kind }) => row[`${kind}${index}`] === true);
      this.#left.set(column, left);
    }
  }

  /** The type of a column, now that all rows were looked at. */
  typeOf({ column, type, candidates }: ExtractedColumn): XdmType {
    if (candidates === undefined || !this.#filled.has(column)) return type;
    return this.#left.get(column)?.[0] ?? (type.kind === 'string' ? type : (candidates.at(-1) ?? type));
  }
}

/** SQL that is true where a text fits none of the types that its column must have. */
export function fitsNoCandidate({ column, candidates, mustFit }: ExtractedColumn): string | undefined {
  if (mustFit !== true || candidates === undefined) return undefined;
  const tests = candidates.map(({ kind }) => `${valueOfText(column, kind as ReadableKind)} IS NULL`);
  return `(${column} IS NOT NULL AND ${tests.join(' AND ')})`;
}
