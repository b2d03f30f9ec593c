import { join } from 'node:path';
import { openEngine, type EngineLimits, type EngineRow } from '../engine/engine';
import { quoteText } from '../engine/sql-text';
import type { RejectedRow } from '../api/ingest';
import type { Listed, Page } from '../api/repository';

export interface RejectedRowsRequest {
  /** Undefined when no row was rejected. */
  readonly file: string | undefined;
  readonly folder: string;
  readonly limits: EngineLimits;
  readonly page: Page;
}

/** A page of a batch's rejected rows, in the order of the batch. */
export async function readRejectedRows(request: RejectedRowsRequest): Promise<Listed<RejectedRow>> {
  const { file, folder, limits, page } = request;
  if (file === undefined) return { items: [], totalCount: 0 };
  const engine = await openEngine({ limits, folders: [folder] });
  try {
    const source = `read_parquet(${quoteText(join(folder, file))}, file_row_number = true)`;
    const [count] = await engine.rows(`SELECT count(*) AS total FROM ${source}`);
    const rows = await engine.rows(
      `SELECT * FROM ${source}
      ORDER BY file_row_number LIMIT $limit OFFSET $offset`,
      { limit: page.limit, offset: page.offset },
    );
    return { items: rows.map(toRejectedRow), totalCount: Number(count?.['total']) };
  } finally {
    engine.close();
  }
}

/** All rejected rows of a batch in pages, in one pass. */
export async function* eachRejectedRow(
  request: Omit<RejectedRowsRequest, 'page'>,
): AsyncGenerator<readonly RejectedRow[]> {
  const { file, folder, limits } = request;
  if (file === undefined) return;
  const engine = await openEngine({ limits, folders: [folder] });
  try {
    const source = `read_parquet(${quoteText(join(folder, file))})`;
    for await (const page of engine.pages(`SELECT * FROM ${source}`)) yield page.map(toRejectedRow);
  } finally {
    engine.close();
  }
}

function toRejectedRow(row: EngineRow): RejectedRow {
  return {
    file: String(row['file']),
    line: Number(row['line']),
    code: String(row['code']),
    reason: String(row['reason']),
    row: String(row['row']),
  };
}
