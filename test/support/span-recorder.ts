import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';
import { startTracing } from '../../src/telemetry/otlp-tracing';
import type { Tracing } from '../../src/telemetry/tracing';

export interface SpanRecorder {
  readonly tracing: Tracing;
  /** Sends what has ended; to be called before looking. */
  flush(): Promise<void>;
  readonly spans: readonly ReadableSpan[];
  /** The names from the root down to each span of this name. */
  pathsTo(name: string): string[];
  /** All that the spans tell, as text. */
  text(): string;
}

/** Traces by OpenTelemetry that are kept here in place of being sent. */
export async function createSpanRecorder(share = 1): Promise<SpanRecorder> {
  const spans: ReadableSpan[] = [];
  const exporter: SpanExporter = {
    export: (ended, done) => {
      spans.push(...ended);
      done({ code: 0 });
    },
    shutdown: () => Promise.resolve(),
  };
  const tracing = await startTracing({ endpoint: '', share, serviceName: 'test', version: '0', exporter });
  const pathOf = (span: ReadableSpan): string => {
    const parent = spans.find(
      (each) => each.spanContext().spanId === span.parentSpanContext?.spanId && each !== span,
    );
    return parent === undefined ? span.name : `${pathOf(parent)} > ${span.name}`;
  };
  return {
    tracing,
    flush: () => tracing.close(),
    spans,
    pathsTo: (name) => spans.filter((span) => span.name === name).map(pathOf),
    text: () =>
      JSON.stringify(
        spans.map(({ name, attributes, status, events }) => ({ name, attributes, status, events })),
      ),
  };
}
