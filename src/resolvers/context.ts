import type { Logger } from 'pino';
import type { DataSources } from '../datasources';
import type { AccessProofs } from '../datasources/access-proofs';
import type { Caller } from '../datasources/caller';
import type { DownloadLinks } from '../datasources/download-links';
import type { CallTally } from '../datasources/rest-call';
import type { ListCursors } from '../datasources/list-cursors';
import type { AudienceRuns } from '../runs/audience-runs';
import type { CredentialSource, ServiceHealth, UpstreamMode } from '../schema/session.type';
import type { Destinations } from '../destinations/apply-template';
import type { GatewayState } from '../state/open-gateway-state';
import type { JobWatchers } from '../subscriptions/job-watchers';

/** What every resolver may lean on; built per operation by server/context.ts; immutable. */
export interface GatewayContext {
  /** Echoes x-request-id; stands in every log line and is sent upstream. */
  readonly requestId: string;
  /** Who asks: token, API key, IMS org, sandbox. Never logged. */
  readonly caller: Caller;
  /** The same over the life of a stream. */
  readonly callers: Callers;
  /** What stands behind the gateway, whose credential goes there, and how it fares for the caller's org. */
  readonly upstream: {
    readonly mode: UpstreamMode;
    readonly credential: CredentialSource;
    /** When the gateway's own token ends; null where none of its own goes upstream. */
    tokenEndsAt(): Date | null;
    health(): readonly ServiceHealth[];
  };
  /** One set per operation, so that nothing cached outlives it. */
  readonly sources: DataSources;
  /**
   * A new set, for each event of a subscription and for reading again after waiting; with the credential that is the
   * caller's by now, unless with an earlier one.
   *
   * @param tally counts what is sent upstream through them, beside the operation's own.
   * @param signal ends their calls; the operation's own unless given.
   */
  freshSources(tally?: CallTally, caller?: Caller, signal?: AbortSignal): DataSources;
  /** For lists that are merged or kept here; the sources' own have theirs. */
  readonly cursors: ListCursors;
  readonly watchers: JobWatchers;
  readonly downloadLinks: DownloadLinks;
  /** Audience runs; for those who have proven access. */
  readonly runs: AudienceRuns;
  /** See `proveAccess`. */
  readonly access: AccessProofs;
  /** What the gateway itself remembers of all tenants: ask only for the caller's org and sandbox. */
  readonly state: GatewayState;
  /** The one way out to the destinations of audience templates. */
  readonly destinations: Destinations;
  /** Our own clock: for what is due next, never to be compared with the upstream's times. */
  now(): Date;
  /** Fires when the client leaves or the deadline passes. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/** Who asks, over the life of a connection: one person, whose token may end and be followed by a fresh one. */
export interface Callers {
  current(): Caller;
  /** Tells of what happens to his token; the answer ends the telling. */
  follow(listener: CallerListener): () => void;
  /** The same as what `follow` answered, for who would not hold it. */
  leave(listener: CallerListener): void;
}

export interface CallerListener {
  /** The present token ends soon; told at once where it is so already. */
  expiring?(): void;
  /** The present token has ended. */
  ended?(): void;
  /** `current()` is another one from now on. */
  renewed?(): void;
}
