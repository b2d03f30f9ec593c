import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline as pump } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { DefaultCaller } from '../datasources/read-caller';
import { isRecord } from '../lib/is-record';
import type { GraphqlAnswer, GraphqlOverHttp } from './apollo';
import { callerOfRequest } from './caller-source';
import { createContext, toRequestId } from './context';
import type { SharedParts } from './context';
import { refusal, securityHeaders, send } from './http-answers';
import { findLengthError } from './limits';
import { corsHeaders } from './origins';
import { readJsonBody } from './read-body';

export interface GraphqlRouteParts {
  readonly graphql: GraphqlOverHttp;
  readonly shared: SharedParts;
  readonly defaultCaller: DefaultCaller | null;
  readonly development: boolean;
  /** Whose pages may ask, besides the gateway's own. */
  readonly origins: readonly string[];
}

/** The longest that one operation may take: a mutation that waits a minute for its job, and what it does besides. */
const operationDeadlineMs = 75_000;

/** POST /graphql. */
export async function answerOperation(
  parts: GraphqlRouteParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const startedMs = performance.now();
  const requestId = toRequestId(request.headers['x-request-id']);
  const log = parts.shared.log.child({ requestId });
  const headers = { 'x-request-id': requestId, ...corsHeaders(request, parts.origins) };
  const reading = await readJsonBody(request);
  if (reading.kind === 'refused') {
    // What has not been read of the body would be taken for the next request.
    const closing = reading.status === 413 ? { ...headers, connection: 'close' } : headers;
    send(
      request,
      response,
      refusal(reading.status, { code: 'BAD_REQUEST', message: reading.message, requestId }, closing),
    );
    return;
  }
  const caller = callerOfRequest(request, parts.defaultCaller);
  if (caller.kind === 'refused') {
    const status = caller.code === 'UNAUTHENTICATED' ? 401 : 400;
    send(request, response, refusal(status, { ...caller, requestId }, headers));
    return;
  }
  const lengthError = findLengthError(queryOf(reading.body));
  if (lengthError !== null) {
    send(
      request,
      response,
      refusal(400, { code: 'QUERY_TOO_COMPLEX', message: lengthError.message, requestId }, headers),
    );
    return;
  }
  const leaving = signalOfLeaving(response);
  const answer = await parts.graphql.answer({
    method: 'POST',
    headers: singleHeaders(request),
    search: '',
    body: reading.body,
    scope: { requestId, log },
    createContext: () =>
      createContext(parts.shared, {
        caller: caller.caller,
        requestId,
        signal: AbortSignal.any([leaving, AbortSignal.timeout(operationDeadlineMs)]),
      }),
  });
  await sendAnswer(response, answer, headers);
  logOperation(log, reading.body, {
    ms: Math.round(performance.now() - startedMs),
    errorCodes: answer.errorCodes,
  });
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

/** One line an operation; its name is the client's own text, so it is cut short. */
export function logOperation(
  log: Logger,
  body: unknown,
  facts: { readonly ms: number; readonly errorCodes: readonly unknown[] },
): void {
  const name = isRecord(body) ? body['operationName'] : undefined;
  log.info({ operation: typeof name === 'string' ? name.slice(0, 100) : null, ...facts }, 'operation');
}
