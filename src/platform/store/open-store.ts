import { randomBytes, randomUUID } from 'node:crypto';
import { cpus } from 'node:os';
import { StoreUnavailable } from '../../errors/platform-error';
import type { Tenant } from '../records';
import { openDataFolder, type DataFolder } from './data-folder';
import { createExportEngines } from './export-engines';
import { createFileLeases } from './files/leases';
import { exportedFilePath, openTenantFiles, sweep } from './files/tenant-files';
import { createBatchRepository } from './metadata/batches';
import { createPlainDocuments } from './metadata/documents';
import { emptyTenant } from './metadata/empty-tenant';
import { createExportJobRepository } from './metadata/export-jobs';
import { createMergePolicyRepository } from './metadata/merge-policies';
import { readNamedFiles } from './metadata/named-files';
import { openMetadata, type Metadata } from './metadata/open-metadata';
import { createSegmentDefinitionRepository } from './metadata/segment-definitions';
import { createSegmentJobRepository } from './metadata/segment-jobs';
import { keepSetting } from './metadata/settings';
import type { PlatformStore } from './platform-store';
import { createProfileData } from './profile-data';
import { createSampleEngines } from './sample-engines';
import { createTenantRegistry, type TenantRegistry } from './tenants';

export interface OpenStoreOptions {
  /** Made if it is missing; one process at a time. */
  readonly dataDir: string;
  /** Threads of each engine; as many as there are cores unless said. */
  readonly threads?: number;
  /** Memory of each engine, e.g. `2GB`; one runs for each ingest, evaluation, export and open lookup. */
  readonly memoryLimit?: string;
  /** Epoch milliseconds; for the times that the store itself writes. */
  readonly now?: () => number;
  readonly newId?: () => string;
}

/**
 * Opens the store in a folder: everything that the platform keeps. What a crash left behind is removed.
 * @throws StoreUnavailable when the folder cannot be written, another process has it, or its database is damaged.
 */
export async function openStore(options: OpenStoreOptions): Promise<PlatformStore> {
  const { now = Date.now, newId = randomUUID } = options;
  const folder = openDataFolder(options.dataDir);
  try {
    const db = await openMetadata(folder.metadataFile);
    const tenants = createTenantRegistry({ db, now, newId });
    for (const tenant of await tenants.all()) {
      sweep(openTenantFiles(folder.tenantFolder(tenant)), await readNamedFiles(db, tenant));
    }
    return createStore({ ...options, now, newId, db, folder, tenants });
  } catch (error) {
    folder.release();
    throw error;
  }
}

interface StoreParts extends OpenStoreOptions {
  readonly now: () => number;
  readonly newId: () => string;
  readonly db: Metadata;
  readonly folder: DataFolder;
  readonly tenants: TenantRegistry;
}

function createStore(parts: StoreParts): PlatformStore {
  const { db, folder, tenants, now } = parts;
  const opened = createOpenedData(parts);
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await opened.close();
    await db.destroy();
    folder.release();
  };
  return {
    segmentDefinitions: createSegmentDefinitionRepository(db, tenants),
    segmentJobs: createSegmentJobRepository({ db, tenants, now }),
    exportJobs: createExportJobRepository({ db, tenants, now }),
    ...createPlainDocuments(db, tenants),
    mergePolicies: createMergePolicyRepository(db, tenants),
    batches: createBatchRepository({
      db,
      tenants,
      pathOfFile: (tenant, batchId, name) => exportedFilePath(folder.tenantFolder(tenant), batchId, name),
    }),
    secret: (name) => keepSetting(db, `secret:${name}`, () => randomBytes(32).toString('hex')),
    tenants: () => tenants.all(),
    profileData: (tenant) => opened.of(tenant),
    empty: async (tenant) => {
      await tenants.ensure(tenant);
      await opened.closeOne(tenant);
      const removed = await emptyTenant(db, tenant, (transaction) => tenants.begin(transaction, tenant));
      // What a crash leaves of them now, nothing names, and the next start removes.
      sweep(openTenantFiles(folder.tenantFolder(tenant)), await readNamedFiles(db, tenant));
      return nounsOf(removed);
    },
    close: () => (closing ??= close()),
  };
}

/** What people know by a name of its own; the rest goes with it. */
const nouns: Readonly<Record<string, string>> = {
  profile_field: 'field',
  profile_fragment: 'imported batch',
};
const unspoken = new Set(['profile_generation', 'membership_head', 'segment_of_job', 'sequence']);

function nounsOf(removed: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(removed)
      .filter(([table]) => !unspoken.has(table))
      .map(([table, count]) => [nouns[table] ?? table.replaceAll('_', ' '), count]),
  );
}

type OpenedData = ReturnType<typeof createProfileData>;

/** The profile data that were asked for so far; one for each tenant, so that its work runs one at a time. */
function createOpenedData(parts: StoreParts): {
  of(tenant: Tenant): Promise<OpenedData>;
  /** Lets go of one tenant's data; the next `of` opens them anew. */
  closeOne(tenant: Tenant): Promise<void>;
  close(): Promise<void>;
} {
  const { db, folder, tenants, now, newId } = parts;
  const opened = new Map<string, OpenedData>();
  const engines = { sampleEngines: createSampleEngines(), exportEngines: createExportEngines() };
  let closed = false;
  const open = (tenant: Tenant): OpenedData => {
    const files = openTenantFiles(folder.tenantFolder(tenant));
    const limits = {
      threads: parts.threads ?? Math.max(1, cpus().length),
      memoryLimit: parts.memoryLimit ?? '2GB',
      tempFolder: files.temp,
    };
    const leases = createFileLeases();
    return createProfileData({ db, tenant, files, leases, ...engines, limits, now, newId });
  };
  return {
    of: async (tenant) => {
      if (closed) throw new StoreUnavailable('closed', 'The store is closed.');
      await tenants.ensure(tenant);
      const key = JSON.stringify([tenant.orgId, tenant.sandbox]);
      const data = opened.get(key) ?? open(tenant);
      opened.set(key, data);
      return data;
    },
    closeOne: async (tenant) => {
      const key = JSON.stringify([tenant.orgId, tenant.sandbox]);
      const data = opened.get(key);
      opened.delete(key);
      await data?.close();
    },
    close: async () => {
      closed = true;
      for (const data of opened.values()) await data.close();
      engines.sampleEngines.close();
      engines.exportEngines.close();
    },
  };
}
