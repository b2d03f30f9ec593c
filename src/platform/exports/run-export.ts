import { invariant } from '../../lib/assert';
import type { BatchFile, ExportJob, ExportSegment, Tenant } from '../records';
import type { ExportSession, PlatformStore, ReportProgress } from '../store/platform-store';
import { memberTable, planQuery, type ExportQuery } from './export-query';
import { memberFilter } from './member-filter';

export interface ExportRun {
  readonly store: PlatformStore;
  readonly tenant: Tenant;
  /** PROCESSING, with the batches that it is to fill. */
  readonly job: ExportJob;
  /** Called after each file; the export waits for it. */
  readonly onProgress?: ReportProgress | undefined;
  readonly signal: AbortSignal;
  /** One file holds at most so many rows. */
  readonly rowsPerFile?: number;
}

const defaultRowsPerFile = 250_000;

/** The engine holds a file's events in memory while it gathers them to lists. */
const defaultRowsPerFileWithEvents = 25_000;

/**
 * Writes an export: for each of its batches the members as Parquet, then in one transaction batches `success`, those of
 * the dataset's former exports `deleted`, the job SUCCEEDED.
 * @returns undefined, and leaves no file, when the job was no longer PROCESSING.
 * @throws ExportFailed when it names a field that does not exist, or there is no profile at all; AbortError.
 */
export async function runExport(run: ExportRun): Promise<ExportJob | undefined> {
  const { store, tenant, job, signal } = run;
  const data = await store.profileData(tenant);
  const session = await data.openExport({ signal });
  try {
    const written = await writeBatches(run, session);
    return await session.commit({
      jobId: job.id,
      datasetId: job.request.datasetId,
      batches: written.map(({ id, files }) => ({ id, files })),
      exportedProfiles: written.reduce((sum, { rows }) => sum + rows, 0),
      byNamespace: sumOf(written.map(({ byNamespace }) => byNamespace)),
    });
  } finally {
    await session.close();
  }
}

interface WrittenBatch {
  readonly id: string;
  readonly files: readonly BatchFile[];
  readonly rows: number;
  readonly byNamespace: Readonly<Record<string, number>>;
}

async function writeBatches(
  { job, onProgress, ...run }: ExportRun,
  session: ExportSession,
): Promise<WrittenBatch[]> {
  invariant(job.batches.length > 0, 'An export job has at least one batch.');
  const query = planQuery(job.request, session);
  const { events } = job.request;
  const rowsPerFile =
    run.rowsPerFile ?? (events === undefined ? defaultRowsPerFile : defaultRowsPerFileWithEvents);
  const written: WrittenBatch[] = [];
  for (const { batchId, segment } of job.batches) {
    const segments = segment === undefined ? job.request.segments : [segment];
    const progress = async (share: number): Promise<void> =>
      onProgress?.({ done: written.length + share, total: job.batches.length });
    await chooseMembers(session, job, segments);
    written.push(await writeBatch(session, { batchId, query, rowsPerFile, progress }));
  }
  return written;
}

async function chooseMembers(
  session: ExportSession,
  { request }: ExportJob,
  segments: readonly ExportSegment[],
): Promise<void> {
  const { condition, parameters } = memberFilter(request, segments);
  await session.run(
    `CREATE OR REPLACE TABLE ${memberTable} AS
    SELECT p."#pid" FROM profile p WHERE ${condition} ORDER BY p."#pid"`,
    parameters,
  );
}

interface BatchWriting {
  readonly batchId: string;
  readonly query: ExportQuery;
  readonly rowsPerFile: number;
  readonly progress: (share: number) => Promise<void>;
}

async function writeBatch(
  session: ExportSession,
  { batchId, query, rowsPerFile, progress }: BatchWriting,
): Promise<WrittenBatch> {
  const ranges = await rangesOf(session, rowsPerFile);
  const files: BatchFile[] = [];
  for (const [index, range] of ranges.entries()) {
    const name = `part-${String(index).padStart(5, '0')}.parquet`;
    const { sizeBytes, rowCount } = await session.writeParquet({ batchId, name, select: query(range) });
    files.push({ id: `${batchId}-${index + 1}`, name, sizeBytes, recordCount: rowCount });
    await progress((index + 1) / ranges.length);
  }
  const namespaces = await session.rows(
    `SELECT code, count(*) AS profiles FROM namespace SEMI JOIN ${memberTable} USING ("#pid") GROUP BY code ORDER BY code`,
  );
  return {
    id: batchId,
    files,
    rows: files.reduce((sum, { recordCount }) => sum + recordCount, 0),
    byNamespace: Object.fromEntries(namespaces.map((row) => [String(row['code']), Number(row['profiles'])])),
  };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Ranges of `#pid` with so many members each; of nobody one, so that there is a file with the columns. */
async function rangesOf(session: ExportSession, size: number): Promise<readonly Range[]> {
  const rows = await session.rows(
    `SELECT "#pid" AS pid FROM (SELECT "#pid", row_number() OVER (ORDER BY "#pid") - 1 AS place FROM ${memberTable})
    WHERE place % $size = 0 ORDER BY pid`,
    { size },
  );
  const starts = rows.map((row) => Number(row['pid']));
  if (starts.length === 0) return [{ from: 0, to: 0 }];
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? Number.MAX_SAFE_INTEGER }));
}

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [code, count] of counts.flatMap((each) => Object.entries(each))) {
    sums.set(code, (sums.get(code) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}
