import { AsyncLocalStorage } from 'node:async_hooks';
import type * as OtelApi from '@opentelemetry/api';
import type { Context, Span as OtelSpan, Tracer } from '@opentelemetry/api';
import type { NodeTracerConfig, SpanExporter } from '@opentelemetry/sdk-trace-node';
import { parseTraceparent } from './trace-parent';
import { noSpan, noTracing } from './tracing';
import type { Span, SpanSpec, Tracing } from './tracing';

export interface OtlpOptions {
  /** Base address; traces go to `/v1/traces` below it. */
  readonly endpoint: string;
  /** Of the traces that begin here, 0 to 1. */
  readonly share: number;
  readonly serviceName: string;
  readonly version: string;
  /** Takes the spans in place of the endpoint. */
  readonly exporter?: SpanExporter;
}

type Api = typeof OtelApi;

const closeMs = 3_000;

/** Traces where there is an endpoint for them; without one, OpenTelemetry is not even loaded. */
export async function startTracing(options: OtlpOptions | null): Promise<Tracing> {
  if (options === null) return noTracing;
  const [api, sdk, exporter] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace-node'),
    options.exporter ?? createExporter(options.endpoint),
  ]);
  const provider = new sdk.NodeTracerProvider({
    resource: resourceOf(options),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(options.share) }),
    spanProcessors: [new sdk.BatchSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('audience-gateway', options.version);
  return tracingBy(api, tracer, () => provider.shutdown());
}

async function createExporter(endpoint: string): Promise<SpanExporter> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  return new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: closeMs });
}

/**
 * Spans by OpenTelemetry; nothing is registered for the whole process. They are sent in batches behind the work, and
 * dropped where the collector does not keep up.
 */
function tracingBy(api: Api, tracer: Tracer, shutdown: () => Promise<void>): Tracing {
  const around = new AsyncLocalStorage<RecordedSpan | null>();
  return {
    isOn: true,
    span: (spec, run) => {
      const span = start({ api, tracer, parent: around.getStore() ?? null }, spec);
      return around.run(span, () => runWithin(span, run));
    },
    detached: (run) => around.run(null, run),
    within: (span, run) => around.run(span instanceof RecordedSpan ? span : null, run),
    current: () => around.getStore() ?? noSpan,
    close: async () => {
      const late = new Promise<void>((resolve) => setTimeout(resolve, closeMs).unref());
      // A collector that is away must not keep the gateway from closing.
      await Promise.race([shutdown().catch(() => undefined), late]);
    },
  };
}

class RecordedSpan implements Span {
  constructor(
    readonly otel: OtelSpan,
    private readonly api: Api,
  ) {}

  rename(name: string): void {
    this.otel.updateName(name);
  }

  set(attributes: Readonly<Record<string, string | number | boolean>>): void {
    this.otel.setAttributes(attributes);
  }

  fail(code: string): void {
    this.otel.setStatus({ code: this.api.SpanStatusCode.ERROR, message: code });
  }
}

function start(
  { api, tracer, parent }: { api: Api; tracer: Tracer; parent: RecordedSpan | null },
  spec: SpanSpec,
): RecordedSpan {
  const { INTERNAL, SERVER, CLIENT } = api.SpanKind;
  const kind = { server: SERVER, internal: INTERNAL, client: CLIENT }[spec.kind];
  const options = { kind, ...(spec.attributes && { attributes: spec.attributes }) };
  const context =
    parent === null ? remoteContext(api, spec.traceparent) : api.trace.setSpan(api.ROOT_CONTEXT, parent.otel);
  return new RecordedSpan(tracer.startSpan(spec.name, options, context), api);
}

function remoteContext(api: Api, traceparent: string | undefined): Context {
  const parent = parseTraceparent(traceparent);
  if (parent === null) return api.ROOT_CONTEXT;
  const { traceId, spanId, isSampled } = parent;
  const traceFlags = isSampled ? api.TraceFlags.SAMPLED : api.TraceFlags.NONE;
  return api.trace.setSpanContext(api.ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}

async function runWithin<T>(span: RecordedSpan, run: (span: Span) => Promise<T>): Promise<T> {
  try {
    return await run(span);
  } catch (error) {
    // Its words may quote what somebody sent; its class does not.
    span.fail(error instanceof Error ? error.constructor.name : 'unknown');
    throw error;
  } finally {
    span.otel.end();
  }
}

type Resource = NonNullable<NodeTracerConfig['resource']>;

/** The SDK's own maker of resources lies in a package that is not ours; this one never changes and never merges. */
function resourceOf({ serviceName, version }: OtlpOptions): Resource {
  const attributes = { 'service.name': serviceName, 'service.version': version };
  const resource: Resource = {
    attributes,
    merge: () => resource,
    getRawAttributes: () => Object.entries(attributes),
  };
  return resource;
}
