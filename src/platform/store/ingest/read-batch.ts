import { join } from 'node:path';
import { remove } from '../files/tenant-files';
import { columnsOf } from '../../../xdm/columns';
import type { FieldDefinition, XdmObject } from '../../../xdm/union-schema';
import { checkedValue, hasBadValue } from '../engine/checked-value';
import { openEngine, type Engine, type EngineLimits } from '../engine/engine';
import { quoteText, timestampOf } from '../engine/sql-text';
import { examineShapes, type ShapeFindings } from './examine-shapes';
import { extractionSql, type ExtractedColumn } from './extraction';
import { maxIdentityLength, primaryKeySql, withIdentities } from './identities-sql';
import { goodLines, loadLines, rowList, type LoadedFile, type LoadedLines } from './load-lines';
import { refineTexts } from './refine-texts';

export interface BatchToRead {
  readonly batchId: string;
  readonly entity: 'profile' | 'event';
  readonly files: readonly string[];
  readonly at: number;
  readonly schema: XdmObject;
  readonly widenable: ReadonlySet<string>;
  readonly roomForFields: number;
  readonly limits: EngineLimits;
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/** What became of a batch: files in `folder` that have their final names only after `publish`. */
export interface ReadBatch {
  /** Typed rows: `#row`, `#key`, `#ids`, `#ingested_at` and the columns. Undefined when no row was good. */
  readonly rowsFile: string | undefined;
  readonly rejectsFile: string | undefined;
  readonly columns: readonly ExtractedColumn[];
  readonly accepted: number;
  readonly rejected: number;
  readonly rejectedByCode: readonly RejectedCode[];
  readonly newFields: readonly FieldDefinition[];
  readonly widenedPaths: ReadonlySet<string>;
}

export interface RejectedCode {
  readonly code: string;
  readonly count: number;
  /** Some of them, as `file:line`. */
  readonly rows: readonly string[];
}

/** System-maintained: what a client writes there is not taken over. */
const ignoredPaths: ReadonlySet<string> = new Set(['segmentMembership']);

/** Reads uploaded NDJSON into typed rows and rejected ones, set by set in the engine. */
export async function readBatch(batch: BatchToRead): Promise<ReadBatch> {
  const { limits, signal, folder } = batch;
  const engine = await openEngine({ limits, signal, folders: [folder] });
  try {
    const lines = await loadLines(engine, batch.files);
    const findings = await findShapes(engine, batch, lines);
    const columns = columnsToRead(batch, findings);
    await extract(engine, batch, columns);
    await rejectBadValues(engine, batch.entity, columns);
    const refined = await refineTexts(engine, columns, new Set(findings.newFields.map(({ path }) => path)));
    return await writeFiles(engine, { batch, lines, findings, columns: refined });
  } finally {
    engine.close();
  }
}

async function findShapes(
  engine: Engine,
  batch: BatchToRead,
  { sampleRows }: LoadedLines,
): Promise<ShapeFindings> {
  const shapes = `SELECT DISTINCT json_structure(text) AS shape ${goodLines}`;
  const rows =
    sampleRows === undefined
      ? await engine.rows(shapes)
      : await engine.rows(`${shapes} AND rowid IN ${rowList}`, { rows: JSON.stringify(sampleRows) });
  const findings = examineShapes(
    rows.map((row) => String(row['shape'])),
    { entity: batch.schema, widenable: batch.widenable, roomForFields: batch.roomForFields },
  );
  if (findings.mismatches.size > 0) await rejectShapes(engine, findings);
  return findings;
}

async function rejectShapes(engine: Engine, { mismatches }: ShapeFindings): Promise<void> {
  await engine.run('CREATE TABLE bad_shape (shape VARCHAR, reason VARCHAR)');
  const insert = await engine.prepare('INSERT INTO bad_shape VALUES ($shape, $reason)');
  for (const [shape, { path, expected }] of mismatches) {
    await insert.run({ shape, reason: wrongType(path, expected) });
  }
  insert.dispose();
  await engine.run(`
    INSERT INTO rejected SELECT "row", 'wrong-type', reason
    FROM (SELECT rowid AS "row", json_structure(text) AS shape ${goodLines}) JOIN bad_shape USING (shape)`);
}

function wrongType(path: string, expected: string): string {
  return `The field "${path}" must be of type ${expected}.`;
}

function columnsToRead(batch: BatchToRead, findings: ShapeFindings): readonly ExtractedColumn[] {
  const known = columnsOf(batch.schema)
    .filter(({ path }) => findings.presentPaths.has(path) || (batch.entity === 'event' && path === '_id'))
    .filter(({ path }) => !ignoredPaths.has(path))
    .map(({ path, type }) => ({
      path,
      type: findings.widenedPaths.has(path) ? ({ kind: 'number' } as const) : type,
    }));
  return [...known, ...findings.newFields].map((leaf, index) => ({ ...leaf, column: `c${index}` }));
}

async function extract(
  engine: Engine,
  batch: BatchToRead,
  columns: readonly ExtractedColumn[],
): Promise<void> {
  const eventId = columns.find(({ path }) => path === '_id')?.column ?? 'NULL';
  // An event that says no id gets one from its own text, so that the same line twice is the same event.
  const generatedId =
    batch.entity === 'event' ? `CASE WHEN coalesce(${eventId}, '') = '' THEN md5(text) END` : 'NULL';
  await engine.run(`
    CREATE TABLE extracted AS
    SELECT * EXCLUDE (text), ${generatedId} AS generated_id
    FROM (${withIdentities(extractionSql(columns), columns)})`);
}

async function rejectBadValues(
  engine: Engine,
  entity: BatchToRead['entity'],
  columns: readonly ExtractedColumn[],
): Promise<void> {
  const faults: { condition: string; code: string; reason: string }[] = [];
  for (const { column, path, type } of columns) {
    const condition = hasBadValue(column, type);
    if (condition !== undefined)
      faults.push({ condition, code: 'wrong-type', reason: wrongType(path, type.kind) });
  }
  faults.push(...identityFaults);
  const timestamp = columns.find(({ path }) => path === 'timestamp')?.column ?? 'NULL';
  if (entity === 'event') {
    faults.push({
      condition: `${timestamp} IS NULL`,
      code: 'no-timestamp',
      reason: 'An event needs a timestamp.',
    });
  }
  const first = faults.map(({ condition }, index) => `WHEN ${condition} THEN ${index}`);
  await engine.run('CREATE TABLE fault (fault INTEGER, code VARCHAR, reason VARCHAR)');
  const insert = await engine.prepare('INSERT INTO fault VALUES ($fault, $code, $reason)');
  for (const [fault, { code, reason }] of faults.entries()) await insert.run({ fault, code, reason });
  insert.dispose();
  await engine.run(`
    INSERT INTO rejected SELECT "row", code, reason
    FROM (SELECT "row", CASE ${first.join(' ')} END AS fault FROM extracted) JOIN fault USING (fault)`);
}

const identityFaults = [
  {
    condition: 'len(ids) = 0',
    code: 'no-identity',
    reason: 'The row needs an identityMap with at least one id that is not empty.',
  },
  {
    condition: `len(list_filter(ids, lambda i: i."primary")) > 1`,
    code: 'invalid-identity',
    reason: 'Only one identity of a row can be the primary one.',
  },
  {
    condition: `len(list_filter(ids, lambda i: len(i.id) > ${maxIdentityLength} OR len(i.ns) > ${maxIdentityLength})) > 0`,
    code: 'invalid-identity',
    reason: `An identity may have at most ${maxIdentityLength} characters.`,
  },
];

interface Writing {
  readonly batch: BatchToRead;
  readonly lines: LoadedLines;
  readonly findings: ShapeFindings;
  readonly columns: readonly ExtractedColumn[];
}

async function writeFiles(engine: Engine, { batch, lines, findings, columns }: Writing): Promise<ReadBatch> {
  const rejectedByCode = await summarise(engine, lines.files);
  const rejected = rejectedByCode.reduce((sum, { count }) => sum + count, 0);
  const [row] = await engine.rows(
    `SELECT count(*) AS good FROM extracted WHERE "row" NOT IN (SELECT "row" FROM rejected)`,
  );
  const accepted = Number(row?.['good']);
  const rowsFile = join(batch.folder, `${batch.batchId}.parquet`);
  const rejectsFile = join(batch.folder, `${batch.batchId}.rejected.parquet`);
  if (accepted > 0) await writeRows(engine, { batch, columns, findings, rowsFile });
  if (rejected > 0) await writeRejects(engine, lines, rejectsFile);
  return {
    rowsFile: accepted > 0 ? rowsFile : undefined,
    rejectsFile: rejected > 0 ? rejectsFile : undefined,
    columns,
    accepted,
    rejected,
    rejectedByCode,
    newFields: columns
      .filter(({ path }) => findings.newFields.some((field) => field.path === path))
      .map(({ path, type }) => ({ entity: batch.entity, path, type })),
    widenedPaths: findings.widenedPaths,
  };
}

interface WritingRows {
  readonly batch: BatchToRead;
  readonly columns: readonly ExtractedColumn[];
  readonly findings: ShapeFindings;
  readonly rowsFile: string;
}

async function writeRows(engine: Engine, { batch, columns, findings, rowsFile }: WritingRows): Promise<void> {
  const values = columns.map(({ column, path, type }) => {
    const value = checkedValue(column, type);
    return `${batch.entity === 'event' && path === '_id' ? `coalesce(nullif(${value}, ''), generated_id)` : value} AS ${column}`;
  });
  // What no path leads to stays with the row, as it came.
  const source = findings.hasUnaddressable ? 'raw.text' : 'CAST(NULL AS VARCHAR)';
  await engine.run(
    `COPY (
      SELECT "row" AS "#row", ${primaryKeySql('ids')} AS "#key", ids AS "#ids",
        ${timestampOf('at')} AS "#ingested_at", ${source} AS "#source"${values.map((value) => `, ${value}`).join('')}
      FROM extracted ${findings.hasUnaddressable ? 'JOIN raw ON raw.rowid = "row"' : ''}
      WHERE "row" NOT IN (SELECT "row" FROM rejected)
    ) TO ${quoteText(rowsFile)} (FORMAT parquet)`,
    { at: batch.at },
  );
}

const shownRows = 10;

async function summarise(engine: Engine, files: readonly LoadedFile[]): Promise<readonly RejectedCode[]> {
  const rows = await engine.rows(`
    SELECT code, count(*) AS count, to_json(list("row" ORDER BY "row")[:${shownRows}])::VARCHAR AS first_rows
    FROM rejected GROUP BY code ORDER BY code`);
  return rows.map((row) => ({
    code: String(row['code']),
    count: Number(row['count']),
    rows: (JSON.parse(String(row['first_rows'])) as number[]).map((number) => placeOf(files, number)),
  }));
}

function placeOf(files: readonly LoadedFile[], row: number): string {
  const file = files.findLast(({ firstRow }) => firstRow <= row);
  return `${file?.name ?? ''}:${row - (file?.firstRow ?? 0) + 1}`;
}

const shownBytes = 10 * 1024;

async function writeRejects(
  engine: Engine,
  { files, lineCount }: LoadedLines,
  rejectsFile: string,
): Promise<void> {
  await engine.run('CREATE TABLE file (name VARCHAR, first_row BIGINT, end_row BIGINT)');
  const insert = await engine.prepare('INSERT INTO file VALUES ($name, $first, $end)');
  for (const [index, { name, firstRow }] of files.entries()) {
    await insert.run({ name: name, first: firstRow, end: files[index + 1]?.firstRow ?? lineCount });
  }
  insert.dispose();
  remove(rejectsFile);
  await engine.run(`
    COPY (
      SELECT name AS file, "row" - first_row + 1 AS line, code, reason, left(text, ${shownBytes}) AS "row"
      FROM rejected JOIN raw ON raw.rowid = "row" JOIN file ON "row" >= first_row AND "row" < end_row
      ORDER BY rejected."row"
    ) TO ${quoteText(rejectsFile)} (FORMAT parquet)`);
}
