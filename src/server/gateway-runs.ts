import { randomUUID } from 'node:crypto';
import type { Caller } from '../datasources/caller';
import { createDataSources } from '../datasources/create-data-sources';
import { systemTimers } from '../lib/timers';
import type { AudienceRuns } from '../runs/audience-runs';
import { createAudienceRuns } from '../runs/create-audience-runs';
import type { RunLease } from '../runs/run-fleet';
import type { SharedParts } from './context';

/**
 * The audience runs of a gateway.
 *
 * @param ownCaller the gateway's own credential, with which runs go on by themselves after a restart; null where callers
 * bring theirs: then a run rests until one of them comes.
 */
export function createGatewayRuns(
  { client, watchers, state, now, monotonicMs, log }: Omit<SharedParts, 'runs'>,
  ownCaller: (tenant: Pick<Caller, 'orgId' | 'sandbox'>) => Caller | null,
  lease: Partial<RunLease>,
): AudienceRuns {
  return createAudienceRuns({
    repository: state.audienceRuns,
    drivers: state.runDrivers,
    lease,
    watchers,
    sourcesOf: (caller, signal, tally) =>
      createDataSources({ client, caller, requestId: randomUUID(), signal, ...(tally && { tally }) }),
    ownCaller,
    clock: now,
    monotonicMs,
    timers: systemTimers,
    random: Math.random,
    newId: randomUUID,
    log,
  });
}
