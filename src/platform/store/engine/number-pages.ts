import { setImmediate } from 'node:timers/promises';
import {
  DuckDBDataChunk,
  DuckDBUIntegerVector,
  UINTEGER,
  type DuckDBConnection,
  type DuckDBMaterializedResult,
} from '@duckdb/node-api';
import { invariant } from '../../../lib/assert';

/** Rows of UINTEGERs, column by column: rows by the million cost little when none of them becomes an object. */
export interface NumberPage {
  readonly rowCount: number;
  readonly columns: readonly NumberColumn[];
}

export interface NumberColumn {
  /** Null where the row has none. */
  getItem(row: number): number | null;
}

/** Between so many pages others have their turn. */
const pagesPerTurn = 16;

export async function* pagesOfNumbers(result: DuckDBMaterializedResult): AsyncGenerator<NumberPage> {
  for (let index = 0; index < result.chunkCount; index += 1) {
    if (index % pagesPerTurn === pagesPerTurn - 1) await setImmediate();
    yield toPage(result.getChunk(index));
  }
}

function toPage(chunk: DuckDBDataChunk): NumberPage {
  const columns = Array.from({ length: chunk.columnCount }, (_, index) => {
    const vector = chunk.getColumnVector(index);
    invariant(vector instanceof DuckDBUIntegerVector, 'Pages of numbers are of UINTEGERs.');
    return vector;
  });
  return { rowCount: chunk.rowCount, columns };
}

const rowsPerChunk = 2_048;

/** Adds rows of UINTEGERs, given column by column, to a table in the engine's memory. */
export async function appendNumbers(
  connection: DuckDBConnection,
  table: string,
  columns: readonly Uint32Array[],
): Promise<void> {
  const rows = columns[0]?.length ?? 0;
  const appender = await connection.createAppender(table, 'main', 'memory');
  try {
    for (let from = 0; from < rows; from += rowsPerChunk) {
      const part = columns.map((column) => Array.from(column.subarray(from, from + rowsPerChunk)));
      const chunk = DuckDBDataChunk.create(
        columns.map(() => UINTEGER),
        part[0]?.length ?? 0,
      );
      chunk.setColumns(part);
      appender.appendDataChunk(chunk);
    }
  } finally {
    appender.closeSync();
  }
}
