import type { BatchFile } from '../records';
import type { ExportSession } from '../store/api/export-session';
import { memberTable, type ExportQuery, type MemberRange } from './export-query';

export interface BatchToWrite {
  readonly batchId: string;
  readonly query: ExportQuery;
  readonly rowsPerFile: number;
  /** How much of the members' weight the engine takes on at once. */
  readonly weightPerStep: number;
  readonly progress: (share: number) => Promise<void>;
}

export interface WrittenBatch {
  readonly id: string;
  readonly files: readonly BatchFile[];
  readonly rows: number;
  readonly byNamespace: Readonly<Record<string, number>>;
}

/** Writes the chosen members to the files of one batch; of nobody one file, so that there are the columns. */
export async function writeBatch(session: ExportSession, batch: BatchToWrite): Promise<WrittenBatch> {
  const { batchId, query, rowsPerFile, weightPerStep, progress } = batch;
  const steps = await stepsOf(session, weightPerStep);
  const files: BatchFile[] = [];
  let stepsDone = 0;
  for (const ranges of filesOf(steps, rowsPerFile)) {
    const number = files.length + 1;
    const name = `part-${String(number - 1).padStart(5, '0')}.parquet`;
    const before = stepsDone;
    const onStep = (done: number): Promise<void> => progress((before + done) / steps.length);
    const select = await gather(session, { query, ranges, onStep });
    const { sizeBytes, rowCount } = await session.writeParquet({ batchId, name, select });
    files.push({ id: `${batchId}-${number}`, name, sizeBytes, recordCount: rowCount });
    stepsDone += ranges.length;
    await progress(stepsDone / steps.length);
  }
  return {
    id: batchId,
    files,
    rows: files.reduce((sum, { recordCount }) => sum + recordCount, 0),
    byNamespace: await countNamespaces(session),
  };
}

interface Gathering {
  readonly query: ExportQuery;
  readonly ranges: readonly MemberRange[];
  readonly onStep: (done: number) => Promise<void>;
}

const partTable = 'temp.main.part';

/** The SELECT of the rows of all ranges: made range by range into a table, which the engine can put aside to disk. */
async function gather(session: ExportSession, { query, ranges, onStep }: Gathering): Promise<string> {
  const [first, ...others] = ranges;
  if (first === undefined || others.length === 0) return query(first ?? { from: 0, to: 0 });
  await session.run(`CREATE OR REPLACE TEMP TABLE ${partTable} AS ${query(first)}`);
  for (const [index, range] of others.entries()) {
    await onStep(index + 1);
    await session.run(`INSERT INTO ${partTable} ${query(range)}`);
  }
  return `SELECT * FROM ${partTable}`;
}

interface Step extends MemberRange {
  readonly rows: number;
}

/** Ranges of `#pid` whose members weigh so much together; at least one. */
async function stepsOf(session: ExportSession, weight: number): Promise<readonly Step[]> {
  const [all] = await session.rows(
    `SELECT min("#pid") AS first, count(*) AS members, sum(weight)::BIGINT AS weight FROM ${memberTable}`,
  );
  const [members, weightOfAll] = [Number(all?.['members']), Number(all?.['weight'])];
  if (weightOfAll <= weight) {
    return [{ from: Number(all?.['first']), to: Number.MAX_SAFE_INTEGER, rows: members }];
  }
  const firsts =
    weightOfAll === members ? await countedFirsts(session, weight) : await sortedFirsts(session, weight);
  return firsts.map(({ pid, rows }, index) => ({
    from: pid,
    to: firsts[index + 1]?.pid ?? Number.MAX_SAFE_INTEGER,
    rows,
  }));
}

/** The first `#pid` of a range, and its members. */
interface FirstOfRange {
  readonly pid: number;
  readonly rows: number;
}

const bucketsPerStep = 64;

/** Where each member weighs 1: nobody need be sorted, for in a bucket of so many places there are no more members. */
async function countedFirsts(session: ExportSession, weight: number): Promise<readonly FirstOfRange[]> {
  const buckets = await session.rows(
    `SELECT min("#pid") AS pid, count(*) AS members FROM ${memberTable} GROUP BY "#pid" // $places ORDER BY pid`,
    { places: Math.max(1, Math.floor(weight / bucketsPerStep)) },
  );
  const firsts: FirstOfRange[] = [];
  for (const bucket of buckets) {
    const [pid, rows] = [Number(bucket['pid']), Number(bucket['members'])];
    const last = firsts.at(-1);
    if (last === undefined || last.rows + rows > weight) firsts.push({ pid, rows });
    else firsts[firsts.length - 1] = { pid: last.pid, rows: last.rows + rows };
  }
  return firsts;
}

async function sortedFirsts(session: ExportSession, weight: number): Promise<readonly FirstOfRange[]> {
  const rows = await session.rows(
    `SELECT min("#pid") AS pid, count(*) AS members
    FROM (SELECT "#pid", (sum(weight) OVER (ORDER BY "#pid") - 1) // $weight AS step FROM ${memberTable})
    GROUP BY step ORDER BY pid`,
    { weight },
  );
  return rows.map((row) => ({ pid: Number(row['pid']), rows: Number(row['members']) }));
}

/** Puts as many steps into one file as its rows allow. */
function filesOf(steps: readonly Step[], rowsPerFile: number): readonly (readonly Step[])[] {
  const files: { steps: Step[]; rows: number }[] = [];
  for (const step of steps) {
    const file = files.at(-1);
    if (file === undefined || file.rows + step.rows > rowsPerFile)
      files.push({ steps: [step], rows: step.rows });
    else {
      file.steps.push(step);
      file.rows += step.rows;
    }
  }
  return files.map((file) => file.steps);
}

async function countNamespaces(session: ExportSession): Promise<Readonly<Record<string, number>>> {
  const rows = await session.rows(`
    SELECT code, sum(people)::BIGINT AS profiles
    FROM (SELECT "set", count(*) AS people FROM ${memberTable} GROUP BY "set")
    JOIN namespace_set USING ("set") GROUP BY code ORDER BY code`);
  return Object.fromEntries(rows.map((row) => [String(row['code']), Number(row['profiles'])]));
}
