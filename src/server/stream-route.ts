import type { IncomingMessage, ServerResponse } from 'node:http';
import { OperationTypeNode, getOperationAST } from 'graphql';
import type { GraphQLFormattedError } from 'graphql';
import type { Caller } from '../datasources/caller';
import { callerOfRequest } from './caller-source';
import { toRequestId } from './context';
import { noteRefusal, refusalStatus } from './graphql-exchange';
import type { Exchange, GraphqlRouteParts } from './graphql-exchange';
import { jsonAnswer, refusal, send } from './http-answers';
import type { OperationPayload } from './operation-door';
import { createLiveCaller } from './live-caller';
import { readPayload, readPayloadOfSearch } from './operation-payload';
import type { PayloadReading } from './operation-payload';
import { corsHeaders, mayAskByGet } from './origins';
import { prepare } from './pipeline';
import type { Pipeline } from './pipeline';
import { eventStream, takesWholeAnswers, wantedFraming } from './stream-framing';
import type { StreamFraming } from './stream-framing';

/** A POST whose answer is to be a stream: a subscription, and anything for a client who takes nothing but events. */
export function framingOfPost(
  { pipeline }: GraphqlRouteParts,
  request: IncomingMessage,
  body: unknown,
): StreamFraming | null {
  const { accept } = request.headers;
  const framing = wantedFraming(accept);
  if (framing === null || (framing === eventStream && !takesWholeAnswers(accept))) return framing;
  return subscriptionIn(pipeline, body) === null ? null : framing;
}

/** The subscription that a body asks for; null: whatever else, and no operation at all, gets one whole answer. */
export function subscriptionIn(pipeline: Pipeline, body: unknown): OperationPayload | null {
  const reading = readPayload(body);
  if (reading.kind === 'refused') return null;
  const { payload } = reading;
  const prepared = prepare(pipeline, payload);
  if ('errors' in prepared) return null;
  const operation = getOperationAST(prepared.document, payload.operationName)?.operation;
  return operation === OperationTypeNode.SUBSCRIPTION ? payload : null;
}

/** Answers by a stream; a body that holds no operation is refused before it begins. */
export async function answerByStream(
  parts: GraphqlRouteParts,
  exchange: Exchange,
  asked: { readonly caller: Caller; readonly body: unknown; readonly framing: StreamFraming },
): Promise<void> {
  const reading = readPayload(asked.body);
  if (reading.kind === 'payload') return openStream(parts, exchange, { ...asked, payload: reading.payload });
  const { transport } = asked.framing;
  return refuseStream(parts, exchange, {
    status: 400,
    code: 'BAD_REQUEST',
    message: reading.message,
    transport,
  });
}

/**
 * GET /graphql by an EventSource. A page of any site may send such a request without asking first, so it is taken from
 * our own and allowed pages alone, and never runs a mutation.
 */
export async function answerEventSource(
  parts: GraphqlRouteParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  parts.shared.telemetry.metrics.operationStarted();
  const requestId = toRequestId(request.headers['x-request-id']);
  const headers = { 'x-request-id': requestId, ...corsHeaders(request, parts.origins) };
  const exchange = { request, response, requestId, headers, startedMs: performance.now() };
  const refuse = (status: number, code: string, message: string): void =>
    refuseStream(parts, exchange, { status, code, message, transport: 'sse' });
  if (!mayAskByGet(request, parts.origins))
    return refuse(403, 'FORBIDDEN', 'Pages of this origin may not ask.');
  const reading = payloadOfUrl(request.url);
  if (reading.kind === 'refused') return refuse(400, 'BAD_REQUEST', reading.message);
  const caller = await callerOfRequest(request, parts.readCaller);
  if (caller.kind === 'refused') {
    parts.shared.telemetry.metrics.callerRefused(caller.code);
    return refuse(refusalStatus[caller.code], caller.code, caller.message);
  }
  if (isMutation(parts, reading.payload)) return refuse(405, 'BAD_REQUEST', 'Mutations are sent as POST.');
  return openStream(parts, exchange, {
    caller: caller.caller,
    payload: reading.payload,
    framing: eventStream,
  });
}

function payloadOfUrl(url = ''): PayloadReading {
  const at = url.indexOf('?');
  return readPayloadOfSearch(new URLSearchParams(at < 0 ? '' : url.slice(at)));
}

function isMutation({ pipeline }: GraphqlRouteParts, payload: OperationPayload): boolean {
  const prepared = prepare(pipeline, payload);
  if ('errors' in prepared) return false;
  const operation = getOperationAST(prepared.document, payload.operationName)?.operation;
  return operation === OperationTypeNode.MUTATION;
}

interface Refused {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly transport: 'sse' | 'multipart';
}

function refuseStream(
  { shared }: GraphqlRouteParts,
  { request, response, requestId, headers, startedMs }: Exchange,
  { status, code, message, transport }: Refused,
): void {
  const allow = status === 405 ? { allow: 'POST' } : {};
  send(request, response, refusal(status, { code, message, requestId }, { ...headers, ...allow }));
  noteRefusal(shared, { requestId, startedMs, transport, code });
}

interface Asked {
  readonly caller: Caller;
  readonly payload: OperationPayload;
  readonly framing: StreamFraming;
}

async function openStream(
  { open, streams, wallClock }: GraphqlRouteParts,
  { request, response, requestId, headers, startedMs }: Exchange,
  { caller, payload, framing }: Asked,
): Promise<void> {
  const { transport } = framing;
  const callers = createLiveCaller(caller, wallClock);
  const onEnd = (): void => callers.close();
  const opened = open({ callers, endsWithToken: true, requestId, payload, transport, startedMs, onEnd });
  if (opened.kind === 'refused') callers.close();
  if (opened.kind === 'open') return streams.send({ response, results: opened.results, framing, headers });
  const { errors } = opened;
  const status = statusOf(errors);
  if (status !== null) return send(request, response, jsonAnswer(status, { errors }, headers));
  return streams.refuse({ response, framing, headers, errors });
}

/**
 * Who has too many streams may have one later, which a status says to every client, and what holds no operation is no
 * request; null: what is wrong with a document will not mend, and the protocol wants it told within the stream, since
 * clients take a status for a fault of the network.
 */
function statusOf(errors: readonly GraphQLFormattedError[]): 400 | 429 | null {
  const codes = errors.map(({ extensions }) => extensions?.['code']);
  if (codes.includes('RATE_LIMITED')) return 429;
  return codes.includes('BAD_REQUEST') ? 400 : null;
}
