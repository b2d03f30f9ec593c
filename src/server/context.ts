import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import type { Caller } from '../datasources/caller';
import type { AccessProofs } from '../datasources/access-proofs';
import { createDataSources } from '../datasources/create-data-sources';
import { bindCursors } from '../datasources/list-cursors';
import type { DownloadLinks } from '../datasources/download-links';
import type { CallTally } from '../datasources/rest-call';
import type { RestClient } from '../datasources/rest-client';
import type { Callers, GatewayContext } from '../resolvers/context';
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

/** Whose signal fires when the client leaves or the deadline passes. */
export interface Until {
  readonly signal: AbortSignal;
}

/** What one operation is made of. */
export interface OperationParts {
  readonly callers: Callers;
  readonly requestId: string;
  readonly until: Until;
  readonly tally: CallTally;
}

/** What the resolvers of one operation are given: data sources that have cached nothing, and what the process shares. */
export function createContext(shared: SharedParts, operation: OperationParts): GatewayContext {
  return new OperationContext(shared, operation);
}

/** Makes each part when it is asked for: every subscriber holds a context while he waits, and most never ask. */
class OperationContext implements GatewayContext {
  readonly caller: Caller;
  private ownSources: GatewayContext['sources'] | undefined;
  private ownCursors: GatewayContext['cursors'] | undefined;
  private ownLog: Logger | undefined;

  constructor(
    private readonly shared: SharedParts,
    private readonly operation: OperationParts,
  ) {
    // Stays for all that one event loads; what comes after a fresh token has a context of its own, or asks `callers`.
    this.caller = operation.callers.current();
  }

  get requestId(): string {
    return this.operation.requestId;
  }

  get callers(): Callers {
    return this.operation.callers;
  }

  get upstream(): GatewayContext['upstream'] {
    const { mode, credential, tokenEndsAt } = this.shared;
    return { mode, credential, tokenEndsAt, health: () => readHealth(this.shared, this.caller.orgId) };
  }

  get sources(): GatewayContext['sources'] {
    return (this.ownSources ??= this.freshSources());
  }

  freshSources(
    also?: CallTally,
    caller = this.callers.current(),
    signal = this.signal,
  ): GatewayContext['sources'] {
    const { requestId } = this.operation;
    const tally = also === undefined ? this.operation.tally : jointTally(this.operation.tally, also);
    const { cursors } = this;
    return createDataSources({ client: this.shared.client, cursors, caller, requestId, signal, tally });
  }

  get cursors(): GatewayContext['cursors'] {
    return (this.ownCursors ??= bindCursors(this.shared.cursorSeal, this.caller));
  }

  get watchers(): JobWatchers {
    return this.shared.watchers;
  }

  get downloadLinks(): DownloadLinks {
    return this.shared.downloadLinks;
  }

  get runs(): AudienceRuns {
    return this.shared.runs;
  }

  get access(): AccessProofs {
    return this.shared.access;
  }

  get state(): GatewayState {
    return this.shared.state;
  }

  get destinations(): Destinations {
    return this.shared.destinations;
  }

  /** Needs no context, for some take it alone. */
  get now(): () => Date {
    return this.shared.now;
  }

  get signal(): AbortSignal {
    const { signal } = this.operation.until;
    // Each upstream call of the operation listens; how many there may be is the limits' affair, not Node's warning's.
    setMaxListeners(0, signal);
    return signal;
  }

  get log(): Logger {
    return (this.ownLog ??= this.shared.log.child({ requestId: this.requestId }));
  }
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
    mayRepeat: (inMs) => other.mayRepeat?.(inMs) ?? true,
  };
}

/** The client's own id of a request where it is harmless to repeat, else a new one. */
export function toRequestId(given: string | readonly string[] | undefined): string {
  if (typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given)) return given;
  // Node hands out a chain of 17 strings, half a KiB, for as long as the id is held; this is one.
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
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
