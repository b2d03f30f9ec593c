import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet';
import { toJsonObject } from './json-value';

/** A file of which parts can be read. */
export interface RangedFile {
  readonly sizeBytes: number;
  /** The bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): Promise<Uint8Array>;
}

export interface RowsRequest {
  readonly first: number;
  /** Top-level names; unknown ones are passed over. */
  readonly columns?: readonly string[] | undefined;
}

/**
 * The first rows of a Parquet file as plain JSON, from its footer and first row group; never the whole file.
 *
 * @returns fewer than `first` where the first row group is shorter.
 * @throws whatever `read` throws; Error where it is no Parquet that we can read.
 */
export async function readParquetRows(
  file: RangedFile,
  { first, columns }: RowsRequest,
): Promise<Record<string, unknown>[]> {
  const buffer = toAsyncBuffer(file);
  const metadata = await parquetMetadataAsync(buffer, { initialFetchSize: footerBytes, geoparquet: false });
  const rowCount = Math.min(first, Number(metadata.row_groups[0]?.num_rows ?? 0));
  const wanted = columns === undefined ? undefined : knownColumns(metadata, columns);
  if (rowCount === 0 || wanted?.length === 0) return Array.from({ length: rowCount }, () => ({}));
  const rows = await parquetReadObjects({
    file: buffer,
    metadata,
    rowStart: 0,
    rowEnd: rowCount,
    compressors,
    geoparquet: false,
    useOffsetIndex: true,
    ...(wanted === undefined ? {} : { columns: wanted }),
  });
  // The reader gives the columns in the order of the file.
  const ordered = wanted === undefined ? rows : rows.map((row) => pick(row, wanted));
  return ordered.map(toJsonObject);
}

/** Enough for the footer of a file of some hundred columns; a longer one costs a second read. */
const footerBytes = 64 * 1024;

/** Snappy is built into the reader; these come with Node. */
const compressors: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
};

function toAsyncBuffer(file: RangedFile): AsyncBuffer {
  return {
    byteLength: file.sizeBytes,
    async slice(start, end = file.sizeBytes) {
      const bytes = await file.read(start, end);
      return new Uint8Array(bytes).buffer;
    },
  };
}

/** In the order of the request, each once. */
function knownColumns(metadata: FileMetaData, columns: readonly string[]): string[] {
  const known = new Set(metadata.row_groups[0]?.columns.map(({ meta_data }) => meta_data?.path_in_schema[0]));
  return [...new Set(columns)].filter((column) => known.has(column));
}

function pick(row: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}
