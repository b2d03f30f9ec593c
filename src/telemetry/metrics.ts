/** What the gateway counts and measures, said in events; who listens is not the business of who tells. */
export interface Metrics {
  requestEnded(request: EndedRequest): void;
  operationStarted(): void;
  operationEnded(operation: EndedOperation): void;
  upstreamCallStarted(service: string): void;
  upstreamCallEnded(call: EndedUpstreamCall): void;
  /** A call goes out once more: after a fault of the upstream, or with a new token. */
  upstreamRetried(service: string, reason: 'fault' | 'credential'): void;
  tokenRenewed(outcome: 'renewed' | 'refused' | 'unavailable'): void;
  callerRefused(code: string): void;
  readonly downloaded: (sizeBytes: number) => void;
  /** The upstream told an older status of a job after a newer one. */
  statusWentBack(kind: string): void;
  /** A call to what replicas share failed, or took too long. */
  backboneFailed(call: string): void;
  /** What is read when somebody looks, and not before. */
  observe(sources: GaugeSources): void;
}

export interface EndedRequest {
  /** One of the gateway's own routes, never the path that was asked for. */
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
}

/** What brought an operation, and brings its results back. */
export type Transport = 'http' | 'websocket' | 'sse' | 'multipart' | 'callback';

export interface EndedOperation {
  readonly transport: Transport;
  /** `none` where nothing was found that could run. */
  readonly type: 'query' | 'mutation' | 'subscription' | 'none';
  /** `ok`, or the code of its first error. */
  readonly outcome: string;
  readonly durationMs: number;
}

export interface EndedUpstreamCall {
  readonly service: string;
  readonly method: string;
  /** Null where no answer came. */
  readonly status: number | null;
  readonly durationMs: number;
}

export interface GaugeSources {
  readonly watching: () => {
    readonly subscribers: number;
    readonly watchedJobs: number;
    readonly upstreamPolls: number;
    readonly pollsSaved: number;
  };
  readonly sockets: () => number;
  /** Null: this process shares with nobody. */
  readonly backboneIsUp: () => boolean | null;
  /** How many circuits are in which state; each org has one for each service. */
  readonly circuits: () => readonly {
    readonly service: string;
    readonly state: string;
    readonly count: number;
  }[];
}

const nothing = (): void => undefined;

/** For nobody who listens. */
export const noMetrics: Metrics = {
  requestEnded: nothing,
  operationStarted: nothing,
  operationEnded: nothing,
  upstreamCallStarted: nothing,
  upstreamCallEnded: nothing,
  upstreamRetried: nothing,
  tokenRenewed: nothing,
  callerRefused: nothing,
  downloaded: nothing,
  statusWentBack: nothing,
  backboneFailed: nothing,
  observe: nothing,
};
