import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { XdmType } from '../../../xdm/union-schema';
import { valueOfText, type ReadableKind } from '../engine/checked-value';
import type { Engine } from '../engine/engine';
import { quoteText } from '../engine/sql-text';
import { remove } from '../files/tenant-files';
import type { BatchToRead } from './batch-to-read';
import type { ExtractedColumn } from './extraction';
import { readFiles, rejectedPart, typedPart } from './part-files';

export interface RejectedCode {
  readonly code: string;
  readonly count: number;
  /** Some of them, as `file:line`. */
  readonly rows: readonly string[];
}

export interface FragmentToWrite {
  readonly batch: BatchToRead;
  /** How many there are. */
  readonly parts: number;
  readonly columns: readonly (ExtractedColumn & { readonly finalType: XdmType })[];
}

/**
 * Makes the typed rows of all parts what they are at last: open texts become values of their types.
 * @returns the files, in order; none where no row was good.
 */
export async function writeFragment(
  engine: Engine,
  { batch, parts, columns }: FragmentToWrite,
): Promise<readonly string[]> {
  const files = numbers(parts)
    .map((number) => typedPart(batch.folder, number))
    .filter((path) => existsSync(path));
  const read = columns.filter(
    ({ candidates, finalType }) => candidates !== undefined && finalType.kind !== 'string',
  );
  if (read.length === 0) return files;
  const values = read.map(
    ({ column, finalType }) => `${valueOfText(column, finalType.kind as ReadableKind)} AS ${column}`,
  );
  const finished: string[] = [];
  for (const file of files) {
    const path = `${file}.read.parquet`;
    await engine.run(
      `COPY (SELECT * REPLACE (${values.join(', ')}) FROM ${readFiles([file])}) TO ${quoteText(path)} (FORMAT parquet)`,
    );
    remove(file);
    finished.push(path);
  }
  return finished;
}

export interface WrittenRejects {
  readonly rejectsFile: string | undefined;
  readonly rejected: number;
  readonly rejectedByCode: readonly RejectedCode[];
}

const shownRows = 10;

/** Joins the rejected rows of all parts to one file `(file, line, code, reason, row)`, and counts them. */
export async function writeRejects(
  engine: Engine,
  { batch, parts }: Pick<FragmentToWrite, 'batch' | 'parts'>,
): Promise<WrittenRejects> {
  const files = numbers(parts)
    .map((number) => rejectedPart(batch.folder, number))
    .filter((path) => existsSync(path));
  if (files.length === 0) return { rejectsFile: undefined, rejected: 0, rejectedByCode: [] };
  const source = readFiles(files);
  const counts = await engine.rows(`
    SELECT code, count(*) AS count, to_json(min({file: file, place: place}, ${shownRows}))::VARCHAR AS first_rows
    FROM ${source} GROUP BY code ORDER BY code`);
  const rejectedByCode = counts.map((row) => ({
    code: String(row['code']),
    count: Number(row['count']),
    rows: (JSON.parse(String(row['first_rows'])) as { file: number; place: number }[]).map(
      ({ file, place }) => `${basename(batch.files[file] ?? '')}:${place}`,
    ),
  }));
  const rejected = rejectedByCode.reduce((sum, { count }) => sum + count, 0);
  if (rejected === 0) return { rejectsFile: undefined, rejected: 0, rejectedByCode: [] };
  const path = join(batch.folder, `${batch.batchId}.rejected.parquet`);
  const names = JSON.stringify(batch.files.map((file) => basename(file)));
  remove(path);
  await engine.run(
    `COPY (
      SELECT from_json($names, '["VARCHAR"]')[file + 1] AS file, place AS line, code, reason, text AS "row" FROM ${source}
    ) TO ${quoteText(path)} (FORMAT parquet)`,
    { names },
  );
  files.forEach(remove);
  return { rejectsFile: path, rejected, rejectedByCode };
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, number) => number);
}
