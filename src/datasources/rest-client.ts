import { BrokenCircuitError } from 'cockatiel';
import { Pool } from 'undici';
import { UpstreamTimeout, UpstreamUnauthorized, UpstreamUnavailable } from '../errors/upstream-error';
import type { UpstreamError, UpstreamService } from '../errors/upstream-error';
import { Gate } from '../lib/gate';
import { noTelemetry } from '../telemetry/telemetry';
import type { Telemetry } from '../telemetry/telemetry';
import { serviceOfPath } from './endpoints';
import { createFileDoor } from './file-door';
import { attemptRequest, outOfTime } from './http-attempt';
import type { HttpAttempt, Outcome, RetryAdvice } from './http-attempt';
import { measureCall } from './measured-call';
import { queryText, scopeHeaders } from './rest-call';
import type { FileAnswer, FileCall, RestAnswer, RestCall } from './rest-call';
import { SharedReads } from './shared-reads';
import type { OnJoined } from './shared-reads';
import { nameOf } from './upstream-answer';
import { passThrough } from './upstream-credential';
import type { CredentialHeaders, UpstreamCredential } from './upstream-credential';
import { UpstreamGuards } from './upstream-guard';
import type { CircuitCount, ServiceHealth } from './upstream-guard';

export interface RestClient {
  /**
   * Identical reads of one caller that are in flight together are one call, and its answer is everybody's: not to be
   * changed. @throws UpstreamError whatever else than a whole 2xx comes.
   */
  request(call: RestCall): Promise<RestAnswer>;
  /** A file as a stream; answers 200, 206 and 416. @throws UpstreamError otherwise. */
  stream(call: FileCall): Promise<FileAnswer>;
  /** How each service fares for one org. */
  health(orgId: string): readonly ServiceHealth[];
  /** Of all orgs together. */
  circuits(): readonly CircuitCount[];
  /** Ends all connections; calls in flight fail. */
  close(): Promise<void>;
}

export interface RestClientOptions {
  /** Origin of the upstream, with an optional path in front of all its paths. */
  readonly baseUrl: string;
  readonly limits?: Partial<RestLimits>;
  /** The caller's own unless given. */
  readonly credential?: UpstreamCredential;
  readonly telemetry?: Telemetry;
  /** Monotonic, ms. */
  readonly clock?: () => number;
  /** 0 up to 1. */
  readonly random?: () => number;
  /** Told of each read that another one's call has answered. */
  readonly onJoined?: OnJoined;
  /** Told of each refusal in words that are not shown, with what is not plain hidden. */
  readonly onUntold?: (untold: UntoldRefusal) => void;
}

export interface UntoldRefusal {
  readonly requestId: string;
  readonly service: UpstreamService;
  readonly status: number;
  readonly words: string;
}

export interface RestLimits {
  readonly attemptTimeoutMs: number;
  /** Of a whole call with its retries and waits. */
  readonly deadlineMs: number;
  readonly connectTimeoutMs: number;
  readonly maxAttempts: number;
  readonly backoffBaseMs: number;
  /** A longer Retry-After is not waited for. */
  readonly maxRetryAfterMs: number;
  readonly maxBodyBytes: number;
  readonly callsPerTenant: number;
  readonly connections: number;
  /** Files that one org may have open at once, also for their rows. */
  readonly filesPerTenant: number;
  readonly fileConnections: number;
}

const defaultLimits: RestLimits = {
  attemptTimeoutMs: 5_000,
  deadlineMs: 10_000,
  connectTimeoutMs: 1_000,
  maxAttempts: 3,
  backoffBaseMs: 100,
  maxRetryAfterMs: 5_000,
  maxBodyBytes: 10 * 1024 * 1024,
  callsPerTenant: 64,
  connections: 256,
  filesPerTenant: 16,
  fileConnections: 256,
};

const allServices: readonly UpstreamService[] = [
  'segmentation',
  'catalog',
  'data-access',
  'destination-authoring',
];

/**
 * Makes the one door to the upstream: headers, deadline, retries, circuit breaker, limits; one pool of connections for
 * calls and one for files.
 *
 * Only GET is repeated, at most three times, with full jitter; and any call once, with another credential, where the
 * first one was not taken (401). Redirects are never followed.
 */
