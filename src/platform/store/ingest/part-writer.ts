import { join } from 'node:path';
import { blobValue } from '@duckdb/node-api';
import type { Engine, PreparedStatement } from '../engine/engine';
import { quoteText } from '../engine/sql-text';
import { remove } from '../files/tenant-files';
import { maxRowBytes, type RefusedRow, type RowBlock } from './row-block';
import type { ShapeBook } from './shape-book';
import { withoutRepeatedKeys } from './repeated-keys';

/** Some consecutive rows of a batch, put aside: good ones `(row, file, place, shape, text)`, refused ones with code and reason. */
export interface Part {
  readonly rowsFile: string | undefined;
  readonly refusedFile: string | undefined;
  readonly rowCount: number;
}

const defaultPartBytes = 64 * 1024 * 1024;
const mostRows = 1_000_000;

export interface PartWriterOptions {
  readonly engine: Engine;
  readonly folder: string;
  /** Undefined where rows need no look: all have one known shape. */
  readonly book: ShapeBook | undefined;
  readonly partBytes?: number | undefined;
}

/** Takes rows as readers hand them on, numbers them through, and puts them aside in parts that the engine holds easily. */
export class PartWriter {
  readonly #options: PartWriterOptions;
  readonly #parts: Part[] = [];
  readonly #shapeRows = new Map<number, number>();
  #insert: PreparedStatement | undefined;
  #refuse: PreparedStatement | undefined;
  #row = 0;
  #partRows = 0;
  #partBytes = 0;

  constructor(options: PartWriterOptions) {
    this.#options = options;
  }

  /** Rows so far, good and bad. */
  get rowCount(): number {
    return this.#row;
  }

  get parts(): readonly Part[] {
    return this.#parts;
  }

  /** How many good rows have a shape. */
  get shapeRows(): ReadonlyMap<number, number> {
    return this.#shapeRows;
  }

