import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { answerFile } from './file-route';
import { answerOperation, sendAnswer, singleHeaders } from './graphql-route';
import type { GraphqlRouteParts } from './graphql-exchange';
import { toRequestId } from './context';
import { jsonAnswer, refusal, send } from './http-answers';
import type { PlainAnswer } from './http-answers';
import { observeRequest } from './observed-request';
import { foreignHostMessage } from './known-hosts';
import type { IsForUs } from './known-hosts';
import { answerMetrics } from './metrics-route';
import type { MetricsAccess } from './metrics-route';
import { createOpenAnswers } from './open-answers';
import type { OpenAnswers } from './open-answers';
import { corsHeaders, ofFiles } from './origins';
import type { CorsRules } from './origins';
import { createGraphiqlPage, withOfflineHint } from './pages';
import type { ReadinessReport } from './readiness';
import { eventStream, wantedFraming } from './stream-framing';
import { answerEventSource } from './stream-route';

export interface HttpParts extends GraphqlRouteParts {
  readonly readiness: () => Promise<ReadinessReport>;
  /** Null: there is no such page. */
  readonly metrics: MetricsAccess | null;
  readonly isForUs: IsForUs;
}

/** The server, not yet listening, and what it answers just now. */
export interface HttpFront {
  readonly server: Server;
  readonly answers: OpenAnswers;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void;
type Methods = Readonly<Partial<Record<string, Handler>>>;

/** They tell nothing of anybody, and probes ask by address; the metrics look at who asks themselves. */
const openPaths: readonly string[] = ['/healthz', '/readyz', '/metrics'];

/** The front of the gateway: a handful of routes around GraphQL. Sockets are taken by `attachSockets`. */
export function createHttpServer(parts: HttpParts): HttpFront {
  const route = createRouter(parts);
  const server = createServer({
    requestTimeout: 20_000,
    headersTimeout: 10_000,
    // Node looks for those who took longer every 30 s unless it is told.
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: 16 * 1024,
  });
  server.keepAliveTimeout = 65_000;
  const answers = createOpenAnswers(server);
  server.on('request', (request, response) => {
    answers.add(response);
    const served = observeRequest(parts.shared.telemetry, { request, response, path: pathOf(request) }, () =>
      Promise.resolve(route(request, response)),
    );
    served.catch((error: unknown) => {
      const requestId = toRequestId(undefined);
      if (hasLeftEarly(request)) {
        parts.shared.log.info({ err: error, requestId }, 'A client left before its request was whole');
        response.destroy();
        return;
      }
      parts.shared.log.error({ err: error, requestId }, 'A request failed for a reason of our own');
      if (response.headersSent) response.destroy();
      else
        send(
          request,
          response,
          refusal(500, {
            code: 'INTERNAL_SERVER_ERROR',
            message: 'Something went wrong inside the gateway.',
            requestId,
          }),
        );
    });
  });
  return { server, answers };
}

/** True where the connection ended within the body: there is nobody to answer. */
function hasLeftEarly(request: IncomingMessage): boolean {
  return request.destroyed && !request.complete;
}

function createRouter(parts: HttpParts): Handler {
  const pages = parts.development ? createPages(parts) : null;
  const routes: Readonly<Record<string, Methods>> = {
    '/graphql': {
      POST: (request, response) => answerOperation(parts, request, response),
      OPTIONS: (request, response) => answerPreflight(parts, request, response),
      GET: (request, response) =>
        request.method === 'GET' && wantedFraming(request.headers.accept) === eventStream
          ? answerEventSource(parts, request, response)
          : (pages?.sandboxForBrowsers ?? refuseGet)(request, response),
    },
    ...(pages && { '/': { GET: pages.sandbox }, '/graphiql': { GET: pages.graphiql } }),
    '/healthz': { GET: (request, response) => send(request, response, jsonAnswer(200, { status: 'ok' })) },
    '/readyz': { GET: (request, response) => answerReadiness(parts, request, response) },
    ...metricsRoute(parts.metrics),
  };
  return (request, response) => {
    const path = pathOf(request);
    if (!openPaths.includes(path) && !parts.isForUs(request))
      return drop(request, response, jsonAnswer(403, { message: foreignHostMessage }));
    const file = /^\/files\/([\w.-]{1,16384})\/([^/]{1,1024})$/.exec(path);
    const methods = file === null ? ownRoute(routes, path) : fileMethods(parts, file);
    if (methods === undefined)
      return drop(request, response, jsonAnswer(404, { message: 'There is nothing at this address.' }));
    const handle = methods[request.method ?? ''] ?? (request.method === 'HEAD' ? methods['GET'] : undefined);
    if (handle !== undefined) return handle(request, response);
    const allow = Object.keys(methods).join(', ');
    return drop(request, response, jsonAnswer(405, { message: `This address takes ${allow}.` }, { allow }));
  };
}

function metricsRoute(metrics: MetricsAccess | null): Readonly<Record<string, Methods>> {
  if (metrics === null) return {};
  return { '/metrics': { GET: (request, response) => answerMetrics(metrics, request, response) } };
}

function createPages(parts: HttpParts): Record<'sandbox' | 'sandboxForBrowsers' | 'graphiql', Handler> {
  const graphiqlPage = createGraphiqlPage();
  const sandbox: Handler = async (request, response) => {
    const requestId = toRequestId(undefined);
    const headers = new Map(singleHeaders(request)).set('accept', 'text/html');
    const answer = await parts.graphql.answer({
      method: 'GET',
      headers,
      search: '',
      body: undefined,
      scope: { requestId, log: parts.shared.log },
      createContext: () => {
        throw new Error('Invariant broken: the Sandbox page executes nothing');
      },
    });
    await sendAnswer(response, { ...answer, http: withOfflineHint(answer.http) }, {});
  };
  return {
    sandbox,
    sandboxForBrowsers: (request, response) => {
      if (request.headers.accept?.includes('text/html') && !request.url?.includes('?'))
        return sandbox(request, response);
      return refuseGet(request, response);
    },
    graphiql: async (request, response) =>
      send(request, response, {
        ...{ status: 200, contentType: 'text/html; charset=utf-8' },
        body: await graphiqlPage(),
      }),
  };
}

function answerPreflight(
  parts: HttpParts,
  request: IncomingMessage,
  response: ServerResponse,
  rules?: CorsRules,
): void {
  const headers = corsHeaders(request, parts.origins, rules);
  if (headers === null)
    return drop(request, response, jsonAnswer(403, { message: 'Pages of this origin may not ask.' }));
  response.writeHead(204, headers).end();
}

/** Whoever sends an operation as GET reads a GraphQL answer. */
function refuseGet(request: IncomingMessage, response: ServerResponse): void {
  const requestId = toRequestId(request.headers['x-request-id']);
  const error = { code: 'BAD_REQUEST', message: 'Send operations as POST.', requestId };
  drop(request, response, refusal(405, error, { allow: 'POST', 'x-request-id': requestId }));
}

async function answerReadiness(
  { readiness }: HttpParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const report = await readiness();
  send(request, response, jsonAnswer(report.status === 'not ready' ? 503 : 200, report));
}

function fileMethods(parts: HttpParts, [, token = '', name = '']: RegExpExecArray): Methods {
  const handle: Handler = (request, response) => {
    for (const [header, value] of Object.entries(corsHeaders(request, parts.origins, ofFiles) ?? {}))
      response.setHeader(header, value);
    return answerFile(parts.shared, { token, name: decoded(name) }, request, response);
  };
  const preflight: Handler = (request, response) => answerPreflight(parts, request, response, ofFiles);
  return { GET: handle, HEAD: handle, OPTIONS: preflight };
}

/** Answers without having read the body, so the connection cannot be used again. */
function drop(request: IncomingMessage, response: ServerResponse, answer: PlainAnswer): void {
  request.resume();
  send(request, response, { ...answer, headers: { ...answer.headers, connection: 'close' } });
}

function ownRoute(routes: Readonly<Record<string, Methods>>, path: string): Methods | undefined {
  return Object.hasOwn(routes, path) ? routes[path] : undefined;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '/').split('?', 1)[0] ?? '/';
}

/** A name that cannot be decoded fits no file. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return '';
  }
}
