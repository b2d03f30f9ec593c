import { randomUUID } from 'node:crypto';
import { StoreUnavailable } from '../../errors/platform-error';
import { openDataFolder } from './data-folder';
import { createBatchRepository } from './metadata/batches';
import { createPlainDocuments } from './metadata/documents';
import { createExportJobRepository } from './metadata/export-jobs';
import { openMetadata } from './metadata/open-metadata';
import { createSegmentDefinitionRepository } from './metadata/segment-definitions';
import { createSegmentJobRepository } from './metadata/segment-jobs';
import type { PlatformStore } from './platform-store';
import { createTenantRegistry } from './tenants';

export interface OpenStoreOptions {
  /** Made if it is missing; one process at a time. */
  readonly dataDir: string;
  /** Epoch milliseconds; for the times that the store itself writes. */
  readonly now?: () => number;
  readonly newId?: () => string;
}

/**
 * Opens the store in a folder: everything that the platform keeps.
 * @throws StoreUnavailable when the folder cannot be written, another process has it, or its database is damaged.
 */
export async function openStore(options: OpenStoreOptions): Promise<PlatformStore> {
  const { now = Date.now, newId = randomUUID } = options;
  const folder = openDataFolder(options.dataDir);
  try {
    const db = await openMetadata(folder.metadataFile);
    const tenants = createTenantRegistry({ db, now, newId });
    return {
      segmentDefinitions: createSegmentDefinitionRepository(db, tenants),
      segmentJobs: createSegmentJobRepository({ db, tenants, now }),
      exportJobs: createExportJobRepository({ db, tenants, now }),
      ...createPlainDocuments(db, tenants),
      batches: createBatchRepository({ db, tenants, pathOfFile: () => '' }),
      tenants: () => tenants.all(),
      profileData: () => Promise.reject(new StoreUnavailable('closed', 'Profile data are not open.')),
      close: async () => {
        await db.destroy();
        folder.release();
      },
    };
  } catch (error) {
    folder.release();
    throw error;
  }
}
