import type { DataSources } from '../datasources';
import type { Caller } from '../datasources/caller';
import type { JobWatchers } from '../subscriptions/job-watchers';
import type { DownloadLinks } from '../datasources/download-links';
import type { Logger } from 'pino';

/** What every resolver may lean on; built per operation by server/context.ts; immutable. */
export interface GatewayContext {
  /** Echoes x-request-id; stands in every log line and is sent upstream. */
  readonly requestId: string;
  /** Who asks: token, API key, IMS org, sandbox. Never logged. */
  readonly caller: Caller;
  /** One set per operation, so that nothing cached outlives it. */
  readonly sources: DataSources;
  /** A new set, for each event of a subscription. */
  freshSources(): DataSources;
  readonly watchers: JobWatchers;
  readonly downloadLinks: DownloadLinks;
  /** Fires when the client leaves or the deadline passes. */
  readonly signal: AbortSignal;
  readonly log: Logger;
}
