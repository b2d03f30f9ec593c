import type { UpstreamService } from '../errors/upstream-error';
import type { Telemetry } from '../telemetry/telemetry';

/** Tells of one request to the upstream: that it went out, how long it took, what status came back. */
export async function measureCall<T>(
  { metrics, tracing }: Telemetry,
  { service, method }: { readonly service: UpstreamService; readonly method: string },
  call: () => Promise<{ readonly outcome: T; readonly status: number | null }>,
): Promise<T> {
  const startedMs = performance.now();
  let status: number | null = null;
  metrics.upstreamCallStarted(service);
  const spec = {
    name: `${method} ${service}`,
    kind: 'client',
    attributes: { 'http.request.method': method, 'peer.service': service },
  } as const;
  try {
    return await tracing.span(spec, async (span) => {
      const answered = await call();
      status = answered.status;
      if (status === null) span.fail('no answer');
      else span.set({ 'http.response.status_code': status });
      if (status !== null && status >= 400) span.fail(String(status));
      return answered.outcome;
    });
  } finally {
    metrics.upstreamCallEnded({ service, method, status, durationMs: performance.now() - startedMs });
  }
}
