import { basename } from 'node:path';
import { blobValue } from '@duckdb/node-api';
import type { Engine } from '../engine/engine';
import { maxLineBytes, readBlocks } from './read-blocks';
import { ShapeSamples } from './shape-samples';

export interface LoadedLines {
  readonly files: readonly LoadedFile[];
  readonly lineCount: number;
  /** Rows among which each shape is found at least once; undefined where only all rows will do. */
  readonly sampleRows: readonly number[] | undefined;
}

/** A file of a batch and the number that its first line has in the batch, from 0. */
export interface LoadedFile {
  readonly name: string;
  readonly firstRow: number;
}

/**
 * Puts the lines of files into a table `raw(text)`, whose row ids number them through, and makes the table
 * `rejected("row", code, reason)` with those that are not JSON objects. Blank lines are skipped later, but numbered.
 */
export async function loadLines(engine: Engine, paths: readonly string[]): Promise<LoadedLines> {
  await engine.run('CREATE TABLE raw (text VARCHAR)');
  await engine.run('CREATE TABLE rejected ("row" BIGINT, code VARCHAR, reason VARCHAR)');
  const insert = await engine.prepare('INSERT INTO raw SELECT unnest(string_split(decode($block), chr(10)))');
  const files: LoadedFile[] = [];
  const samples = new ShapeSamples();
  for (const path of paths) {
    files.push({ name: basename(path), firstRow: samples.lineCount });
    for await (const block of readBlocks(path)) {
      const inserted = insert.run({ block: blobValue(block) });
      samples.addLines(block);
      await inserted;
    }
  }
  insert.dispose();
  await rejectWhatIsNoObject(engine);
  const { rows, lineCount } = samples;
  const isTrusted = rows !== undefined && !(await hasRejected(engine, rows));
  return { files, lineCount, sampleRows: isTrusted ? rows : undefined };
}

/** A row that is no JSON may stand for a shape that it does not have. */
async function hasRejected(engine: Engine, rows: readonly number[]): Promise<boolean> {
  const [row] = await engine.rows(`SELECT count(*) AS rejected FROM rejected WHERE "row" IN ${rowList}`, {
    rows: JSON.stringify(rows),
  });
  return Number(row?.['rejected']) > 0;
}

/** Row numbers, bound as one JSON text. */
export const rowList = `(SELECT unnest(from_json($rows, '["BIGINT"]')))`;

/** Lines that hold something and were not rejected so far. */
export const goodLines = `FROM raw WHERE trim(text, E' \\t\\r') <> '' AND rowid NOT IN (SELECT "row" FROM rejected)`;

async function rejectWhatIsNoObject(engine: Engine): Promise<void> {
  await engine.run(`
    INSERT INTO rejected
    SELECT "row", code, CASE code
        WHEN 'too-large' THEN 'A row may have at most ${maxLineBytes} bytes.'
        WHEN 'invalid-json' THEN 'The line is not JSON in UTF-8: one object a line is expected.'
        ELSE 'The line is JSON, but not an object.' END
    FROM (
      SELECT rowid AS "row", CASE
        WHEN strlen(text) > ${maxLineBytes} THEN 'too-large'
        WHEN NOT json_valid(text) THEN 'invalid-json'
        WHEN NOT starts_with(ltrim(text, E' \\t\\r'), '{') THEN 'not-an-object' END AS code
      ${goodLines})
    WHERE code IS NOT NULL`);
}