  async open(): Promise<void> {
    const { engine } = this.#options;
    await engine.run(
      'CREATE TABLE raw ("row" BIGINT, file INTEGER, place BIGINT, shape INTEGER, text VARCHAR)',
    );
    await engine.run(
      'CREATE TABLE refused ("row" BIGINT, file INTEGER, place BIGINT, code VARCHAR, reason VARCHAR, text VARCHAR)',
    );
    this.#insert = await engine.prepare(`
      INSERT INTO raw SELECT unnest(range($from::BIGINT, $to::BIGINT)), $file::INTEGER,
        unnest(string_split($places, ',')::BIGINT[]), unnest(string_split($shapes, ',')::INTEGER[]),
        unnest(string_split(decode($block), chr(10)))`);
    this.#refuse = await engine.prepare(`
      INSERT INTO refused SELECT "row", $file::INTEGER, r.place, r.code, r.reason, r.text
      FROM (SELECT unnest(range($from::BIGINT, $to::BIGINT)) AS "row",
        unnest(from_json($rows, '[{"place":"BIGINT","code":"VARCHAR","reason":"VARCHAR","text":"VARCHAR"}]')) AS r)`);
  }

  /** @param shape of all rows of the block, where there is no book. */
  async add(file: number, block: RowBlock, shape: number): Promise<void> {
    const { book } = this.#options;
    const good = book === undefined ? trust(block, shape) : sortOut(block, book);
    if (good.refused.length > 0) await this.#addRefused(file, good.refused);
    if (good.places.length > 0) await this.#addGood(file, good);
    const { partBytes = defaultPartBytes } = this.#options;
    if (this.#partBytes >= partBytes || this.#partRows >= mostRows) await this.flush();
  }

  async #addGood(file: number, { block, places, shapes }: SortedOut): Promise<void> {
    const from = this.#row;
    this.#count(places.length, block.length);
    await this.#insert?.run({
      from,
      to: this.#row,
      file,
      places: places.join(','),
      shapes: shapes.join(','),
      block: blobValue(block),
    });
  }

  async #addRefused(file: number, refused: readonly RefusedRow[]): Promise<void> {
    const from = this.#row;
    const rows = JSON.stringify(refused);
    this.#count(refused.length, rows.length);
    await this.#refuse?.run({ from, to: this.#row, file, rows });
  }

  #count(rows: number, bytes: number): void {
    this.#row += rows;
    this.#partRows += rows;
    this.#partBytes += bytes;
  }

  /** Puts aside what there is; at the end, and whenever it is enough. */
  async flush(): Promise<void> {
    if (this.#partRows === 0) return;
    const { engine, folder } = this.#options;
    const number = String(this.#parts.length).padStart(5, '0');
    await engine.run(`
      INSERT INTO refused SELECT "row", file, place, CASE WHEN json_valid(text) THEN 'too-large' ELSE 'invalid-json' END,
        CASE WHEN json_valid(text) THEN 'A row may have at most ${maxRowBytes} bytes.'
          ELSE 'The line is not JSON in UTF-8: one object a line is expected.' END, left(text, 10240)
      FROM raw WHERE strlen(text) > ${2 * maxRowBytes} OR NOT json_valid(text)`);
    const isGood = '"row" NOT IN (SELECT "row" FROM refused)';
    const shapes = await engine.rows(
      `SELECT shape, count(*) AS rows FROM raw WHERE ${isGood} GROUP BY shape`,
    );
    for (const row of shapes) {
      const shape = Number(row['shape']);
      this.#shapeRows.set(shape, (this.#shapeRows.get(shape) ?? 0) + Number(row['rows']));
    }
    const refused = await engine.rows('SELECT count(*) AS rows FROM refused');
    const rowsFile = shapes.length === 0 ? undefined : join(folder, `rows-${number}.parquet`);
    const refusedFile = refused[0]?.['rows'] === 0 ? undefined : join(folder, `refused-${number}.parquet`);
    if (rowsFile !== undefined) await copy(engine, `SELECT * FROM raw WHERE ${isGood}`, rowsFile);
    if (refusedFile !== undefined) await copy(engine, 'SELECT * FROM refused', refusedFile);
    await engine.run('TRUNCATE raw');
    await engine.run('TRUNCATE refused');
    this.#parts.push({ rowsFile, refusedFile, rowCount: this.#partRows });
    [this.#partRows, this.#partBytes] = [0, 0];
  }

  /** Adds a part that was made elsewhere. */
  addPart(part: Part, shape: number, goodRows: number): void {
    this.#parts.push(part);
    this.#row += part.rowCount;
    this.#shapeRows.set(shape, (this.#shapeRows.get(shape) ?? 0) + goodRows);
  }

  async close(): Promise<void> {
    await this.flush();
    this.#insert?.dispose();
    this.#refuse?.dispose();
    await this.#options.engine.run('DROP TABLE raw');
    await this.#options.engine.run('DROP TABLE refused');
  }
}

async function copy(engine: Engine, select: string, path: string): Promise<void> {
  remove(path);
  await engine.run(`COPY (${select}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION snappy)`);
}

interface SortedOut {
  /** Texts of the good rows, parted by newlines. */
  readonly block: Buffer;
  readonly places: readonly number[];
  readonly shapes: readonly number[];
  readonly refused: readonly RefusedRow[];
}

function trust({ bytes, ends, places, refused }: RowBlock, shape: number): SortedOut {
  return { block: bytes.subarray(0, ends.at(-1) ?? 0), places, shapes: places.map(() => shape), refused };
}

/** Looks at the shape of each row, and takes those out that are no object of JSON. */
function sortOut({ bytes, starts, ends, places, refused }: RowBlock, book: ShapeBook): SortedOut {
  const good = { pieces: [] as Buffer[], places: [] as number[], shapes: [] as number[] };
  const bad = [...refused];
  let isWhole = starts[0] === 0;
  for (const [index, start] of starts.entries()) {
    const end = ends[index] ?? start;
    const place = places[index] ?? 0;
    const shape = book.look(bytes, start, end);
    if (index > 0 && start !== (ends[index - 1] ?? 0) + 1) isWhole = false;
    if (shape.fault !== undefined) {
      bad.push({ place, ...shape.fault, text: bytes.toString('utf8', start, end) });
      isWhole = false;
      continue;
    }
    if (shape.repeatsKeys) isWhole = false;
    const text = bytes.subarray(start, end);
    good.pieces.push(shape.repeatsKeys ? Buffer.from(withoutRepeatedKeys(text.toString('utf8'))) : text);
    good.places.push(place);
    good.shapes.push(shape.id);
  }
  const block = isWhole ? bytes.subarray(0, ends.at(-1) ?? 0) : joinLines(good.pieces);
  return { block, places: good.places, shapes: good.shapes, refused: bad };
}

function joinLines(pieces: readonly Buffer[]): Buffer {
  return Buffer.concat(pieces.flatMap((piece, index) => (index === 0 ? [piece] : [newline, piece])));
}

const newline = Buffer.from('\n');
