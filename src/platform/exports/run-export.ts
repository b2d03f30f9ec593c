import { invariant } from '../../lib/assert';
import type { ExportJob, ExportRequest, ExportSegment, Tenant } from '../records';
import type { ExportSession } from '../store/api/export-session';
import type { ReportProgress } from '../store/api/progress';
import type { PlatformStore } from '../store/platform-store';
import { memberTable, planQuery, within, type MemberRange } from './export-query';
import { memberFilter } from './member-filter';
import { writeBatch, type WrittenBatch } from './write-batch';

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
  /** The engine looks up people among about so many. */
  readonly peoplePerLookup?: number;
  /** The engine gathers at most so many events at once, but always those of one person. */
  readonly eventsPerStep?: number;
}

const defaultRowsPerFile = 250_000;

/** Which takes it half the time that it takes among two million at once. */
const defaultPeoplePerLookup = 250_000;

/** The engine gathers the events of one step in memory, several kilobytes each. */
const defaultEventsPerStep = 50_000;

/**
 * Writes an export: for each of its batches the members as Parquet, then in one transaction batches `success`, those of
 * the dataset's former exports `deleted`, the job SUCCEEDED.
 * @returns undefined, and leaves no file, when the job was no longer PROCESSING.
 * @throws ExportFailed when it names a field that does not exist, or there is no profile at all; AbortError.
 */
export async function runExport(run: ExportRun): Promise<ExportJob | undefined> {
  const { store, tenant, job, signal } = run;
  const data = await store.profileData(tenant);
  const { mergeRule, segments } = job.request;
  const segmentIds = segments.map(({ segmentId }) => segmentId);
  const session = await data.openExport({ mergeRule, segmentIds, signal });
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

async function writeBatches(
  { job, onProgress, ...run }: ExportRun,
  session: ExportSession,
): Promise<WrittenBatch[]> {
  invariant(job.batches.length > 0, 'An export job has at least one batch.');
  const query = planQuery(job.request, session);
  const { rowsPerFile = defaultRowsPerFile, peoplePerLookup = defaultPeoplePerLookup } = run;
  const weightPerStep =
    job.request.events === undefined ? rowsPerFile : (run.eventsPerStep ?? defaultEventsPerStep);
  const written: WrittenBatch[] = [];
  for (const { batchId, segment } of job.batches) {
    const segments = segment === undefined ? job.request.segments : [segment];
    const progress = async (share: number): Promise<void> =>
      onProgress?.({ done: written.length + share, total: job.batches.length });
    await chooseMembers(session, { request: job.request, segments, peoplePerLookup });
    written.push(await writeBatch(session, { batchId, query, rowsPerFile, weightPerStep, progress }));
  }
  return written;
}

interface MembersToChoose {
  readonly request: ExportRequest;
  readonly segments: readonly ExportSegment[];
  readonly peoplePerLookup: number;
}

async function chooseMembers(
  session: ExportSession,
  { request, segments, peoplePerLookup }: MembersToChoose,
): Promise<void> {
  const { condition, members, parameters } = memberFilter(request, segments);
  // By itself: a semi-join makes the engine build its table of all profiles.
  if (members !== undefined)
    await session.run(`CREATE OR REPLACE TEMP TABLE ${chosenTable} AS ${members.sql}`, members.parameters);
  const isCut = members !== undefined && request.events === undefined;
  const ranges = isCut ? await rangesOfChosen(session, peoplePerLookup) : [undefined];
  for (const [index, range] of ranges.entries()) {
    const among = (table: string): string => (range === undefined ? table : within(table, range));
    await session.run(
      `${index === 0 ? `CREATE OR REPLACE TEMP TABLE ${memberTable} AS` : `INSERT INTO ${memberTable}`}
      SELECT p."#pid", p."#set" AS "set", ${request.events === undefined ? '1' : '1 + coalesce(e.events, 0)'} AS weight
      FROM ${among('profile')} p
      ${members === undefined ? '' : `JOIN ${among(chosenTable)} c USING ("#pid")`}
      ${request.events === undefined ? '' : `LEFT JOIN (${eventCounts}) e USING ("#pid")`}
      WHERE ${condition}`,
      parameters,
    );
  }
}

/** Ranges of `#pid` with about so many chosen in each; at least one, of all. */
async function rangesOfChosen(
  session: ExportSession,
  most: number,
): Promise<readonly (MemberRange | undefined)[]> {
  const [all] = await session.rows(`SELECT count(*) AS people, max("#pid") AS last FROM ${chosenTable}`);
  const count = Math.ceil(Number(all?.['people']) / most);
  if (count <= 1) return [undefined];
  // Their order is that of a hash, so that equal ranges have about as many.
  const places = Math.ceil((Number(all?.['last']) + 1) / count);
  return Array.from({ length: count }, (_, index) => ({ from: index * places, to: (index + 1) * places }));
}

const chosenTable = 'temp.main.chosen';

const eventCounts = 'SELECT "#pid", count(*) AS events FROM event GROUP BY "#pid"';

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums = new Map<string, number>();
  for (const [code, count] of counts.flatMap((each) => Object.entries(each))) {
    sums.set(code, (sums.get(code) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}
