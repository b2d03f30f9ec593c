import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import type { AllowedHost } from '../lib/allowed-host';
import { systemCodeOf } from '../lib/system-code';
import { isSettableHeader } from '../templates/encode';
import type { DestinationAnswer } from '../templates/read-answer';
import type { OutgoingRequest } from '../templates/render';
import { serializeBody } from '../templates/render';
import type { ConnectionWatch, Resolve } from './guarded-connect';
import { guardedConnector, resolveBySystem } from './guarded-connect';
import { deniedAddress, permitTarget } from './permit';
import { readBody } from './read-body';

export interface SenderOptions {
  readonly allowedHosts: readonly AllowedHost[];
  readonly limits?: Partial<SenderLimits>;
  /** The system's own unless told. */
  readonly resolve?: Resolve;
  readonly ca?: string;
}

export interface SenderLimits {
  readonly connectMs: number;
  /** From the lookup to the last byte of the answer. */
  readonly wholeMs: number;
  /** Of an answer, as it comes and as it decodes. */
  readonly mostBytes: number;
}

export type FailureKind = 'unreachable' | 'timeout' | 'bad-answer';

/** What became of one request. */
export type Sending =
  | { readonly kind: 'answered'; readonly answer: DestinationAnswer }
  /** Not let out by the operator's rules. */
  | { readonly kind: 'denied'; readonly message: string; readonly hint: string }
  | {
      readonly kind: 'failed';
      readonly failure: FailureKind;
      /** Says what happened; holds nothing of the request. */
      readonly message: string;
      /** False where it is certain that nothing reached the destination. */
      readonly mayBeDone: boolean;
      readonly status: number | null;
    };

export type Send = (request: OutgoingRequest) => Promise<Sending>;

const defaultLimits: SenderLimits = { connectMs: 3_000, wholeMs: 15_000, mostBytes: 1024 * 1024 };
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * Makes the one way out to destinations: each request once, on a connection of its own that keeps nothing (no cookies, no
 * proxy of the environment), to hosts that the operator named, at addresses that have been looked at. Redirects are
 * answers. Never throws for what the network does.
 */
export function createSender(options: SenderOptions): Send {
  const limits = { ...defaultLimits, ...options.limits };
  return async (request) => {
    const method = methods.find((name) => name === request.method);
    const isPlain = request.headers.every(([name]) => isSettableHeader(name));
    if (method === undefined || !isPlain)
      return { kind: 'denied', message: 'A request like this is not sent.', hint: 'Mend the template.' };
    const permit = permitTarget(request.url, options.allowedHosts);
    if (permit.kind === 'denied') return permit;
    const watch: ConnectionWatch = { wasConnected: false, wasDenied: false };
    const agent = new Agent({
      connect: guardedConnector({
        mayBePrivate: permit.mayBePrivate,
        resolve: options.resolve ?? resolveBySystem,
        timeoutMs: limits.connectMs,
        ca: options.ca,
        watch,
      }),
      connections: 1,
      headersTimeout: limits.wholeMs,
      bodyTimeout: limits.wholeMs,
      maxResponseSize: limits.mostBytes,
    });
    try {
      return await exchange({ agent, method, request, url: permit.url, limits });
    } catch (error) {
      return watch.wasDenied ? deniedAddress(permit.url) : explain(error, watch);
    } finally {
      // What it still holds is of no more use, and a body that was too large is still coming.
      agent.destroy().catch(() => undefined);
    }
  };
}

interface Exchange {
  readonly agent: Agent;
  readonly method: (typeof methods)[number];
  readonly request: OutgoingRequest;
  readonly url: URL;
  readonly limits: SenderLimits;
}

async function exchange({ agent, method, request, url, limits }: Exchange): Promise<Sending> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new OutOfTime()), limits.wholeMs);
  try {
    const response = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: headersOf(request),
      body: serializeBody(request.body)?.text ?? null,
      signal: stop.signal,
    });
    return await readResponse(response, limits);
  } finally {
    clearTimeout(timer);
  }
}

class OutOfTime extends Error {}

const ownHeaders = [
  ['accept', '*/*'],
  ['accept-encoding', 'identity'],
  ['user-agent', 'audience-gateway'],
] as const;

/** The template's own and what the client says of itself; nothing of the caller. */
function headersOf({ headers }: OutgoingRequest): string[] {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  return [...headers, ...ownHeaders.filter(([name]) => !names.has(name))].flat();
}

async function readResponse(
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
  { mostBytes }: SenderLimits,
): Promise<Sending> {
  const reading = await readBody(Buffer.from(await body.arrayBuffer()), {
    type: oneOf(headers['content-type']),
    encoding: oneOf(headers['content-encoding']),
    mostBytes,
  });
  if (reading.kind === 'read') return { kind: 'answered', answer: { status, headers, body: reading.body } };
  // What a refusal looks like does not change that it is one.
  if (status >= 400) return { kind: 'answered', answer: { status, headers, body: null } };
  const message = `The destination's answer (${status}) ${reading.why}`;
  return { kind: 'failed', failure: 'bad-answer', message, mayBeDone: true, status };
}

function oneOf(header: string | string[] | undefined): string {
  return Array.isArray(header) ? header.join(',') : (header ?? '');
}

function explain(error: unknown, { wasConnected }: ConnectionWatch): Sending {
  const code = systemCodeOf(error) ?? '';
  const failed = (failure: FailureKind, message: string): Sending => ({
    kind: 'failed',
    failure,
    message,
    mayBeDone: wasConnected,
    status: null,
  });
  if (error instanceof OutOfTime || code.endsWith('_TIMEOUT') || code === 'ETIMEDOUT')
    return failed('timeout', 'The destination did not answer in time');
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return failed('bad-answer', "The destination's answer is too large");
  if (code === 'UND_ERR_HEADERS_OVERFLOW' || code.startsWith('HPE_'))
    return failed('bad-answer', "The destination's answer is no HTTP");
  return failed(
    'unreachable',
    wasConnected ? 'The destination broke the connection off' : 'The destination cannot be reached',
  );
}
