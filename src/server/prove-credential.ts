import type { Caller } from '../datasources/caller';
import { createDataSources } from '../datasources/create-data-sources';
import { UpstreamForbidden } from '../errors/upstream-error';
import { toRequestId } from './context';
import type { SharedParts } from './context';

/** The client waits for its pong, and the old token runs out meanwhile. */
const patienceMs = 10_000;

/**
 * One read, to see that the upstream takes this credential. Who may not read segment definitions may yet read jobs. Where
 * the gateway sends a credential of its own there is nothing to prove.
 *
 * @throws UpstreamError as the upstream refuses, or does not answer within ten seconds.
 */
export async function proveCredential(
  { client, access, credential }: SharedParts,
  caller: Caller,
): Promise<void> {
  if (credential !== 'PASS_THROUGH') return;
  const signal = AbortSignal.timeout(patienceMs);
  const sources = createDataSources({ client, caller, requestId: toRequestId(undefined), signal });
  try {
    await access.prove(caller, sources);
  } catch (error) {
    if (!(error instanceof UpstreamForbidden)) throw error;
    await sources.segmentJobs.page({ first: 1 });
  }
}
