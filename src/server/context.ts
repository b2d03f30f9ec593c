import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { AccessProofs } from '../datasources/access-proofs';
import type { Caller } from '../datasources/caller';
import { createDataSources } from '../datasources/create-data-sources';
import { bindCursors } from '../datasources/list-cursors';
import type { DownloadLinks } from '../datasources/download-links';
import type { CallTally } from '../datasources/rest-call';
import type { RestClient } from '../datasources/rest-client';
import type { GatewayContext } from '../resolvers/context';
import type { AudienceRuns } from '../runs/audience-runs';
import type { Destinations } from '../destinations/apply-template';
import type { CredentialSource, UpstreamMode } from '../schema/session.type';
import type { GatewayState } from '../state/open-gateway-state';
import type { TextSeal } from '../lib/text-seal';
import type { JobWatchers } from '../subscriptions/job-watchers';
import type { Telemetry } from '../telemetry/telemetry';

/** What all operations of a process share. */
export interface SharedParts {
  readonly client: RestClient;
  readonly cursorSeal: TextSeal;
  readonly watchers: JobWatchers;
  readonly downloadLinks: DownloadLinks;
  readonly access: AccessProofs;
  readonly runs: AudienceRuns;
  readonly state: GatewayState;
  readonly destinations: Destinations;
  readonly mode: UpstreamMode;
  readonly credential: CredentialSource;
  /** When the token ends that the gateway sends as its own; null where it has none. */
  readonly tokenEndsAt: () => Date | null;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
  /** Monotonic, ms; the client's own clock. */
  readonly monotonicMs: () => number;
  readonly log: Logger;
}

/** What one operation is made of. */
export interface OperationParts {
  readonly caller: Caller;
  readonly requestId: string;
  readonly signal: AbortSignal;
  readonly tally: CallTally;
}

/** What the resolvers of one operation are given: data sources that have cached nothing, and what the process shares. */
export function createContext(shared: SharedParts, operation: OperationParts): GatewayContext {
  const {
    client,
    watchers,
    downloadLinks,
    access,
    runs,
    state,
    destinations,
    mode,
    credential,
    tokenEndsAt,
    now,
  } = shared;
  // Each upstream call of the operation listens; how many there may be is the limits' affair, not Node's warning's.
  setMaxListeners(0, operation.signal);
  const cursors = bindCursors(shared.cursorSeal, operation.caller);
  const freshSources = (also?: CallTally): GatewayContext['sources'] =>
    createDataSources({
      client,
      cursors,
      ...operation,
      ...(also && { tally: jointTally(operation.tally, also) }),
    });
  return {
    ...operation,
    upstream: {
      mode,
      credential,
      tokenEndsAt,
      health: () => readHealth(shared, operation.caller.orgId),
    },
    sources: freshSources(),
    freshSources,
    cursors,
    watchers,
    downloadLinks,
    access,
    runs,
    state,
    destinations,
    now,
    log: shared.log.child({ requestId: operation.requestId }),
  };
}

/** Counts in both. */
function jointTally(one: CallTally, other: CallTally): CallTally {
  return {
    get upstreamCalls() {
      return other.upstreamCalls;
    },
    set upstreamCalls(count) {
      one.upstreamCalls += count - other.upstreamCalls;
      other.upstreamCalls = count;
    },
  };
}

/** The client's own id of a request where it is harmless to repeat, else a new one. */
export function toRequestId(given: string | readonly string[] | undefined): string {
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID();
}

function readHealth(
  { client, now, monotonicMs }: SharedParts,
  orgId: string,
): ReturnType<GatewayContext['upstream']['health']> {
  return client.health(orgId).map(({ service, circuit, p95Ms, lastError, retryAtMs }) => ({
    name: service,
    circuit,
    p95Ms: p95Ms === null ? null : Math.round(p95Ms * 10) / 10,
    lastError,
    retryAt: retryAtMs === null ? null : new Date(now().getTime() + retryAtMs - monotonicMs()),
  }));
}
