import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline as pump } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { Caller } from '../datasources/caller';
import { isRecord } from '../lib/is-record';
import type { GraphqlAnswer, OperationType } from './apollo';
import { answerByCallback, callbackOfPost } from './callback-route';
import { callerOfRequest } from './caller-source';
import { createContext, toRequestId } from './context';
import { refusalStatus } from './graphql-exchange';
import type { Exchange, GraphqlRouteParts } from './graphql-exchange';
import { refusal, securityHeaders, send } from './http-answers';
import { findLengthError } from './limits';
import { operationDeadlineMs } from './operation-door';
import { unchanging } from './live-caller';
import { noteOperation } from './operation-log';
import { corsHeaders } from './origins';
import { readJsonBody } from './read-body';
import { answerByStream, framingOfPost } from './stream-route';

/** POST /graphql. */
export async function answerOperation(
  parts: GraphqlRouteParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { telemetry } = parts.shared;
  const startedMs = performance.now();
  const requestId = toRequestId(request.headers['x-request-id']);
  const headers = { 'x-request-id': requestId, ...corsHeaders(request, parts.origins) };
  telemetry.metrics.operationStarted();
  const facts: Writable<RunFacts> = { body: null, type: 'none', errorCodes: [], upstreamCalls: 0 };
  let next: (() => Promise<void>) | null = null;
  try {
    next = await readAndRun(parts, { request, response, requestId, headers, startedMs }, facts);
  } catch (error) {
    facts.errorCodes = ['INTERNAL_SERVER_ERROR'];
    throw error;
  } finally {
    if (next === null) {
      const log = parts.shared.log.child({ requestId });
      const { body, ...told } = facts;
      const durationMs = performance.now() - startedMs;
      noteOperation({ log, telemetry }, body, { transport: 'http', durationMs, ...told });
    }
  }
  // A stream tells of itself, when it has ended.
  await next?.();
}

/** What is learnt of an operation while it runs. */
interface RunFacts {
  readonly body: unknown;
  readonly type: OperationType;
  readonly errorCodes: readonly unknown[];
  readonly upstreamCalls: number;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Answers, or says who does: where the answer is to be a stream. */
async function readAndRun(
  parts: GraphqlRouteParts,
  exchange: Exchange,
  facts: Writable<RunFacts>,
): Promise<(() => Promise<void>) | null> {
  const { request, response, requestId, headers } = exchange;
  const refuse = (status: number, code: string, message: string, more = headers): null => {
    facts.errorCodes = [code];
    send(request, response, refusal(status, { code, message, requestId }, more));
    return null;
  };
  const reading = await readJsonBody(request);
  if (reading.kind === 'refused') {
    // What has not been read of the body would be taken for the next request.
    const closing = reading.status === 413 ? { ...headers, connection: 'close' } : headers;
    return refuse(reading.status, 'BAD_REQUEST', reading.message, closing);
  }
  facts.body = reading.body;
  const caller = await callerOfRequest(request, parts.readCaller);
  if (caller.kind === 'refused') {
    parts.shared.telemetry.metrics.callerRefused(caller.code);
    return refuse(refusalStatus[caller.code], caller.code, caller.message);
  }
  const callback = callbackOfPost(parts, request, reading.body);
  if (callback !== null)
    return () => answerByCallback(parts, exchange, { caller: caller.caller, ...callback });
  const framing = framingOfPost(parts, request, reading.body);
  if (framing !== null)
    return () => answerByStream(parts, exchange, { caller: caller.caller, body: reading.body, framing });
  const lengthError = findLengthError(queryOf(reading.body));
  if (lengthError !== null) {
    return refuse(400, 'QUERY_TOO_COMPLEX', lengthError.message);
  }
  const { answer, upstreamCalls } = await run(parts, exchange, { caller: caller.caller, body: reading.body });
  Object.assign(facts, { type: answer.operationType, errorCodes: answer.errorCodes, upstreamCalls });
  await sendAnswer(response, answer, headers);
  return null;
}

async function run(
  { shared, graphql }: GraphqlRouteParts,
  { request, response, requestId }: Exchange,
  { caller, body }: { readonly caller: Caller; readonly body: unknown },
): Promise<{ readonly answer: GraphqlAnswer; readonly upstreamCalls: number }> {
  const leaving = signalOfLeaving(response);
  const tally = { upstreamCalls: 0 };
  const spec = { name: 'operation', kind: 'internal', attributes: { 'request.id': requestId } } as const;
  const answer = await shared.telemetry.tracing.span(spec, async (span) => {
    const answered = await graphql.answer({
      method: 'POST',
      headers: singleHeaders(request),
      search: '',
      body,
      scope: { requestId, log: shared.log.child({ requestId }) },
      createContext: () =>
        createContext(shared, {
          callers: unchanging(caller),
          requestId,
          until: { signal: AbortSignal.any([leaving, AbortSignal.timeout(operationDeadlineMs)]) },
          tally,
        }),
    });
    span.rename(answered.operationType);
    const [code] = answered.errorCodes;
    if (typeof code === 'string') span.fail(code);
    return answered;
  });
  return { answer, upstreamCalls: tally.upstreamCalls };
}

/** The headers of a request, each once; repeats of harmless ones are joined as Node does. */
export function singleHeaders(request: IncomingMessage): Map<string, string> {
  const entries = Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  );
  return new Map(entries);
}

/** Sends what Apollo answered, whole or in parts; `retryAfterMs` becomes Retry-After in whole seconds, rounded up. */
export async function sendAnswer(
  response: ServerResponse,
  { http, retryAfterMs }: GraphqlAnswer,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const wait = retryAfterMs === null ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
  response.writeHead(http.status ?? 200, {
    ...securityHeaders,
    ...Object.fromEntries(http.headers),
    ...headers,
    ...wait,
  });
  if (http.body.kind === 'complete') response.end(http.body.string);
  else await pump(Readable.from(http.body.asyncIterator), response);
}

function queryOf(body: unknown): string {
  return isRecord(body) && typeof body['query'] === 'string' ? body['query'] : '';
}

/** Fires when the client leaves before its answer is out. */
export function signalOfLeaving(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
