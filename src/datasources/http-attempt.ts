import type { Readable } from 'node:stream';
import type { Dispatcher, Pool } from 'undici';
import type { UpstreamError, UpstreamService } from '../errors/upstream-error';
import { parseJson } from '../lib/parse-json';
import { maskedProse } from '../lib/plain-prose';
import type { RestAnswer, RestMethod } from './rest-call';
import { sentWords } from './sent-words';
import {
  invalidResponse,
  nameOf,
  readRetryAfter,
  toConnectionError,
  toUpstreamError,
} from './upstream-answer';

/** One request on the wire, ready to send. */
export interface HttpAttempt {
  readonly service: UpstreamService;
  readonly method: RestMethod;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
}

/** How an attempt ended. `retry` says what a repeatable call may do next; whether it is repeatable is not decided here. */
export type Outcome =
  | { readonly kind: 'success'; readonly answer: RestAnswer }
  | {
      readonly kind: 'failure';
      readonly error: UpstreamError;
      readonly retry: RetryAdvice;
      /** Counts against the upstream's circuit: 5xx, no connection, no answer in time. */
      readonly isUpstreamFault: boolean;
    }
  | { readonly kind: 'abandoned' };

export type RetryAdvice =
  | { readonly kind: 'never' }
  | { readonly kind: 'backoff' }
  /** A damaged answer is worth one more look, not two. */
  | { readonly kind: 'once' }
  | { readonly kind: 'after'; readonly ms: number };

/** Sends one request and reads its whole answer within `timeoutMs`; never throws for what the network does. */
export async function attemptRequest(pool: Pool, attempt: HttpAttempt): Promise<Outcome> {
  const watch = watchTime(attempt);
  let response: Dispatcher.ResponseData | null = null;
  try {
    response = await pool.request({
      method: attempt.method,
      path: attempt.path,
      headers: attempt.headers,
      body: attempt.body,
      signal: watch.signal,
    });
    const text = await readText(response, attempt.maxBodyBytes);
    return text === null ? tooLarge(attempt, response.statusCode) : judge(attempt, response, text);
  } catch (error) {
    const isOver = watch.timedOut() || attempt.signal.aborted;
    return response === null || isOver
      ? failedConnection(attempt, error, watch.timedOut())
      : brokenOff(attempt, response, error);
  } finally {
    watch.stop();
  }
}

/** An answer that ended before its end: its status counts where it is one of failure. */
function brokenOff(attempt: HttpAttempt, response: Dispatcher.ResponseData, error: unknown): Outcome {
  const status = response.statusCode;
  if (status < 200 || status > 299) return refused(attempt, response, null);
  const cause = error instanceof Error ? error : new Error('It was no Error', { cause: error });
  return damaged(attempt, status, { why: 'it breaks off', cause });
}

/** The outcome of a request whose connection failed or whose time is up. */
export function failedConnection(attempt: HttpAttempt, error: unknown, timedOut: boolean): Outcome {
  if (attempt.signal.aborted && !timedOut) return { kind: 'abandoned' };
  return {
    kind: 'failure',
    error: toConnectionError(attempt.service, error, { isWrite: isWrite(attempt), timedOut }),
    retry: { kind: 'backoff' },
    isUpstreamFault: true,
  };
}

/** A signal that fires on the caller's or when the attempt's time is up; listeners are gone after `stop`. */
export function watchTime(attempt: { readonly signal: AbortSignal; readonly timeoutMs: number }): {
  readonly signal: AbortSignal;
  timedOut(): boolean;
  /** The time no longer counts; the caller's signal still does. */
  stopTimer(): void;
  stop(): void;
} {
  const controller = new AbortController();
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    controller.abort();
  }, attempt.timeoutMs);
  const onAbort = (): void => {
    controller.abort();
  };
  if (attempt.signal.aborted) controller.abort();
  else attempt.signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    timedOut: () => timedOut,
    stopTimer: () => {
      clearTimeout(timer);
    },
    stop: () => {
      clearTimeout(timer);
      attempt.signal.removeEventListener('abort', onAbort);
    },
  };
}