export function createRestClient(options: RestClientOptions): RestClient {
  const base = new URL(options.baseUrl);
  const limits: RestLimits = { ...defaultLimits, ...options.limits };
  const pool = new Pool(base.origin, {
    connections: limits.connections,
    connect: { timeout: limits.connectTimeoutMs },
    // The attempt's own timer counts the whole answer; these only clear up behind it.
    headersTimeout: limits.deadlineMs,
    bodyTimeout: 60_000,
  });
  const basePath = base.pathname.replace(/\/+$/, '');
  const credential = options.credential ?? passThrough;
  const telemetry = options.telemetry ?? noTelemetry;
  const files = createFileDoor({
    credential,
    telemetry,
    origin: base.origin,
    basePath,
    filesPerTenant: limits.filesPerTenant,
    waitMs: limits.deadlineMs,
    headersTimeoutMs: limits.attemptTimeoutMs,
    connectTimeoutMs: limits.connectTimeoutMs,
    connections: limits.fileConnections,
  });
  const clock = options.clock ?? (() => performance.now());
  const deps: ClientParts = {
    pool,
    limits,
    credential,
    telemetry,
    clock,
    basePath,
    random: options.random ?? Math.random,
    guards: new UpstreamGuards(clock),
    gates: new Map(),
    reads: new SharedReads(options.onJoined),
    onUntold: options.onUntold,
  };
  return {
    request: (call) => requestOnce(deps, call),
    stream: (call) => files.stream(call),
    health: (orgId) => allServices.map((service) => deps.guards.health(service, orgId)),
    circuits: () => deps.guards.circuits(),
    close: async () => {
      await Promise.all([pool.destroy(), files.close()]);
    },
  };
}

interface ClientParts {
  readonly pool: Pool;
  readonly basePath: string;
  readonly limits: RestLimits;
  readonly clock: () => number;
  readonly random: () => number;
  readonly guards: UpstreamGuards;
  readonly credential: UpstreamCredential;
  readonly telemetry: Telemetry;
  /** By org; an entry is dropped when nobody is inside. */
  readonly gates: Map<string, Gate>;
  readonly reads: SharedReads<RestAnswer>;
  readonly onUntold: RestClientOptions['onUntold'];
}

/** Sends a write, or a read that is not in flight for the same caller already. */
async function requestOnce(parts: ClientParts, call: RestCall): Promise<RestAnswer> {
  const { caller, requestId, signal } = call;
  if (isRead(call)) {
    return parts.reads.read({
      orgId: caller.orgId,
      key: readKey(call),
      requestId,
      signal,
      start: (shared) => requestWithRetries(parts, { ...call, signal: shared }),
      abandoned: () => abandoned(serviceOfPath(call.path), signal),
    });
  }
  // What begins while it is on its way may still see how things were before: nobody joins that afterwards either.
  parts.reads.startAnew(caller.orgId);
  try {
    return await requestWithRetries(parts, call);
  } finally {
    parts.reads.startAnew(caller.orgId);
  }
}

function isRead({ method, isReading }: RestCall): boolean {
  return method === 'GET' || isReading === true;
}

/** The caller's key stands for his credential, org and sandbox, so that no two callers ever share. */
function readKey({ caller, method, path, query, body }: RestCall): string {
  return `${caller.key} ${method} ${path}${queryText(query)} ${body === undefined ? '' : JSON.stringify(body)}`;
}

async function requestWithRetries(parts: ClientParts, call: RestCall): Promise<RestAnswer> {
  const service = serviceOfPath(call.path);
  const { limits } = parts;
  const endsAtMs = parts.clock() + limits.deadlineMs;
  const guard = parts.guards.of(service, call.caller.orgId);
  const prepared = prepare(parts, call, service);
  const credentials = oneRenewal(parts, call);
  guard.budget.noteCall();
  for (let attempt = 1; ; attempt += 1) {
    const headers = { ...prepared.headers, ...(await credentials.headers(timeLeft(parts, endsAtMs))) };
    const timeoutMs = timeLeft(parts, endsAtMs);
    const outcome = await guardedAttempt(parts, call, { ...prepared, headers, timeoutMs });
    if (outcome.kind === 'success') {
      parts.credential.accepted(headers);
      return outcome.answer;
    }
    if (outcome.kind === 'abandoned') throw abandoned(service, call.signal);
    if (await credentials.wereRenewed(outcome.error, timeLeft(parts, endsAtMs))) continue;
    const waitMs = retryWait(parts, outcome.retry, attempt);
    const mayRepeat = call.method === 'GET' && waitMs !== null && parts.clock() + waitMs < endsAtMs;
    if (!mayRepeat || call.tally?.mayRepeat?.(waitMs) === false || !guard.budget.takeRetry())
      throw blamed(parts, outcome.error);
    parts.telemetry.metrics.upstreamRetried(service, 'fault');
    if (!(await sleep(waitMs, call.signal))) throw abandoned(service, call.signal);
  }
}

/** The headers of one call's attempts. A 401 is answered with new ones once, where there are any; it counts as no retry. */
function oneRenewal(
  { credential, telemetry }: ClientParts,
  call: RestCall,
): {
  headers(timeoutMs: number): Promise<CredentialHeaders>;
  wereRenewed(error: UpstreamError, timeoutMs: number): Promise<boolean>;
} {
  let used: CredentialHeaders = {};
  let isRenewed = false;
  return {
    headers: async (timeoutMs) => (used = await credential.headersFor(call, timeoutMs)),
    wereRenewed: async (error, timeoutMs) => {
      if (!(error instanceof UpstreamUnauthorized) || isRenewed) return false;
      isRenewed = true;
      if (!(await credential.renew(used, call, timeoutMs))) return false;
      telemetry.metrics.upstreamRetried(error.service, 'credential');
      return true;
    },
  };
}

