import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { parseAllowedHosts } from '../../src/lib/allowed-host';
import type { AllowedHost } from '../../src/lib/allowed-host';
import type { Outcome, StreamRequest, StreamTransport } from './stream-transports';

/** A message of a subgraph, as Apollo Router takes it. */
export interface CallbackMessage {
  readonly kind: 'subscription';
  readonly action: 'check' | 'next' | 'complete';
  readonly id: string;
  readonly verifier: string;
  readonly payload?: FormattedExecutionResult;
  readonly errors?: readonly GraphQLFormattedError[];
}

export interface RoutedSubscription {
  readonly id: string;
  /** The gateway's answer to the request for it. */
  readonly answer: Response;
  readonly heard: readonly CallbackMessage[];
  /** Resolves once a message of this kind, the `count`th, has been heard. */
  readonly until: (action: CallbackMessage['action'], count?: number) => Promise<CallbackMessage>;
  /** From now on the router knows it no more. */
  readonly forget: () => void;
}

/** How the router answers instead of by the protocol; undefined: by the protocol. */
export type Misbehaviour = (message: CallbackMessage, response: ServerResponse) => boolean;

/** The other side of Apollo's HTTP callback protocol, strict: what it would not take, it remembers as a fault. */
export interface CallbackRouter {
  readonly host: string;
  readonly allowedHosts: readonly AllowedHost[];
  /** What the gateway did against the protocol. */
  readonly faults: string[];
  misbehave: Misbehaviour;
  subscribe(origin: string, request: RoutedRequest, asked?: Partial<AskedFor>): Promise<RoutedSubscription>;
  close(): Promise<void>;
}

/** With whatever else stands in its body. */
export type RoutedRequest = Partial<StreamRequest> & Readonly<Record<string, unknown>>;

/** What stands in `extensions.subscription`. */
export interface AskedFor {
  readonly callbackUrl: unknown;
  readonly subscriptionId: unknown;
  readonly verifier: unknown;
  readonly heartbeatIntervalMs: unknown;
}

interface Known {
  readonly verifier: string;
  readonly heard: CallbackMessage[];
  inFlight: boolean;
  wake: () => void;
}

export async function startCallbackRouter(): Promise<CallbackRouter> {
  const known = new Map<string, Known>();
  const faults: string[] = [];
  let count = 0;
  const server = createServer((request, response) => {
    void receive(request).then((message) => answer(request, response, message));
  });
  const answer = (request: IncomingMessage, response: ServerResponse, message: CallbackMessage): void => {
    const subscription = known.get(request.url?.split('/').at(-1) ?? '');
    const end = (status: number): void =>
      void response.writeHead(status, { 'subscription-protocol': 'callback/1.0' }).end();
    faults.push(...faultsOf(request, message, subscription));
    if (subscription === undefined) return end(404);
    if (message.verifier !== subscription.verifier) return end(401);
    subscription.inFlight = true;
    response.once('close', () => (subscription.inFlight = false));
    subscription.heard.push(message);
    subscription.wake();
    if (router.misbehave(message, response)) return;
    if (message.action === 'complete') known.delete(message.id);
    end(message.action === 'next' ? 200 : message.action === 'check' ? 204 : 202);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const router: CallbackRouter = {
    host,
    allowedHosts: parseAllowedHosts(host) ?? [],
    faults,
    misbehave: () => false,
    subscribe: async (origin, { headers, extensions, ...body }, asked = {}) => {
      const id = `subscription-${String(++count)}`;
      const verifier = `verifier-of-${id}`;
      const subscription: Known = { verifier, heard: [], inFlight: false, wake: () => undefined };
      known.set(id, subscription);
      const callbackUrl = `http://${host}/callback/${id}`;
      const extension = { callbackUrl, subscriptionId: id, verifier, heartbeatIntervalMs: 0, ...asked };
      const answered = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json;callbackSpec=1.0',
          ...headers,
        },
        body: JSON.stringify({ ...body, extensions: { ...(extensions ?? {}), subscription: extension } }),
      });
      return {
        id,
        answer: answered,
        heard: subscription.heard,
        until: (action, number = 1) => untilHeard(subscription, action, number),
        forget: () => void known.delete(id),
      };
    },
    close: () => stop(server),
  };
  return router;
}

function faultsOf(
  request: IncomingMessage,
  message: CallbackMessage,
  subscription: Known | undefined,
): string[] {
  const what = `${message.action} of ${message.id}`;
  return [
    ...(request.method === 'POST' ? [] : [`${what} came by ${String(request.method)}`]),
    ...(request.headers['subscription-protocol'] === 'callback/1.0' ? [] : [`${what} names no protocol`]),
    ...(request.headers['content-type'] === 'application/json' ? [] : [`${what} is no JSON`]),
    ...(message.kind === 'subscription' ? [] : [`${what} is of no kind`]),
    ...(subscription?.inFlight === true ? [`${what} came before the last answer was out`] : []),
    ...(subscription?.heard.length === 0 && message.action !== 'check' ? [`${what} came unchecked`] : []),
  ];
}

async function untilHeard(
  subscription: Known,
  action: CallbackMessage['action'],
  count: number,
): Promise<CallbackMessage> {
  for (;;) {
    const message = subscription.heard.filter((heard) => heard.action === action)[count - 1];
    if (message !== undefined) return message;
    await new Promise<void>((resolve) => (subscription.wake = resolve));
  }
}

async function receive(request: IncomingMessage): Promise<CallbackMessage> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as CallbackMessage;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** The same as one of the transports that all are held to. */
export function callbackTransport(router: () => CallbackRouter): StreamTransport {
  return {
    name: 'a router’s callback',
    run: async (origin, request): Promise<Outcome> => {
      const { answer, heard, until } = await router().subscribe(origin, { ...request });
      if (answer.status === 401) return { data: [], codes: [], end: 'refused' };
      const { errors } = (await answer.json()) as FormattedExecutionResult;
      if (errors !== undefined) return { data: [], codes: codesOf(errors), end: 'complete' };
      const last = await until('complete');
      const told = heard.flatMap(({ payload }) => (payload === undefined ? [] : [payload]));
      return {
        data: told.map(({ data }) => data),
        codes: codesOf([...told.flatMap((result) => result.errors ?? []), ...(last.errors ?? [])]),
        end: 'complete',
      };
    },
  };
}

function codesOf(errors: readonly GraphQLFormattedError[]): string[] {
  return errors.map(({ extensions }) => String(extensions?.['code']));
}
