import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet';
import { toJsonObject } from './json-value';
import { pickPaths } from './pick-paths';

/** A file of which parts can be read. */
export interface RangedFile {
  readonly sizeBytes: number;
  /** The bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): Promise<Uint8Array>;
}

export interface RowsRequest {
  readonly first: number;
  /** Dotted paths; each goes through lists into their members, and into a map by its key. */
  readonly columns?: readonly string[] | undefined;
}

/** Columns were asked for that the file does not have. */
export class UnknownColumns extends Error {
  constructor(
    readonly names: readonly string[],
    /** The top-level columns that are there. */
    readonly known: readonly string[],
  ) {
    super(`no such columns: ${names.join(', ')}`);
  }
}

/**
 * The first rows of a Parquet file as plain JSON, from its footer and first row group; never the whole file.
 *
 * @returns fewer than `first` where the first row group is shorter.
 * @throws UnknownColumns; whatever `read` throws; Error where it is no Parquet that we can read.
 */
export async function readParquetRows(
  file: RangedFile,
  { first, columns }: RowsRequest,
): Promise<Record<string, unknown>[]> {
  const buffer = toAsyncBuffer(file);
  const metadata = await parquetMetadataAsync(buffer, { initialFetchSize: footerBytes, geoparquet: false });
  const rowCount = Math.min(first, Number(metadata.row_groups[0]?.num_rows ?? 0));
  const wanted = columns?.map((column) => column.split('.'));
  if (wanted !== undefined) refuseUnknown(metadata, wanted);
  if (rowCount === 0 || wanted?.length === 0) return Array.from({ length: rowCount }, () => ({}));
  const rows = await parquetReadObjects({
    file: buffer,
    metadata,
    rowStart: 0,
    rowEnd: rowCount,
    compressors,
    geoparquet: false,
    useOffsetIndex: true,
    ...(wanted === undefined ? {} : { columns: [...new Set(wanted.map(([top = '']) => top))] }),
  });
  const plain = rows.map(toJsonObject);
  // The reader gives whole columns, in the order of the file.
  return wanted === undefined ? plain : plain.map((row) => pickPaths(row, wanted));
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

function refuseUnknown(metadata: FileMetaData, wanted: readonly (readonly string[])[]): void {
  const leaves = (metadata.row_groups[0]?.columns ?? []).map(
    ({ meta_data }) => meta_data?.path_in_schema ?? [],
  );
  const unknown = wanted.filter((path) => !leaves.some((leaf) => leadsTo(leaf, path)));
  // A file without rows may have no column to compare with.
  if (unknown.length === 0 || leaves.length === 0) return;
  const known = [...new Set(leaves.map(([top = '']) => top))];
  throw new UnknownColumns(
    unknown.map((path) => path.join('.')),
    known,
  );
}

/** True where a path names the leaf or something above it; the file's own names for the members of lists are passed over. */
function leadsTo(leaf: readonly string[], path: readonly string[]): boolean {
  let at = 0;
  for (const name of leaf) {
    if (at === path.length) return true;
    if (name === path[at]) at += 1;
    // Below it, names are keys of a map, which the schema does not know.
    else if (name === 'key_value') return true;
    else if (!listNames.has(name)) return false;
  }
  return at === path.length;
}

const listNames: ReadonlySet<string> = new Set(['list', 'element']);
