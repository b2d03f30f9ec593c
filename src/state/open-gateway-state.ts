import { resolve } from 'node:path';
import { createAudienceRunRepository } from './audience-runs';
import type { AudienceRunRepository } from './audience-runs';
import { createExternalAudiences } from './external-audiences';
import type { ExternalAudiences } from './external-audiences';
import { openDatabase } from './open-database';
import { openStateFolder } from './state-folder';

/** What the gateway itself remembers, one repository a noun. Never a token: see ADR 0012. */
export interface GatewayState {
  readonly audienceRuns: AudienceRunRepository;
  readonly externalAudiences: ExternalAudiences;
  close(): Promise<void>;
}

/**
 * Opens the gateway's state in a folder, made if it is missing, for this process alone.
 *
 * @throws GatewayStateUnavailable where the folder cannot be written, is in use, or holds a damaged or newer state.
 */
export async function openGatewayState(options: { readonly folder: string }): Promise<GatewayState> {
  const folder = openStateFolder(resolve(options.folder));
  try {
    const db = await openDatabase(folder.databaseFile);
    folder.markUsed();
    return {
      audienceRuns: createAudienceRunRepository(db),
      externalAudiences: createExternalAudiences(db),
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
