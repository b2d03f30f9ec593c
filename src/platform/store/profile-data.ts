import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ExportFailed } from '../../errors/platform-error';
import type { MergeRule, Tenant } from '../records';
import type { EngineLimits } from './engine/engine';
import { readDatasetRows } from './dataset-rows';
import { readDatasetOverlap } from './dataset-overlap';
import { evaluateJob } from './evaluate-job';
import type { ExportEngines } from './export-engines';
import { openExportSession } from './export-session';
import type { FileLeases } from './files/leases';
import { createQueue, type Queue } from './files/one-at-a-time';
import { checkBatchId, remove, type TenantFiles } from './files/tenant-files';
import { ingestBatch } from './ingest/ingest-batch';
import { eachRejectedRow, readRejectedRows } from './ingest/rejected-rows';
import { forgetPerson } from './forget-person';
import { mergeRuleKey } from './merge-rule';
import { readNamedFiles } from './metadata/named-files';
import type { Metadata } from './metadata/open-metadata';
import { createProfileCatalog, type KeptField, type ProfileCatalog } from './metadata/profile-catalog';
import type { ProfileData } from './api/profile-data';
import type { ReportProgress } from './api/progress';
import { createRuleLookups } from './rule-lookups';
import type { SampleEngines } from './sample-engines';
import { openSampleSession } from './sample-session';
import { schemaOf } from './schema';
import { isSettled, settleRule } from './settle-rule';
import { takeSnapshot, type Snapshot } from './snapshot';
import { withStrays } from './with-strays';

export interface ProfileDataParts {
  readonly db: Metadata;
  readonly tenant: Tenant;
  readonly files: TenantFiles;
  readonly leases: FileLeases;
  /** Of all tenants. */
  readonly sampleEngines: SampleEngines;
  readonly exportEngines: ExportEngines;
  readonly limits: EngineLimits;
  readonly now: () => number;
  readonly newId: () => string;
}

/** One tenant's data behind the door; `close` when nothing of it runs any more. */
export function createProfileData(parts: ProfileDataParts): ProfileData & { close(): Promise<void> } {
  const { tenant, files, limits, newId } = parts;
  const catalog = createProfileCatalog(parts.db, tenant, parts.now);
  const { change, fresh, snapshot } = createTurns(parts, catalog);
  const lookups = createRuleLookups({ catalog, limits, snapshot });
  const schema = async (): ReturnType<ProfileData['schema']> => schemaOf(await catalog.fields());
  const ruleOr = async (mergeRule: MergeRule | undefined): Promise<MergeRule> =>
    mergeRule ?? (await catalog.defaultRule());

  return {
    tenant,
    schema,
    ownFields: () => catalog.fields(),
    // In turn: an import that began before would write over the type that the operator gives.
    addFields: (fields) =>
      change(async () => {
        const added = fields.map((field): KeptField => ({ ...field, origin: 'operator' }));
        schemaOf([...(await catalog.fields()), ...added]);
        await catalog.addFields(added);
      }),
    counts: async (mergeRule) => {
      const ruleKey = await fresh(await ruleOr(mergeRule));
      const { generation } = await catalog.current(ruleKey);
      return { profiles: generation?.profiles ?? 0, events: generation?.events ?? 0 };
    },
    uploadFolder: async (batchId) => {
      const folder = join(files.uploads, checkBatchId(batchId));
      await mkdir(folder, { recursive: true });
      return folder;
    },
    ingest: (request) =>
      change(async () => {
        checkBatchId(request.batch.id);
        const mergeRule = await catalog.defaultRule();
        const report = await ingestBatch({ catalog, files, limits, newId, mergeRule }, request);
        remove(join(files.uploads, request.batch.id));
        return report;
      }),
    recordDatasets: () => catalog.recordDatasets(),
    rejectedRows: async (batchId, page) => {
      const fragment = await catalog.fragmentOf(batchId);
      return readRejectedRows({ file: fragment?.rejectsFile, folder: files.fragments, limits, page });
    },
    everyRejectedRow: async function* (batchId) {
      const fragment = await catalog.fragmentOf(batchId);
      yield* eachRejectedRow({ file: fragment?.rejectsFile, folder: files.fragments, limits });
    },
    evaluate: (request) =>
      change(async () => {
        const settle = ({ mergeRule }: { mergeRule: MergeRule }, onProgress: ReportProgress): Promise<void> =>
          settleRule({ ...parts, catalog, signal: request.signal, onProgress }, mergeRule);
        return evaluateJob({ ...parts, snapshot, settle }, request);
      }, request.signal),
    openExport: async ({ mergeRule, signal, segmentIds = [] }) => {
      const ruleKey = await fresh(await ruleOr(mergeRule), signal);
      const fields = await schema();
      const held = await withStrays(
        { catalog, files, limits, newId, snapshot, signal },
        { ruleKey, segmentIds },
      );
      const { generation } = held;
      if (generation === undefined) {
        held.release();
        throw new ExportFailed('There is no profile to export: import profiles first.');
      }
      return openExportSession({
        ...parts,
        engines: parts.exportEngines,
        schema: fields,
        signal,
        snapshot: { ...held, generation },
      });
    },
    openSample: async ({ mergeRule, signal }) => {
      const ruleKey = await fresh(await ruleOr(mergeRule), signal);
      const fields = await schema();
      return openSampleSession({
        engines: parts.sampleEngines,
        limits,
        signal,
        schema: fields,
        snapshot: await snapshot(ruleKey),
        hold: (path) => parts.leases.hold([path]),
      });
    },
    datasetRows: async (datasetId, limit) => {
      // Held, so that no file of a fragment goes meanwhile.
      const held = await snapshot(await fresh(await ruleOr(undefined)));
      try {
        const [fragments, fields] = [await catalog.fragments(), await schema()];
        return await readDatasetRows({ fragments, datasetId, schema: fields, files, limits, limit });
      } finally {
        held.release();
      }
    },
    datasetOverlap: async ({ mergeRule, sampleSize }) => {
      const held = await snapshot(await fresh(await ruleOr(mergeRule)));
      try {
        const fragments = await catalog.fragments();
        return await readDatasetOverlap({ snapshot: held, fragments, files, limits, sampleSize });
      } finally {
        held.release();
      }
    },
    profileByIdentity: async (identity, mergeRule) =>
      lookups.ask(await fresh(await ruleOr(mergeRule)), (lookup) => lookup.find(identity)),
    eventsByIdentity: async (identity, { mergeRule, ...wanted }) =>
      lookups.ask(await fresh(await ruleOr(mergeRule)), (lookup) => lookup.events(identity, wanted)),
    forgetPerson: (identity, mergeRule) =>
      change(async () => forgetPerson({ ...parts, catalog, snapshot }, await ruleOr(mergeRule), identity)),
    close: async () => {
      await change(() => Promise.resolve());
      await lookups.close();
      const isOwn = (path: string): boolean => dirname(path) === files.generations;
      parts.sampleEngines.closeOver(isOwn);
      parts.exportEngines.closeOver(isOwn);
    },
  };
}

