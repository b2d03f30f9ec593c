import { resolve } from 'node:path';
import { createAudienceRunRepository } from './audience-runs';
import type { AudienceRunRepository } from './audience-runs';
import { createExternalAudiences } from './external-audiences';
import type { ExternalAudiences } from './external-audiences';
import { openDatabase } from './open-database';
import type { StateDatabase } from './open-database';
import { createRunDrivers } from './run-drivers';
import type { RunDrivers } from './run-drivers';
import { openSharedDatabase } from './shared-database';
import type { SharedDatabaseOptions } from './shared-database';
import { openStateFolder } from './state-folder';

/** What the gateway itself remembers, one repository a noun. Never a token: see ADR 0012. */
export interface GatewayState {
  readonly audienceRuns: AudienceRunRepository;
  readonly externalAudiences: ExternalAudiences;
  /** Null where this process has the state alone, and drives all runs. */
  readonly runDrivers: RunDrivers | null;
  close(): Promise<void>;
}

/**
 * Opens the gateway's state: in a folder, made if it is missing, for this process alone; or in a PostgreSQL, shared with
 * other replicas, which need not be there yet: until it is, whoever uses the state gets SharedStateUnavailable.
 *
 * @throws GatewayStateUnavailable where the folder cannot be written, is in use, or holds a damaged or newer state.
 */
export async function openGatewayState(
  options: { readonly folder: string } | { readonly shared: SharedDatabaseOptions },
): Promise<GatewayState> {
  if ('folder' in options) return openFolder(resolve(options.folder));
  const db = openSharedDatabase(options.shared);
  return { ...repositoriesOf(db), runDrivers: createRunDrivers(db), close: () => db.destroy() };
}

async function openFolder(path: string): Promise<GatewayState> {
  const folder = openStateFolder(path);
  try {
    const db = await openDatabase(folder.databaseFile);
    folder.markUsed();
    return {
      ...repositoriesOf(db),
      runDrivers: null,
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

function repositoriesOf(db: StateDatabase): Pick<GatewayState, 'audienceRuns' | 'externalAudiences'> {
  return { audienceRuns: createAudienceRunRepository(db), externalAudiences: createExternalAudiences(db) };
}
