import type { IncomingMessage } from 'node:http';
import { finished } from 'node:stream/promises';
import type { Caller } from '../datasources/caller';
import { protocolHeader, protocolVersion } from './callback-post';
import type { CallbackAnswer } from './callback-post';
import { notPublicMessage, wantsCallback } from './callback-target';
import type { CallbackTarget } from './callback-target';
import type { Callbacks } from './callbacks';
import { noteRefusal } from './graphql-exchange';
import type { Exchange, GraphqlRouteParts } from './graphql-exchange';
import { jsonAnswer, refusal, send } from './http-answers';
import { createLiveCaller } from './live-caller';
import type { OperationPayload, OpenedOperation } from './operation-door';
import { subscriptionIn } from './stream-route';

/** A subscription whose results go to a callback. */
export interface CallbackAsked {
  readonly callbacks: Callbacks;
  readonly payload: OperationPayload;
  readonly body: unknown;
}

/** A router's POST that wants callbacks: subscriptions alone, where the gateway is a subgraph. */
export function callbackOfPost(
  { callbacks, pipeline }: GraphqlRouteParts,
  request: IncomingMessage,
  body: unknown,
): CallbackAsked | null {
  if (callbacks === null || !wantsCallback(request.headers.accept)) return null;
  const payload = subscriptionIn(pipeline, body);
  return payload === null ? null : { callbacks, payload, body };
}

/**
 * Answers a router once its callback has said that it is he who asks; what follows goes there. Resolves when the answer is
 * out.
 */
export async function answerByCallback(
  parts: GraphqlRouteParts,
  exchange: Exchange,
  { callbacks, payload, body, caller }: CallbackAsked & { readonly caller: Caller },
): Promise<void> {
  const { request, response, requestId, headers } = exchange;
  const protocol = { ...headers, [protocolHeader]: protocolVersion };
  const refuse = ({ status, code, message }: Refused): void => {
    send(request, response, refusal(status, { code, message, requestId }, protocol));
    noteRefusal(parts.shared, { ...exchange, transport: 'callback', code });
  };
  const reading = callbacks.readTarget(body);
  if (reading.kind === 'refused')
    return refuse({ ...reading, status: reading.code === 'FORBIDDEN' ? 403 : 400 });
  const { target } = reading;
  const refused = refusalOf(await callbacks.check(target), target);
  if (refused !== null) return refuse(refused);
  const opened = openFor(parts, exchange, { caller, payload });
  if (opened.kind === 'refused') {
    const isFull = opened.errors.some(({ extensions }) => extensions?.['code'] === 'RATE_LIMITED');
    return send(request, response, jsonAnswer(isFull ? 429 : 400, { errors: opened.errors }, protocol));
  }
  const { results } = opened;
  send(request, response, jsonAnswer(200, { data: null }, protocol));
  try {
    await finished(response);
  } catch {
    // The router has not heard that it has a subscription: it has none.
    await results.return();
    return;
  }
  void callbacks.follow({ target, results, log: parts.shared.log.child({ requestId }) });
}

interface Refused {
  readonly status: number;
  readonly code: 'BAD_REQUEST' | 'FORBIDDEN' | 'UPSTREAM_UNAVAILABLE';
  readonly message: string;
}

/** Null: the router knows the subscription, and speaks the protocol. */
function refusalOf(answer: CallbackAnswer, { url }: CallbackTarget): Refused | null {
  if (answer.kind === 'denied') return { status: 403, code: 'FORBIDDEN', message: notPublicMessage(url) };
  if (answer.kind === 'unheard' || answer.status >= 500) {
    const message = "The router's callback cannot be reached, or does not answer.";
    return { status: 503, code: 'UPSTREAM_UNAVAILABLE', message };
  }
  const { status, protocol } = answer;
  // Apollo's router names its protocol here; Hive's gateway says 204 and no more, and Apollo's own subgraphs take that.
  if (status === 204 && (protocol === '' || protocol.startsWith('callback'))) return null;
  const message = `The router's callback did not confirm the subscription: ${String(status)}, not 204 with ${protocolHeader}: ${protocolVersion}.`;
  return { status: 400, code: 'BAD_REQUEST', message };
}

function openFor(
  { open, wallClock }: GraphqlRouteParts,
  { requestId, startedMs }: Exchange,
  { caller, payload }: { readonly caller: Caller; readonly payload: OperationPayload },
): OpenedOperation {
  const callers = createLiveCaller(caller, wallClock);
  const onEnd = (): void => callers.close();
  const transport = 'callback';
  const opened = open({ callers, endsWithToken: true, requestId, payload, transport, startedMs, onEnd });
  if (opened.kind === 'refused') callers.close();
  return opened;
}
