import {
  UpstreamConflict,
  UpstreamForbidden,
  UpstreamInvalidResponse,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamTimeout,
  UpstreamUnauthorized,
  UpstreamUnavailable,
} from '../errors/upstream-error';
import type { UpstreamError, UpstreamFailure, UpstreamService } from '../errors/upstream-error';
import { isRecord } from '../lib/is-record';
import { requestIdWord } from '../lib/code-word';
import { noWords } from '../lib/plain-prose';
import type { OwnWords } from '../lib/plain-prose';
import { noProblem, readProblem } from './problem-reader';

/** An answer that is not a success, before it has a name. */
export interface FailedAnswer {
  readonly service: UpstreamService;
  readonly status: number;
  /** The parsed body where it is JSON. */
  readonly body: unknown;
  readonly retryAfter: RetryAfter;
  /** Of the answer's x-request-id header. */
  readonly requestId: string | null;
  /** What was sent: its own words may stand in what is shown. */
  readonly own?: OwnWords;
}

/** How long the upstream asks to wait. `unusable` is a header that cannot be obeyed: junk or negative. */
export type RetryAfter =
  { readonly kind: 'none' } | { readonly kind: 'wait'; readonly ms: number } | { readonly kind: 'unusable' };

type Make = (message: string, failure: UpstreamFailure, answer: FailedAnswer) => UpstreamError;

interface StatusRule {
  readonly matches: (status: number) => boolean;
  readonly says: string;
  readonly make: Make;
}

/** The one table from HTTP status to error; the first row that matches counts. The status is trusted, not the body (M12). */
const statusRules: readonly StatusRule[] = [
  { matches: is(401), says: 'did not accept the credential', make: (m, f) => new UpstreamUnauthorized(m, f) },
  { matches: is(403), says: 'does not allow this', make: (m, f) => new UpstreamForbidden(m, f) },
  { matches: is(404, 410), says: 'did not find it', make: (m, f) => new UpstreamNotFound(m, f) },
  { matches: is(409, 412), says: 'found a conflict', make: (m, f) => new UpstreamConflict(m, f) },
  { matches: is(429), says: 'asks for fewer requests', make: rateLimited },
  { matches: is(408), says: 'took too long', make: (m, f) => new UpstreamTimeout(m, f) },
  { matches: from(400, 499), says: 'rejected the request', make: (m, f) => new UpstreamRejected(m, f) },
  { matches: is(500), says: 'failed inside', make: (m, f) => new UpstreamInvalidResponse(m, f) },
  { matches: from(501, 599), says: 'is not available', make: (m, f) => new UpstreamUnavailable(m, f) },
  {
    matches: () => true,
    says: 'gave an answer that it should not',
    make: (m, f) => new UpstreamInvalidResponse(m, f),
  },
];

/**
 * Turns an answer that is not a success into its error. Of a refusal it shows the upstream's words where all of them are
 * plain; of a failure of the upstream's own (5xx) nothing but a code. What is not shown goes to the log as the cause, with
 * what is not plain hidden.
 */
export function toUpstreamError(answer: FailedAnswer): UpstreamError {
  const rule = statusRules.find(({ matches }) => matches(answer.status));
  if (rule === undefined) throw new Error('The table of statuses has lost its last row');
  const told = answer.body === null ? noProblem : readProblem(answer.body, answer.own ?? noWords);
  const isRefusal = answer.status >= 400 && answer.status < 500;
  const shown = isRefusal ? told : { ...told, title: null, detail: null, heard: '', items: [] };
  const hidden = told.hidden ?? (isRefusal ? null : told.detail);
  const detail = shown.detail === null ? '' : `: ${shown.detail}`;
  const failure: UpstreamFailure = {
    service: answer.service,
    status: answer.status,
    errorCode: shown.errorCode,
    title: shown.title,
    requestId: shown.requestId ?? requestIdWord(answer.requestId),
    problems: shown.items,
    detail: shown.detail,
    heard: shown.heard,
  };
  const message = `${nameOf(answer.service)} ${rule.says} (${String(answer.status)})${detail}`;
  const error = rule.make(message, failure, answer);
  if (hidden !== null) error.cause = new Error(`The upstream said: ${hidden}`);
  return error;
}