interface Turns {
  /** Does what changes the data: one at a time. Files that nothing names any more go after it. */
  readonly change: Queue;
  /** Waits until the people of a rule are as new as the data. @returns the key of the rule. */
  readonly fresh: (mergeRule: MergeRule, signal?: AbortSignal) => Promise<string>;
  readonly snapshot: (ruleKey: string) => Promise<Snapshot>;
}

function createTurns(parts: ProfileDataParts, catalog: ProfileCatalog): Turns {
  const { files, leases } = parts;
  const inTurn = createQueue();
  const change: Queue = (work, signal) =>
    inTurn(async () => {
      try {
        return await work();
      } finally {
        // What could not be let go now goes at the next change or start; the work is done all the same.
        await retireUnnamed(parts).catch(() => undefined);
      }
    }, signal);
  return {
    change,
    fresh: async (mergeRule, signal) => {
      if (!(await isSettled(catalog, mergeRule))) {
        await change(() => settleRule({ ...parts, catalog, signal }, mergeRule), signal);
      }
      return mergeRuleKey(mergeRule);
    },
    snapshot: (ruleKey) => takeSnapshot({ catalog, files, leases, ruleKey }),
  };
}

/** Lets files go that no row names: replaced ones, and those of work that failed before its commit. */
async function retireUnnamed(parts: ProfileDataParts): Promise<void> {
  const { db, tenant, files, leases } = parts;
  const named = await readNamedFiles(db, tenant);
  const isGone = (path: string): boolean =>
    (['generations', 'memberships'] as const).some(
      (folder) => dirname(path) === files[folder] && !named[folder].has(basename(path)),
    );
  parts.sampleEngines.closeOver(isGone);
  parts.exportEngines.closeOver(isGone);
  for (const folder of ['generations', 'memberships'] as const) {
    for (const entry of readdirSync(files[folder])) {
      if (!named[folder].has(entry)) leases.retire(join(files[folder], entry));
    }
  }
}
