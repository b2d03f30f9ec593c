import type { Engine } from '../engine/engine';
import type { BatchToRead } from './batch-to-read';
import { csvRows, type CsvStart } from './csv-rows';
import { BrokenFile } from './gunzip';
import { jsonRows } from './json-rows';
import { ndjsonRows } from './ndjson-rows';
import { openText } from './open-text';
import { loadParquet } from './parquet-rows';
import { PartWriter, type Part } from './part-writer';
import { truncated, type RowBlock } from './row-block';
import { ShapeBook } from './shape-book';

export interface LoadedParts {
  readonly parts: readonly Part[];
  readonly rowCount: number;
  /** How many good rows have each shape of the book. */
  readonly shapeRows: ReadonlyMap<number, number>;
  readonly book: ShapeBook;
}

/** Reads all files of a batch once: rows are put aside in parts, and their shapes are learnt. */
export async function loadParts(engine: Engine, batch: BatchToRead): Promise<LoadedParts> {
  const { format, schema, guessed } = batch;
  const isLenient = format === 'csv' || format === 'parquet';
  const book = new ShapeBook({ entity: schema, guessed, isLenient });
  const writer = new PartWriter({
    engine,
    folder: batch.folder,
    book: isLenient ? undefined : book,
    partBytes: batch.partBytes,
  });
  await writer.open();
  for (const [file, path] of batch.files.entries()) {
    if (format === 'parquet') await loadParquetFile(engine, { batch, writer, book, file, path });
    else await loadText({ batch, writer, book, file, path });
  }
  await writer.close();
  return { parts: writer.parts, rowCount: writer.rowCount, shapeRows: writer.shapeRows, book };
}

interface Loading {
  readonly batch: BatchToRead;
  readonly writer: PartWriter;
  readonly book: ShapeBook;
  readonly file: number;
  readonly path: string;
}

async function loadText({ batch, writer, book, file, path }: Loading): Promise<void> {
  let shape = 0;
  const onStart = (start: CsvStart): void => {
    if (start.isGood) shape = book.addShape(start.sketch);
  };
  let place = 0;
  try {
    for await (const block of rowsOf(batch.format, openText(path), onStart)) {
      batch.signal?.throwIfAborted();
      place = Math.max(place, block.places.at(-1) ?? 0, ...block.refused.slice(-1).map((row) => row.place));
      await writer.add(file, block, shape);
      await batch.onRows?.(writer.rowCount);
    }
  } catch (error) {
    if (!(error instanceof BrokenFile)) throw error;
    const refused = [truncated(place + 1, error.message)];
    await writer.add(file, { bytes: Buffer.alloc(0), starts: [], ends: [], places: [], refused }, shape);
  }
}

function rowsOf(
  format: BatchToRead['format'],
  chunks: AsyncIterable<Buffer>,
  onStart: (start: CsvStart) => void,
): AsyncIterable<RowBlock> {
  if (format === 'csv') return csvRows(chunks, onStart);
  return format === 'json' ? jsonRows(chunks) : ndjsonRows(chunks);
}

async function loadParquetFile(engine: Engine, { batch, writer, book, file, path }: Loading): Promise<void> {
  const before = writer.rowCount;
  const fault = await loadParquet(engine, writer, {
    path,
    file,
    folder: batch.folder,
    addShape: (sketch) => book.addShape(sketch),
    onRows: (rows) => batch.onRows?.(rows),
  });
  if (fault === undefined) return;
  const read = writer.rowCount - before;
  const refused = [{ place: read + 1, code: 'invalid-parquet', reason: fault, text: '' }];
  await writer.add(file, { bytes: Buffer.alloc(0), starts: [], ends: [], places: [], refused }, 0);
}
