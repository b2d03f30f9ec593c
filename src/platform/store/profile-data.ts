import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ExportFailed } from '../../errors/platform-error';
import { invariant } from '../../lib/assert';
import type { UnionSchema } from '../../xdm/union-schema';
import type { SegmentJob, Tenant } from '../records';
import { throwIfAborted } from './engine/abort';
import type { EngineLimits } from './engine/engine';
import { openExportSession } from './export-session';
import type { FileLeases } from './files/leases';
import { createQueue } from './files/one-at-a-time';
import { publish } from './files/publish';
import { checkBatchId, remove, type TenantFiles } from './files/tenant-files';
import { ingestBatch } from './ingest/ingest-batch';
import { readRejectedRows } from './ingest/rejected-rows';
import { evaluatePass } from './membership/evaluate-pass';
import { commitEvaluation } from './metadata/commit-evaluation';
import type { Metadata } from './metadata/open-metadata';
import { createProfileCatalog, type KeptField, type ProfileCatalog } from './metadata/profile-catalog';
import type { EvaluationRequest, ProfileData } from './platform-store';
import { createNewestLookup } from './newest-lookup';
import { schemaOf } from './schema';
import { takeSnapshot, type Snapshot } from './snapshot';

export interface ProfileDataParts {
  readonly db: Metadata;
  readonly tenant: Tenant;
  readonly files: TenantFiles;
  readonly leases: FileLeases;
  readonly limits: EngineLimits;
  readonly now: () => number;
  readonly newId: () => string;
}

/** More files than this are joined into one by the next run, since each reader opens all of them. */
const mostMembershipFiles = 8;

/** One tenant's data behind the door; `close` when nothing of it runs any more. */
export function createProfileData(parts: ProfileDataParts): ProfileData & { close(): Promise<void> } {
  const { db, tenant, files, leases, limits, newId } = parts;
  const catalog = createProfileCatalog(db, tenant, parts.now);
  const inTurn = createQueue();
  const snapshot = (): Promise<Snapshot> => takeSnapshot({ catalog, files, leases });
  const lookup = createNewestLookup({ catalog, limits, snapshot });
  const schema = async (): ReturnType<ProfileData['schema']> => schemaOf(await catalog.fields());

  return {
    tenant,
    schema,
    addFields: async (fields) => {
      const added = fields.map((field): KeptField => ({ ...field, origin: 'operator' }));
      schemaOf([...(await catalog.fields()), ...added]);
      await catalog.addFields(added);
    },
    counts: async () => {
      const { generation } = await catalog.current();
      return { profiles: generation?.profiles ?? 0, events: generation?.events ?? 0 };
    },
    uploadFolder: async (batchId) => {
      const folder = join(files.uploads, checkBatchId(batchId));
      await mkdir(folder, { recursive: true });
      return folder;
    },
    ingest: (request) =>
      inTurn(async () => {
        checkBatchId(request.batch.id);
        const before = await snapshot();
        try {
          const report = await ingestBatch({ catalog, files, limits, newId, snapshot: before }, request);
          remove(join(files.uploads, request.batch.id));
          retireOld(before, await catalog.current(), { files, leases });
          return report;
        } finally {
          before.release();
        }
      }),
    rejectedRows: async (batchId, page) => {
      const fragment = await catalog.fragmentOf(batchId);
      return readRejectedRows({ file: fragment?.rejectsFile, folder: files.fragments, limits, page });
    },
    evaluate: (request) =>
      inTurn(async () => {
        const before = await snapshot();
        try {
          return await evaluate({ ...parts, schema: await schema() }, before, request);
        } finally {
          before.release();
        }
      }),
    openExport: async ({ signal }) => {
      const [fields, held] = await Promise.all([schema(), snapshot()]);
      const { generation } = held;
      if (generation === undefined) {
        held.release();
        throw new ExportFailed('There is no profile to export: import profiles first.');
      }
      return openExportSession({ ...parts, schema: fields, signal, snapshot: { ...held, generation } });
    },
    profileByIdentity: (identity) => lookup.find(identity),
    close: async () => {
      await inTurn(() => Promise.resolve());
      await lookup.close();
    },
  };
}

async function evaluate(
  {
    db,
    tenant,
    files,
    leases,
    limits,
    now,
    newId,
    schema,
  }: ProfileDataParts & { readonly schema: UnionSchema },
  { generation, sources, memberships }: Snapshot,
  { job, pass, at, onProgress, signal }: EvaluationRequest,
): Promise<SegmentJob | undefined> {
  const segmentIds = job.segments.map(({ segmentId }) => segmentId);
  invariant(new Set(segmentIds).size === segmentIds.length, 'A job names each segment once.');
  const evaluatedFrom = now();
  const commit = { db, tenant, jobId: job.id, segmentIds, evaluatedFrom };
  if (generation === undefined) {
    const counters = noMembers(segmentIds);
    const done = await commitEvaluation(db, {
      ...commit,
      counters,
      evaluatedTo: now(),
      file: undefined,
      takenOver: [],
    });
    return done?.job;
  }
  const others = [...memberships.keys()].filter((id) => !segmentIds.includes(id));
  const takenOver = sources.length > mostMembershipFiles ? others : [];
  const name = `${newId()}.duckdb`;
  const temp = join(files.temp, name);
  const path = join(files.memberships, name);
  const evaluation = {
    segmentIds,
    pass,
    schema,
    generation,
    sources,
    takenOver,
    at,
    limits,
    onProgress,
    signal,
  };
  try {
    const counters = await evaluatePass({ ...evaluation, target: temp });
    throwIfAborted(signal);
    await publish(temp, path);
    const done = await commitEvaluation(db, {
      ...commit,
      counters,
      evaluatedTo: now(),
      file: name,
      takenOver,
    });
    if (done === undefined) remove(path);
    else for (const file of done.droppedFiles) leases.retire(join(files.memberships, file));
    return done?.job;
  } catch (error) {
    remove(path);
    throw error;
  } finally {
    remove(temp);
    remove(`${temp}.wal`);
  }
}

function noMembers(segmentIds: readonly string[]): SegmentJob['counters'] & object {
  const none = { members: 0, realized: 0, existing: 0, exited: 0, byNamespace: {} };
  return { totalProfiles: 0, bySegment: Object.fromEntries(segmentIds.map((id) => [id, none])) };
}

/** Lets files go that the current data do not name any more. */
function retireOld(
  before: Snapshot,
  after: Awaited<ReturnType<ProfileCatalog['current']>>,
  { files, leases }: Pick<ProfileDataParts, 'files' | 'leases'>,
): void {
  const named = new Set([...after.memberships.values()].map((file) => join(files.memberships, file)));
  if (after.generation !== undefined) named.add(join(files.generations, after.generation.file));
  const old = [
    ...before.sources.map(({ file }) => file.path),
    ...(before.generation ? [before.generation.path] : []),
  ];
  for (const path of old) if (!named.has(path)) leases.retire(path);
}