function blamed({ credential }: Pick<ClientParts, 'credential'>, error: UpstreamError): UpstreamError {
  return error instanceof UpstreamUnauthorized ? credential.blame(error) : error;
}

/** One attempt inside the tenant's share of connections and behind the service's circuit breaker. */
async function guardedAttempt(parts: ClientParts, call: RestCall, attempt: HttpAttempt): Promise<Outcome> {
  const { service } = attempt;
  const { orgId } = call.caller;
  if (attempt.timeoutMs <= 0) return failure(outOfTime(service));
  const gate = gateOf(parts, orgId);
  const entered = gate.enter(attempt.timeoutMs, attempt.signal);
  if (entered !== true && !(await entered)) {
    return attempt.signal.aborted ? { kind: 'abandoned' } : failure(outOfTime(service));
  }
  const startedAtMs = parts.clock();
  try {
    const outcome = await parts.guards
      .of(service, orgId)
      .breaker.execute(() => measuredAttempt(parts, call, attempt));
    parts.guards.record(service, orgId, { durationMs: parts.clock() - startedAtMs, outcome });
    return outcome;
  } catch (error) {
    if (error instanceof BrokenCircuitError) return failure(resting(service, error));
    throw error;
  } finally {
    gate.leave();
    if (gate.isIdle) parts.gates.delete(orgId);
  }
}

/** What really goes out, told to who counts and traces. */
function measuredAttempt(parts: ClientParts, call: RestCall, attempt: HttpAttempt): Promise<Outcome> {
  if (call.tally !== undefined) call.tally.upstreamCalls += 1;
  return measureCall(parts.telemetry, attempt, async () => {
    const outcome = await attemptRequest(parts.pool, attempt);
    if (outcome.kind === 'failure') noteUntold(parts, call, outcome.error);
    return { outcome, status: statusOf(outcome) };
  });
}

/** Failures of the upstream's own are told where the operation ends with them. */
function noteUntold(
  { onUntold }: ClientParts,
  { requestId }: RestCall,
  { service, status, cause }: UpstreamError,
): void {
  if (status === null || status < 400 || status >= 500 || !(cause instanceof Error)) return;
  onUntold?.({ requestId, service, status, words: cause.message });
}

function statusOf(outcome: Outcome): number | null {
  if (outcome.kind === 'success') return outcome.answer.status;
  return outcome.kind === 'failure' ? outcome.error.status : null;
}

function prepare(
  parts: ClientParts,
  call: RestCall,
  service: UpstreamService,
): Omit<HttpAttempt, 'timeoutMs'> {
  const body = call.body === undefined ? null : JSON.stringify(call.body);
  return {
    service,
    method: call.method,
    path: `${parts.basePath}${call.path}${queryText(call.query)}`,
    headers: {
      ...scopeHeaders(call),
      accept: 'application/json',
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    body,
    signal: call.signal,
    maxBodyBytes: parts.limits.maxBodyBytes,
  };
}

/** How long to wait before the next attempt; null where there is to be none. */
function retryWait(parts: ClientParts, advice: RetryAdvice, attempt: number): number | null {
  const { maxAttempts, backoffBaseMs, maxRetryAfterMs } = parts.limits;
  if (attempt >= maxAttempts) return null;
  // Full jitter: callers that failed together do not come back together.
  const backoffMs = parts.random() * backoffBaseMs * 2 ** (attempt - 1);
  switch (advice.kind) {
    case 'never':
      return null;
    case 'once':
      return attempt === 1 ? backoffMs : null;
    case 'after':
      return advice.ms <= maxRetryAfterMs ? advice.ms : null;
    case 'backoff':
      return backoffMs;
  }
}

function timeLeft(parts: ClientParts, endsAtMs: number): number {
  return Math.min(parts.limits.attemptTimeoutMs, endsAtMs - parts.clock());
}

function gateOf(parts: ClientParts, orgId: string): Gate {
  let gate = parts.gates.get(orgId);
  if (gate === undefined) {
    gate = new Gate(parts.limits.callsPerTenant);
    parts.gates.set(orgId, gate);
  }
  return gate;
}

function failure(error: UpstreamError): Outcome {
  return { kind: 'failure', error, retry: { kind: 'never' }, isUpstreamFault: false };
}

function resting(service: UpstreamService, cause: Error): UpstreamUnavailable {
  const message = `${nameOf(service)} has failed too often and is left alone for a moment; try again in two seconds`;
  return new UpstreamUnavailable(message, { service, status: null }, { cause });
}

function abandoned(service: UpstreamService, signal: AbortSignal): UpstreamTimeout {
  const message = `${nameOf(service)} was not waited for: the operation had ended`;
  return new UpstreamTimeout(message, { service, status: null }, { cause: signal.reason });
}

/** False where the signal fired first. */
function sleep(ms: number, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const onAbort = (): void => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve(true);
    }, ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}
