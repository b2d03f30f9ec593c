import { Client } from 'pg';
import { Secret } from '../../src/lib/secret';
import { systemTimers } from '../../src/lib/timers';
import { openGatewayState } from '../../src/state/open-gateway-state';
import type { GatewayState } from '../../src/state/open-gateway-state';
import type { SharedDatabaseOptions } from '../../src/state/shared-database';
import type { RunDrivers } from '../../src/state/run-drivers';

export type SharedState = GatewayState & { readonly runDrivers: RunDrivers };

/** The state of one replica in a PostgreSQL. */
export async function openSharedState(
  url: string,
  options: Partial<SharedDatabaseOptions> = {},
): Promise<SharedState> {
  const log = { info: () => undefined, warn: () => undefined };
  const state = await openGatewayState({
    shared: { url: new Secret(url), timers: systemTimers, log, ...options },
  });
  const { runDrivers } = state;
  if (runDrivers === null) throw new Error('A shared state has drivers');
  return { ...state, runDrivers };
}

/** Runs statements as an administrator of the server. */
export async function tellServer(url: string, statement: string): Promise<void> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query(statement);
  await admin.end();
}