/** The outcome that an answer with this status and text means. */
function judge(attempt: HttpAttempt, response: Dispatcher.ResponseData, text: string): Outcome {
  const status = response.statusCode;
  const body = parseBody(text);
  if (status < 200 || status > 299) return refused(attempt, response, body === unreadable ? null : body);
  if (body === unreadable) {
    // A cancel or delete is accepted by its status alone (quirks M3, M5).
    if (attempt.method === 'DELETE') return success(response, null);
    return damaged(attempt, status, { why: 'it is not JSON', cause: beginningOf(text) });
  }
  if (body === null && attempt.method === 'GET') return damaged(attempt, status, { why: 'it is empty' });
  return success(response, body);
}

function success(response: Dispatcher.ResponseData, body: unknown): Outcome {
  return { kind: 'success', answer: { status: response.statusCode, body } };
}

/** The outcome of a status that is not 2xx. A redirect is one too: it is never followed with a credential. */
export function refused(
  attempt: HttpAttempt,
  response: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'>,
  body: unknown,
): Outcome {
  const status = response.statusCode;
  const retryAfter = readRetryAfter(oneHeader(response.headers, 'retry-after'), Date.now());
  const requestId = oneHeader(response.headers, 'x-request-id')?.slice(0, 100) ?? null;
  const own = sentWords(attempt);
  const error = toUpstreamError({ service: attempt.service, status, body, retryAfter, requestId, own });
  const isRepeatable = status === 429 || status >= 500;
  const wait: RetryAdvice =
    retryAfter.kind === 'wait'
      ? { kind: 'after', ms: retryAfter.ms }
      : { kind: retryAfter.kind === 'unusable' ? 'never' : 'backoff' };
  return {
    kind: 'failure',
    error,
    retry: isRepeatable ? wait : { kind: 'never' },
    isUpstreamFault: status >= 500,
  };
}

function damaged(
  attempt: HttpAttempt,
  status: number,
  { why, cause }: { readonly why: string; readonly cause?: Error },
): Outcome {
  return {
    kind: 'failure',
    error: invalidResponse(attempt.service, why, { status, cause, outcomeUnknown: isWrite(attempt) }),
    retry: { kind: 'once' },
    isUpstreamFault: false,
  };
}

function tooLarge(attempt: HttpAttempt, status: number): Outcome {
  const what = `it is larger than ${String(attempt.maxBodyBytes)} bytes`;
  const error = invalidResponse(attempt.service, what, { status, outcomeUnknown: isWrite(attempt) });
  return { kind: 'failure', error, retry: { kind: 'never' }, isUpstreamFault: false };
}

/** A success that cannot be read may have been one. */
function isWrite({ method }: HttpAttempt): boolean {
  return method !== 'GET' && method !== 'HEAD';
}

/** For the log alone: who answered there, a middleman or the upstream. */
function beginningOf(text: string): Error {
  const kind = /^\s*<(?:!doctype )?html\b/i.test(text) ? '<html> ' : '';
  return new Error(`The answer begins: ${kind}${maskedProse(text.slice(0, 200))}`);
}

/** The whole body as text; null where it is larger than allowed, and then the rest is not read. */
async function readText(response: Dispatcher.ResponseData, maxBytes: number): Promise<string | null> {
  const declared = Number(oneHeader(response.headers, 'content-length'));
  // HTTP's framing holds the sender to the length that it declared.
  if (declared <= maxBytes) return response.body.text();
  if (declared > maxBytes) {
    discard(response.body);
    return null;
  }
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    // Leaving the loop destroys the body and its connection.
    if (sizeBytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Drops a body and its connection. A body that is destroyed before its end says so by an error, which is no news. */
export function discard(body: Readable): void {
  body.on('error', () => undefined).destroy();
}

const unreadable = Symbol('unreadable');

function parseBody(text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return parseJson(text);
  } catch {
    return unreadable;
  }
}

/** One value of a header; the first where it is repeated. */
export function oneHeader(headers: Dispatcher.ResponseData['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** For a call that ends before it is sent: its time was up while it waited. */
export function outOfTime(service: UpstreamService): UpstreamError {
  const error = new Error(`${nameOf(service)} was not asked: the time was up before`);
  return toConnectionError(service, error, { isWrite: false, timedOut: true });
}