/** The upstream answered, but not with what this call's answer must be. */
export function invalidResponse(
  service: UpstreamService,
  what: string,
  details: { readonly status?: number; readonly cause?: unknown; readonly outcomeUnknown?: boolean } = {},
): UpstreamInvalidResponse {
  const options = details.cause === undefined ? undefined : { cause: details.cause };
  const failure = {
    service,
    status: details.status ?? null,
    outcomeUnknown: details.outcomeUnknown ?? false,
  };
  return new UpstreamInvalidResponse(
    `${nameOf(service)} gave an answer that it should not: ${what}`,
    failure,
    options,
  );
}

/** Nothing stands under this id, or it cannot be an id. */
export function notFound(service: UpstreamService, what: string): UpstreamNotFound {
  return new UpstreamNotFound(`${nameOf(service)} did not find ${what}`, { service, status: 404 });
}

/**
 * A call that ended without a whole answer. `sent` tells whether the request may have reached the upstream: a write
 * that did has an unknown outcome.
 */
export function toConnectionError(
  service: UpstreamService,
  error: unknown,
  call: { readonly isWrite: boolean; readonly timedOut: boolean },
): UpstreamError {
  const code = errorCodeOf(error);
  const outcomeUnknown = call.isWrite && !neverSent.has(code);
  const failure: UpstreamFailure = { service, status: null, outcomeUnknown };
  const doubt = outcomeUnknown ? '; it may have been done all the same' : '';
  const options = { cause: error };
  if (call.timedOut || code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new UpstreamTimeout(`${nameOf(service)} did not answer in time${doubt}`, failure, options);
  }
  if (unreadableCodes.has(code) || code.startsWith('HPE_')) {
    return new UpstreamInvalidResponse(
      `${nameOf(service)} gave an answer that cannot be read${doubt}`,
      failure,
      options,
    );
  }
  return new UpstreamUnavailable(`${nameOf(service)} cannot be reached${doubt}`, failure, options);
}

/** Reads `Retry-After`: seconds or an HTTP date. A wait of more than a day is shown as a day. */
export function readRetryAfter(header: string | undefined, nowMs: number): RetryAfter {
  if (header === undefined) return { kind: 'none' };
  const seconds = /^\s*\d{1,15}(\.\d+)?\s*$/.test(header) ? Number(header) : null;
  const ms = seconds === null ? Date.parse(header) - nowMs : seconds * 1000;
  const isDate = seconds === null && /[a-z]/i.test(header);
  if (!Number.isFinite(ms) || (seconds === null && !isDate)) return { kind: 'unusable' };
  return { kind: 'wait', ms: Math.min(Math.max(0, ms), dayMs) };
}

/** The service in words, at the start of a sentence. */
export function nameOf(service: UpstreamService): string {
  return serviceNames[service];
}

const dayMs = 86_400_000;

const serviceNames: Readonly<Record<UpstreamService, string>> = {
  segmentation: 'The segmentation service',
  catalog: 'The catalog',
  'data-access': 'Data access',
  'destination-authoring': 'The destination authoring service',
  ims: 'The token service',
};

const neverSent: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const unreadableCodes: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
]);

function errorCodeOf(error: unknown): string {
  return isRecord(error) && typeof error['code'] === 'string' ? error['code'] : '';
}

function rateLimited(message: string, failure: UpstreamFailure, answer: FailedAnswer): UpstreamRateLimited {
  const fromBody = readProblem(answer.body, noWords).retryAfterMs;
  const retryAfterMs = answer.retryAfter.kind === 'wait' ? answer.retryAfter.ms : fromBody;
  return new UpstreamRateLimited(message, { ...failure, retryAfterMs });
}

function is(...statuses: readonly number[]): (status: number) => boolean {
  return (status) => statuses.includes(status);
}

function from(low: number, high: number): (status: number) => boolean {
  return (status) => status >= low && status <= high;
}
