import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { Secret } from '../../../src/lib/secret';
import { createPrometheus } from '../../../src/telemetry/prometheus';
import { noTelemetry } from '../../../src/telemetry/telemetry';
import { noTracing } from '../../../src/telemetry/tracing';
import type { Reply, SeenCall } from '../../support/fake-upstream';
import { newPostgresBackbone } from '../../support/postgres-backbones';
import { createSpanRecorder } from '../../support/span-recorder';
import { startServiceGateway } from '../../support/service-gateway';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';
import { documentedMetrics } from '../../support/operations-document';

const definition = {
  id: 's1',
  name: 'One',
  schema: {},
  expression: { type: 'PQL', format: 'pql/text', value: 'true' },
};
const list = { segments: [definition], page: { totalCount: 1 } };

function answer({ path, method }: SeenCall): Reply | undefined {
  if (method === 'GET' && path.endsWith('/segment/definitions')) return { json: list };
  return undefined;
}

const metricsOf = async (started: StartedGateway): Promise<string> =>
  (await fetch(`${started.gateway.url}/metrics`)).text();

describe('the metrics of a gateway', () => {
  let started: StartedGateway;
  const metrics = createPrometheus({ process: false });
  beforeAll(async () => {
    started = await startGateway(answer, {
      telemetry: { metrics, tracing: noTracing },
      metrics: { page: metrics.page, readers: 'loopback' },
    });
  });
  afterAll(() => started.close());

  it('count operations by type and outcome, requests by route, calls by service; never what clients name', async () => {
    await started.post({
      query: 'query Mine($id: ID!) { segment(id: $id) { id } }',
      variables: { id: 'abc-123' },
    });
    await started.post({
      query: 'query Mine { segments(first: 1) { nodes { id } } }',
      operationName: 'Mine',
    });
    await started.post({ query: 'query Mine { nothing }' });
    await fetch(`${started.gateway.url}/some/where?id=abc-123`);
    const text = await metricsOf(started);
    expect(text).toContain('gateway_operations_total{transport="http",type="query",outcome="ok"} 2');
    expect(text).toContain(
      'gateway_operations_total{transport="http",type="none",outcome="GRAPHQL_VALIDATION_FAILED"} 1',
    );
    expect(text).toContain(
      'gateway_upstream_calls_total{service="segmentation",method="GET",status="200"} 1',
    );
    expect(text).toContain('gateway_http_requests_total{route="other",method="GET",status="404"} 1');
    expect(text).toContain('gateway_upstream_circuits{service="segmentation",state="CLOSED"} 1');
    expect(text).toMatch(/gateway_operations_running 0/);
    expect(text).not.toMatch(/Mine|abc-123|AdobeOrg|some/);
  });

  it('count sockets and subscriptions while they are open', async () => {
    const client = createClient({
      url: `${started.gateway.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    await client.iterate({ query: '{ session { sandbox } }' }).next();
    expect(await metricsOf(started)).toMatch(/gateway_sockets 1/);
    expect(await metricsOf(started)).toContain(
      'gateway_operations_total{transport="websocket",type="query",outcome="ok"} 1',
    );
    await client.dispose();
  });

  it('are for this machine alone, and not for whom a proxy on it speaks', async () => {
    for (const headers of [{ 'x-forwarded-for': '10.0.0.1' }, { forwarded: 'for=10.0.0.1' }])
      expect((await fetch(`${started.gateway.url}/metrics`, { headers })).status).toBe(404);
    const { port } = new URL(started.gateway.url);
    const asked = request({ port, path: '/metrics', headers: { host: `rebound.example:${port}` } }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(404);
  });

  it('are at no address where nobody wants them', async () => {
    const without = await startGateway(answer);
    expect((await fetch(`${without.gateway.url}/metrics`)).status).toBe(404);
    await without.close();
  });

  it('are those of docs/operations.md', () => {
    const told = documentedMetrics();
    expect(told.map(({ name }) => name).sort()).toEqual(
      metrics.page
        .list()
        .map(({ name }) => name)
        .sort(),
    );
    for (const { name, help } of metrics.page.list())
      expect(told.find((each) => each.name === name)?.meaning.replaceAll('`', '')).toBe(
        help.replaceAll('`', ''),
      );
  });
});

describe('a gateway whose backbone is down', () => {
  it('starts, serves, stays ready as degraded, and says so', async () => {
    const metrics = createPrometheus({ process: false });
    const backbone = newPostgresBackbone('postgres://gateway:password@127.0.0.1:1/none');
    const started = await startGateway(answer, {
      backbone,
      telemetry: { metrics, tracing: noTracing },
      metrics: { page: metrics.page, readers: 'loopback' },
    });
    const { status } = await started.post({ query: '{ segments(first: 1) { nodes { id } } }' });
    const ready = await fetch(`${started.gateway.url}/readyz`);
    expect([status, ready.status]).toEqual([200, 200]);
    expect(await ready.json()).toMatchObject({ status: 'degraded', checks: { backbone: 'down' } });
    expect(await metricsOf(started)).toMatch(/^gateway_backbone_up 0$/m);
    await started.close();
    await backbone.close();
  });

  it('is another one than a gateway that shares with nobody', async () => {
    const metrics = createPrometheus({ process: false });
    const started = await startGateway(answer, {
      telemetry: { metrics, tracing: noTracing },
      metrics: { page: metrics.page, readers: 'loopback' },
    });
    const ready = await fetch(`${started.gateway.url}/readyz`);
    expect(await ready.json()).toMatchObject({ status: 'ready' });
    expect(await metricsOf(started)).not.toMatch(/^gateway_backbone_up \d/m);
    await started.close();
  });
});

describe('traces of a gateway', () => {
  it('lead from the request to the call upstream, and go on where the caller’s own began', async () => {
    const recorder = await createSpanRecorder();
    const telemetry = { ...noTelemetry, tracing: recorder.tracing };
    const started = await startGateway(answer, { telemetry });
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    await started.post(
      {
        query:
          'query Mine { segments(first: 1) { nodes { id name mergePolicy { id } } } session { sandbox } }',
      },
      { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
    );
    await started.close();
    await recorder.flush();
    expect(recorder.pathsTo('GET segmentation')).toContain(
      'POST /graphql > query > Query.segments > GET segmentation',
    );
    expect(new Set(recorder.spans.map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]));
    expect(recorder.text()).not.toMatch(/Mine|AdobeOrg|Bearer/);
    expect(started.upstream.calls[0]?.headers).not.toHaveProperty('traceparent');
  });

  it('tell of the operations of sockets, and of each event', async () => {
    const recorder = await createSpanRecorder();
    const started = await startGateway(answer, { telemetry: { ...noTelemetry, tracing: recorder.tracing } });
    const client = createClient({
      url: `${started.gateway.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
    });
    await client.iterate({ query: '{ segments(first: 1) { nodes { id } } }' }).next();
    await client.dispose();
    await started.close();
    await recorder.flush();
    expect(recorder.pathsTo('GET segmentation')).toEqual([
      'websocket query > Query.segments > GET segmentation',
    ]);
  });

  it('are not kept where the caller says so, or where the share is nothing', async () => {
    for (const [share, traceparent] of [
      [1, '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'],
      [0, 'nonsense'],
    ] as const) {
      const recorder = await createSpanRecorder(share);
      const started = await startGateway(answer, {
        telemetry: { ...noTelemetry, tracing: recorder.tracing },
      });
      await started.post({ query: '{ session { sandbox } }' }, { traceparent });
      await started.close();
      await recorder.flush();
      expect(recorder.spans).toEqual([]);
    }
  });
});

describe('the line of an operation in the log', () => {
  it('says what ran, how it ended, how long it took and what it cost', async () => {
    const started = await startGateway(answer);
    const name = `Name\u001b[2J\u202e${'x'.repeat(200)}`;
    await started.post({ query: '{ segments(first: 1) { nodes { id } } }' }, { 'x-request-id': 'request-7' });
    await started.post({ query: '{ session { sandbox } }', operationName: name });
    await started.close();
    const lines = started.logLines.filter((line) => line.includes('"msg":"operation"'));
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      requestId: 'request-7',
      type: 'query',
      transport: 'http',
      outcome: 'ok',
      upstreamCalls: 1,
      ms: expect.any(Number) as number,
    });
    expect(lines[1]).toContain('OPERATION_RESOLUTION_FAILURE');
    expect((JSON.parse(lines[1] ?? '') as { operation: string }).operation).toHaveLength(100);
  });
});

describe('the readiness of a gateway', () => {
  const readyz = async ({ gateway }: StartedGateway): Promise<[number, Record<string, unknown>]> => {
    const response = await fetch(`${gateway.url}/readyz`);
    return [response.status, (await response.json()) as Record<string, unknown>];
  };

  it('names each thing that it looked at, and asks the upstream nothing', async () => {
    const started = await startGateway(answer);
    expect(await readyz(started)).toEqual([
      200,
      { status: 'ready', checks: { gateway: 'ok', upstream: 'ok' } },
    ]);
    expect(started.upstream.calls).toEqual([]);
    await started.close();
  });

  it('is not there before the upstream was reached once', async () => {
    const placeholder = createServer().listen(0, '127.0.0.1');
    await once(placeholder, 'listening');
    const { port } = placeholder.address() as AddressInfo;
    placeholder.close();
    await once(placeholder, 'close');
    const url = `http://127.0.0.1:${String(port)}`;
    const started = await startGateway(answer, { upstream: { url, mode: 'ADOBE' } });
    expect(await readyz(started)).toMatchObject([
      503,
      { status: 'not ready', reason: 'the upstream cannot be reached' },
    ]);
    await started.close();
  });

  it('is not there before the service credential gave a token; later failures only degrade it', async () => {
    const started = await startServiceGateway(answer, {});
    expect(await readyz(started)).toMatchObject([200, { checks: { credential: 'ok' } }]);
    await started.close();
    const refused = await startServiceGateway(answer, {
      client: {
        tokenUrl: 'http://127.0.0.1:9/ims',
        clientId: 'client-1',
        clientSecret: new Secret('secret-of-the-gateway'),
        scopes: 'openid',
      },
    });
    expect(await readyz(refused)).toMatchObject([503, { status: 'not ready' }]);
    await refused.close();
  });

  it('ends first when the gateway closes, while running requests and new ones are still served', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let reached = (): void => undefined;
    const asked = new Promise<void>((resolve) => (reached = resolve));
    const started = await startGateway(
      () => ({
        raw: (response) => {
          reached();
          void held.then(() =>
            response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(list)),
          );
        },
      }),
      { drain: { delayMs: 300, timeoutMs: 4_000 } },
    );
    const running = started.post({ query: '{ segments(first: 1) { nodes { id } } }' });
    await asked;
    const closing = started.gateway.close();
    expect(await readyz(started)).toMatchObject([503, { reason: 'the gateway is stopping' }]);
    const late = await started.post({ query: '{ session { sandbox } }' });
    expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
    release();
    expect(await (await running).json()).toMatchObject({ data: { segments: { nodes: [{ id: 's1' }] } } });
    await closing;
    await expect(fetch(`${started.gateway.url}/healthz`)).rejects.toThrow();
    await started.close();
  });
});
