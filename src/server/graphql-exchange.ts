import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CallerReader, CallerReading } from '../datasources/read-caller';
import type { GraphqlOverHttp } from './apollo';
import type { Callbacks } from './callbacks';
import type { SharedParts } from './context';
import type { HttpStreams } from './http-streams';
import type { OpenOperation } from './operation-door';
import { noteOperation } from './operation-log';
import type { Pipeline } from './pipeline';

/** What /graphql is served with. */
export interface GraphqlRouteParts {
  readonly pipeline: Pipeline;
  readonly graphql: GraphqlOverHttp;
  /** For what is answered by a stream. */
  readonly open: OpenOperation;
  readonly streams: HttpStreams;
  /** The way to the callbacks of routers; null: there is none. */
  readonly callbacks: Callbacks | null;
  readonly shared: SharedParts;
  readonly readCaller: CallerReader;
  /** The true time, for the end of tokens. */
  readonly wallClock: () => Date;
  readonly development: boolean;
  /** Whose pages may ask, besides the gateway's own. */
  readonly origins: readonly string[];
}

/** One request for an operation, and its answer. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Of whatever is answered. */
  readonly headers: Readonly<Record<string, string>>;
  /** By the monotonic clock. */
  readonly startedMs: number;
}

/** A caller who is not let in hears it by the status too; whoever may try again, that he may. */
export const refusalStatus: Readonly<Record<Extract<CallerReading, { kind: 'refused' }>['code'], number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  UPSTREAM_UNAVAILABLE: 503,
};

/** One line and one count for what never became an operation. */
export function noteRefusal(
  { log, telemetry }: SharedParts,
  refused: Pick<Exchange, 'requestId' | 'startedMs'> & {
    readonly transport: 'sse' | 'multipart' | 'callback';
    readonly code: string;
  },
): void {
  noteOperation({ log: log.child({ requestId: refused.requestId }), telemetry }, null, {
    transport: refused.transport,
    type: 'none',
    durationMs: performance.now() - refused.startedMs,
    errorCodes: [refused.code],
    upstreamCalls: 0,
  });
}
