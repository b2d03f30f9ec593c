import { checkedValue, hasBadValue } from '../engine/checked-value';
import type { Engine } from '../engine/engine';
import { quoteText, timestampOf } from '../engine/sql-text';
import { remove } from '../files/tenant-files';
import type { BatchToRead } from './batch-to-read';
import type { ShapeDecisions } from './decide-shapes';
import { extractionSql, uncheckedColumn, type ExtractedColumn } from './extraction';
import { maxIdentityLength, primaryKeySql, withIdentities } from './identities-sql';
import { fitsNoCandidate, type OpenTexts } from './open-texts';
import { readFiles, rejectedPart, typedPart } from './part-files';
import type { Part } from './part-writer';
import { wrongType } from './shape-book';
import { respell } from './spelling';

export interface PartToExtract {
  readonly batch: BatchToRead;
  readonly part: Part;
  readonly number: number;
  readonly columns: readonly ExtractedColumn[];
  readonly decisions: ShapeDecisions;
  readonly texts: OpenTexts;
}

/**
 * Reads the columns out of the rows of one part and writes them to `typedPart`, and what is rejected to `rejectedPart`.
 * @returns how many rows were good.
 */
export async function extractPart(engine: Engine, extraction: PartToExtract): Promise<number> {
  const { batch, part, number, columns, decisions, texts } = extraction;
  await engine.run('CREATE OR REPLACE TABLE rejected ("row" BIGINT, code VARCHAR, reason VARCHAR)');
  let good = 0;
  if (part.rowsFile !== undefined) {
    await createPart(engine, part, decisions);
    await respell(engine, decisions.spelledShapes);
    await extract(engine, batch, columns);
    await rejectBadValues(engine, batch, columns);
    await texts.look(engine);
    good = await writeTyped(engine, extraction);
  }
  await writeRejected(engine, part, rejectedPart(batch.folder, number));
  for (const file of [part.rowsFile, part.refusedFile]) if (file !== undefined) remove(file);
  return good;
}

/** Makes the view `part` of the rows whose shapes are good, and rejects the others. */
async function createPart(engine: Engine, part: Part, { wrongShapes }: ShapeDecisions): Promise<void> {
  const refused =
    part.refusedFile === undefined
      ? ''
      : `WHERE "row" NOT IN (SELECT "row" FROM ${readFiles([part.refusedFile])})`;
  const rows = `SELECT * FROM ${readFiles([part.rowsFile ?? ''])} ${refused}`;
  await engine.run('CREATE OR REPLACE TABLE wrong_shape (shape INTEGER, reason VARCHAR)');
  if (wrongShapes.size > 0) {
    const shapes = [...wrongShapes].map(([shape, reason]) => ({ shape, reason }));
    await engine.run(
      `INSERT INTO wrong_shape SELECT unnest(from_json($shapes, '[{"shape":"INTEGER","reason":"VARCHAR"}]'), recursive := true)`,
      { shapes: JSON.stringify(shapes) },
    );
    await engine.run(
      `INSERT INTO rejected SELECT "row", 'wrong-type', reason FROM (${rows}) JOIN wrong_shape USING (shape)`,
    );
  }
  await engine.run(
    `CREATE OR REPLACE VIEW part AS SELECT * FROM (${rows}) WHERE shape NOT IN (SELECT shape FROM wrong_shape)`,
  );
}

async function extract(
  engine: Engine,
  batch: BatchToRead,
  columns: readonly ExtractedColumn[],
): Promise<void> {
  const eventId = columns.find(({ path }) => path === '_id')?.column ?? 'NULL';
  // An event that says no id gets one from its own text, so that the same line twice is the same event.
  const generatedId =
    batch.entity === 'event'
      ? `CASE WHEN coalesce(${eventId}, '') = '' THEN md5(trim(text, E' \\t\\r')) END`
      : 'NULL';
  await engine.run(`
    CREATE OR REPLACE TABLE extracted AS
    SELECT * EXCLUDE (text), ${generatedId} AS generated_id
    FROM (${withIdentities(extractionSql(columns), columns)})`);
}

interface Fault {
  readonly condition: string;
  readonly code: string;
  readonly reason: string;
}

