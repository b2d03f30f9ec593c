import { join } from 'node:path';
import type { Engine } from '../engine/engine';
import { EngineFault } from '../engine/engine-fault';
import { quoteText } from '../engine/sql-text';
import { describeParquet } from './parquet-columns';
import type { PartWriter } from './part-writer';
import { maxRowBytes } from './row-block';
import type { Sketch } from './sketch';

export interface ParquetFile {
  readonly path: string;
  /** Its number in the batch. */
  readonly file: number;
  readonly folder: string;
  /** The number that the shape of its rows gets. */
  readonly addShape: (sketch: Sketch) => number;
  readonly onRows: (rows: number) => Promise<void> | void;
}

const rowsPerPart = 200_000;

/**
 * Puts the rows of a Parquet file aside as parts of JSON, range by range.
 * @returns why the file cannot be read; undefined where it was.
 */
export async function loadParquet(
  engine: Engine,
  writer: PartWriter,
  parquet: ParquetFile,
): Promise<string | undefined> {
  try {
    await loadRanges(engine, writer, parquet);
    return undefined;
  } catch (error) {
    // What the engine says of a damaged file is scrubbed of data, but also of use.
    if (error instanceof EngineFault)
      return (await hasBytes(engine, parquet.path))
        ? 'A column of bytes holds what is no text in UTF-8: leave it out, or write it as text.'
        : 'The file is no Parquet file, or it is damaged or was cut off.';
    throw error;
  }
}

/** True where the file can be read, but only if its columns of bytes are not taken for texts, as older writers have them. */
async function hasBytes(engine: Engine, path: string): Promise<boolean> {
  try {
    await engine.run(`SELECT max(hash(COLUMNS(*))) FROM read_parquet(${quoteText(path)})`);
    return true;
  } catch (error) {
    if (error instanceof EngineFault) return false;
    throw error;
  }
}

async function loadRanges(engine: Engine, writer: PartWriter, parquet: ParquetFile): Promise<void> {
  const { path, file, folder, addShape, onRows } = parquet;
  const plain = `read_parquet(${quoteText(path)}, binary_as_string = true)`;
  const [counted] = await engine.rows(`SELECT count(*) AS rows FROM ${plain}`);
  const total = Number(counted?.['rows']);
  const { sketch, json } = await describeParquet(engine, plain, path);
  const shape = addShape(sketch);
  const numbered = `read_parquet(${quoteText(path)}, binary_as_string = true, file_row_number = true)`;
  for (let from = 0; from < total; from += rowsPerPart) {
    const to = Math.min(total, from + rowsPerPart);
    const first = writer.rowCount - from;
    const number = `${file}-${String(from / rowsPerPart).padStart(5, '0')}`;
    const rowsFile = join(folder, `rows-p${number}.parquet`);
    await engine.run(`
      COPY (
        SELECT ${first} + file_row_number AS "row", ${file}::INTEGER AS file, file_row_number + 1 AS place, ${shape}::INTEGER AS shape,
          CAST(json_merge_patch('{}', ${json}) AS VARCHAR) AS text
        FROM ${numbered} WHERE file_row_number >= ${from} AND file_row_number < ${to}
      ) TO ${quoteText(rowsFile)} (FORMAT parquet, COMPRESSION snappy)`);
    const refusedFile = join(folder, `refused-p${number}.parquet`);
    const large = await refuseLarge(engine, rowsFile, refusedFile);
    writer.addPart(
      { rowsFile, refusedFile: large > 0 ? refusedFile : undefined, rowCount: to - from },
      shape,
      to - from - large,
    );
    await onRows(writer.rowCount);
  }
}

async function refuseLarge(engine: Engine, rowsFile: string, refusedFile: string): Promise<number> {
  const large = `FROM read_parquet(${quoteText(rowsFile)}) WHERE strlen(text) > ${maxRowBytes}`;
  const [counted] = await engine.rows(`SELECT count(*) AS rows ${large}`);
  const rows = Number(counted?.['rows']);
  if (rows === 0) return 0;
  await engine.run(`
    COPY (
      SELECT "row", file, place, 'too-large' AS code, 'A row may have at most ${maxRowBytes} bytes.' AS reason, left(text, 10240) AS text ${large}
    ) TO ${quoteText(refusedFile)} (FORMAT parquet)`);
  return rows;
}
