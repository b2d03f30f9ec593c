import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PortInUse } from '../../errors/port-in-use';
import { systemCodeOf } from '../../lib/system-code';
import type { DestinationAnswer, DestinationAudience } from './audience-list';
import { AudienceList, refusal } from './audience-list';
import type { Failure } from './failure';
import { fail, isFailureMode } from './failure';
import { readRequestBody, tokenOf } from './read-request';

const host = '127.0.0.1';
const mostConnections = 64;
const mostRemembered = 100;

export interface DestinationOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** Must come with every request to the audiences; none is asked for where it is left out. */
  readonly token?: string | undefined;
  readonly failure?: Failure | undefined;
  /** One line for each request that was answered: method, path and status; no query, header or body. */
  readonly log: (line: string) => void;
}

/** What a request looked like, but for its credentials. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

export interface Destination {
  readonly url: string;
  readonly audiences: () => readonly DestinationAudience[];
  /** The last 100, oldest first, those that failed on purpose too. */
  readonly requests: () => readonly SeenRequest[];
  readonly failNext: (failure: Failure) => void;
  readonly close: () => Promise<void>;
}

/**
 * Starts a destination to try audience templates against: a real HTTP server on the loopback address that keeps
 * audiences in memory.
 *
 * @throws PortInUse when another process listens there.
 */
export async function startDestination(options: DestinationOptions): Promise<Destination> {
  const state: State = { list: new AudienceList(), requests: [], failure: options.failure, options };
  const server = createServer((request, response) => {
    handle(request, response, state).catch(() => response.destroy());
  });
  server.maxConnections = mostConnections;
  server.headersTimeout = 10_000;
  server.requestTimeout = 20_000;
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    audiences: () => state.list.all,
    requests: () => [...state.requests],
    failNext: (failure) => void (state.failure = failure),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface State {
  readonly list: AudienceList;
  readonly requests: SeenRequest[];
  failure: Failure | undefined;
  readonly options: DestinationOptions;
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    if (systemCodeOf(cause) === 'EADDRINUSE') throw new PortInUse(port, host, { cause });
    throw cause;
  }
}

async function handle(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const method = request.method ?? 'GET';
  const url = readUrl(request.url);
  if (url === null) return send(response, refusal(400, 'INVALID', 'The path is not well-formed.'));
  const reading = await readRequestBody(request);
  const body = reading.ok ? reading.body : null;
  if (url.path[0] === '_destination') return send(response, control(method, url.path, body, state));
  remember(state, { method, path: url.url.pathname, body: withoutToken(body) });
  const failure = takeFailure(state);
  if (failure !== undefined) {
    state.options.log(`${method} ${url.url.pathname} fails on purpose: ${failure.mode}`);
    return fail(failure.mode, response);
  }
  const answer = !reading.ok
    ? refusal(reading.status, 'INVALID', reading.message)
    : isAllowed(state.options.token, tokenOf(request, url.url, body))
      ? state.list.answer({ method, path: url.path, body: withoutToken(body) })
      : refusal(401, 'UNAUTHORIZED', 'The token is missing, or not the one that is asked for.');
  state.options.log(`${method} ${url.url.pathname} ${answer.status}`);
  send(response, answer);
}

/** `/_destination`: how to make it fail, and what it has been sent. */
function control(method: string, path: readonly string[], body: unknown, state: State): DestinationAnswer {
  const [, door, ...rest] = path;
  if (rest.length === 0 && door === 'requests' && method === 'GET')
    return { status: 200, body: { requests: state.requests } };
  if (rest.length !== 0 || door !== 'failure' || method !== 'POST')
    return refusal(404, 'NOT_FOUND', 'There are POST /_destination/failure and GET /_destination/requests.');
  const { mode, times = 1 } = (body ?? {}) as { readonly mode?: unknown; readonly times?: unknown };
  if (mode === null) state.failure = undefined;
  else if (isFailureMode(mode) && Number.isSafeInteger(times) && Number(times) > 0)
    state.failure = { mode, times: Number(times) };
  else return refusal(400, 'INVALID', 'Send {"mode": "500", "times": 1}; {"mode": null} ends it.');
  return { status: 200, body: { failure: state.failure ?? null } };
}

function takeFailure(state: State): Failure | undefined {
  const { failure } = state;
  if (failure === undefined) return undefined;
  state.failure = failure.times > 1 ? { ...failure, times: failure.times - 1 } : undefined;
  return failure;
}

function remember({ requests }: State, request: SeenRequest): void {
  requests.push(request);
  if (requests.length > mostRemembered) requests.shift();
}

function withoutToken(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, 'access_token')) return body;
  const { access_token: _token, ...rest } = body as Readonly<Record<string, unknown>>;
  return rest;
}

function readUrl(target: string | undefined): { readonly url: URL; readonly path: readonly string[] } | null {
  try {
    const url = new URL(target ?? '/', `http://${host}`);
    return { url, path: url.pathname.slice(1).split('/').map(decodeURIComponent) };
  } catch {
    return null;
  }
}

/** Compared by their hashes, so that the time taken tells nothing. */
function isAllowed(wanted: string | undefined, given: string | null): boolean {
  if (wanted === undefined) return true;
  if (given === null) return false;
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(wanted), hash(given));
}

function send(response: ServerResponse, { status, headers, body }: DestinationAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
