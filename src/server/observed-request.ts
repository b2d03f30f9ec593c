import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Telemetry } from '../telemetry/telemetry';

const knownRoutes: ReadonlySet<string> = new Set([
  ...['/graphql', '/', '/graphiql', '/healthz', '/readyz', '/metrics'],
]);
/** What probes ask for every few seconds is no story to tell. */
const untold: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** Serves a request under the eyes of metrics and traces: by its route, never by the path that was asked for. */
export function observeRequest(
  { metrics, tracing }: Telemetry,
  { request, response, path }: Exchange,
  serve: () => Promise<void>,
): Promise<void> {
  const startedMs = performance.now();
  const route = routeOf(path);
  const method = request.method ?? '';
  response.once('close', () => {
    metrics.requestEnded({
      route,
      method,
      status: response.statusCode,
      durationMs: performance.now() - startedMs,
    });
  });
  if (untold.has(route)) return serve();
  const spec = {
    name: `${method} ${route}`,
    kind: 'server',
    attributes: { 'http.request.method': method, 'http.route': route },
    traceparent: one(request.headers['traceparent']),
  } as const;
  return tracing.span(spec, async (span) => {
    await serve();
    span.set({ 'http.response.status_code': response.statusCode });
    if (response.statusCode >= 500) span.fail(String(response.statusCode));
  });
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
}

function routeOf(path: string): string {
  if (path.startsWith('/files/')) return '/files';
  return knownRoutes.has(path) ? path : 'other';
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
