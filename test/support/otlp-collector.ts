import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes?: readonly {
    readonly key: string;
    readonly value: Readonly<Record<string, unknown>>;
  }[];
  readonly status?: { readonly code?: number; readonly message?: string };
}

export interface Collector {
  /** Base address, without `/v1/traces`. */
  readonly url: string;
  readonly spans: SeenSpan[];
  /** Name of the parent of each span of this name; undefined where it is none that came. */
  parentsOf(name: string): (string | undefined)[];
  close(): Promise<void>;
}

/** A collector of OpenTelemetry traces that takes OTLP as JSON over HTTP, and keeps it. */
export async function startCollector(): Promise<Collector> {
  const spans: SeenSpan[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
        resourceSpans: { scopeSpans: { spans: SeenSpan[] }[] }[];
      };
      if (request.url === '/v1/traces')
        spans.push(
          ...body.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((each) => each.spans)),
        );
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    spans,
    parentsOf: (name) =>
      spans
        .filter((span) => span.name === name)
        .map(({ parentSpanId }) => spans.find(({ spanId }) => spanId === parentSpanId)?.name),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