async function rejectBadValues(
  engine: Engine,
  { entity }: BatchToRead,
  columns: readonly ExtractedColumn[],
): Promise<void> {
  const faults: Fault[] = [];
  for (const column of columns) {
    const { path, type, candidates } = column;
    const condition = fitsNoCandidate(column) ?? hasBadValue(uncheckedColumn(column));
    const expected = candidates === undefined ? type.kind : (candidates.at(-1)?.kind ?? type.kind);
    if (condition !== undefined)
      faults.push({ condition, code: 'wrong-type', reason: wrongType(path, expected) });
  }
  faults.push(...identityFaults);
  const timestamp = columns.find(({ path }) => path === 'timestamp')?.column ?? 'NULL';
  if (entity === 'event') {
    const reason = 'An event needs a timestamp.';
    faults.push({ condition: `${timestamp} IS NULL`, code: 'no-timestamp', reason });
  }
  const first = faults.map(({ condition }, index) => `WHEN ${condition} THEN ${index}`);
  await engine.run('CREATE OR REPLACE TABLE fault (fault INTEGER, code VARCHAR, reason VARCHAR)');
  await engine.run(
    `INSERT INTO fault SELECT unnest(from_json($faults, '[{"fault":"INTEGER","code":"VARCHAR","reason":"VARCHAR"}]'), recursive := true)`,
    { faults: JSON.stringify(faults.map(({ code, reason }, fault) => ({ fault, code, reason }))) },
  );
  await engine.run(`
    INSERT INTO rejected SELECT "row", code, reason
    FROM (SELECT "row", CASE ${first.join(' ')} END AS fault FROM extracted) JOIN fault USING (fault)`);
}

const identityFaults: readonly Fault[] = [
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
  {
    // An identity is known by `namespace:id`, and "a:b" of "c" would be "a" of "b:c".
    condition: `len(list_filter(ids, lambda i: contains(i.ns, ':'))) > 0`,
    code: 'invalid-identity',
    reason: 'The code of a namespace cannot have a colon.',
  },
];

async function writeTyped(
  engine: Engine,
  { batch, number, columns, decisions }: PartToExtract,
): Promise<number> {
  const values = columns.map((column) => {
    const value = checkedValue(uncheckedColumn(column));
    const isEventId = batch.entity === 'event' && column.path === '_id';
    return `, ${isEventId ? `coalesce(nullif(${value}, ''), generated_id)` : value} AS ${column.column}`;
  });
  // What no path leads to stays with the row, as it came.
  const keepsSource = decisions.notes.some(({ code }) => code === 'field-left-out');
  const path = typedPart(batch.folder, number);
  remove(path);
  const [good] = await engine.rows(
    'SELECT count(*) AS rows FROM extracted WHERE "row" NOT IN (SELECT "row" FROM rejected)',
  );
  if (good?.['rows'] === 0) return 0;
  const [written] = await engine.rows(
    `COPY (
      SELECT "row" AS "#row", ${primaryKeySql('ids')} AS "#key", ids AS "#ids",
        ${timestampOf('at')} AS "#ingested_at", ${keepsSource ? 'part.text' : 'CAST(NULL AS VARCHAR)'} AS "#source"${values.join('')}
      FROM extracted ${keepsSource ? 'JOIN part USING ("row")' : ''}
      WHERE "row" NOT IN (SELECT "row" FROM rejected)
    ) TO ${quoteText(path)} (FORMAT parquet)`,
    { at: batch.at },
  );
  return Number(written?.['Count']);
}

async function writeRejected(engine: Engine, part: Part, path: string): Promise<void> {
  const columns = 'file, place, code, reason, text';
  const [counted] = await engine.rows('SELECT count(*) AS rows FROM rejected');
  const judged =
    part.rowsFile === undefined || counted?.['rows'] === 0
      ? undefined
      : `SELECT ${columns} FROM rejected JOIN ${readFiles([part.rowsFile])} USING ("row")`;
  const refused =
    part.refusedFile === undefined ? undefined : `SELECT ${columns} FROM ${readFiles([part.refusedFile])}`;
  const all = [judged, refused].filter((select) => select !== undefined).join(' UNION ALL ');
  remove(path);
  if (all !== '')
    await engine.run(
      `COPY (SELECT * FROM (${all}) ORDER BY file, place) TO ${quoteText(path)} (FORMAT parquet)`,
    );
}
