import { setMaxListeners } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCaller } from '../../src/datasources/caller';
import type { Caller } from '../../src/datasources/caller';
import { createDataSources } from '../../src/datasources/create-data-sources';
import type { DataSources } from '../../src/datasources';
import { bindCursors } from '../../src/datasources/list-cursors';
import { createTextSeal } from '../../src/lib/text-seal';
import { createRestClient } from '../../src/datasources/rest-client';
import type { RestClient, RestClientOptions } from '../../src/datasources/rest-client';

/** A request as the upstream saw it. */
export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** An answer as JSON, or whatever is done to the raw response. */
export type Reply =
  | { readonly status?: number; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | { readonly raw: (response: ServerResponse) => void };

export interface FakeUpstream {
  readonly url: string;
  readonly calls: SeenCall[];
  /** `GET /segment/jobs` … of the calls so far, without the base path. */
  lines(): string[];
  /** The same of some of them. */
  linesOf(isMeant: (call: SeenCall) => boolean): string[];
  close(): Promise<void>;
}

/** A real HTTP server on the loopback that plays Adobe; unknown paths answer 404 in Adobe's UPS form. */
export async function startFakeUpstream(
  answer: (call: SeenCall) => Reply | undefined,
): Promise<FakeUpstream> {
  const calls: SeenCall[] = [];
  const server = createServer((request, response) => {
    void readCall(request).then((call) => {
      calls.push(call);
      send(response, answer(call) ?? { status: 404, json: upsNotFound });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    calls,
    lines: () => calls.map(lineOf),
    linesOf: (isMeant) => calls.filter(isMeant).map(lineOf),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function lineOf({ method, path }: SeenCall): string {
  return `${method} ${path.replace(/^\/data\/(core\/ups|foundation|core\/activation)/, '')}`;
}

/** A gateway's lower floors before a fake upstream, and what closes both. */
export interface SourcesUnderTest {
  readonly upstream: FakeUpstream;
  readonly client: RestClient;
  readonly sources: DataSources;
  /** As a new operation has them; of Ada unless of somebody else. */
  freshSources(caller?: Caller): DataSources;
  close(): Promise<void>;
}

export async function startSources(
  answer: (call: SeenCall) => Reply | undefined,
  options: Omit<RestClientOptions, 'baseUrl'> = {},
): Promise<SourcesUnderTest> {
  const upstream = await startFakeUpstream(answer);
  const client = createRestClient({ ...options, baseUrl: upstream.url });
  const seal = createTextSeal('a secret of the tests, long enough', 'cursors');
  const { signal } = new AbortController();
  // As for a request of a caller, who may ask for much at once.
  setMaxListeners(0, signal);
  const freshSources = (caller: Caller = ada): DataSources =>
    createDataSources({
      client,
      caller,
      cursors: bindCursors(seal, caller),
      requestId: 'request-1',
      signal,
    });
  return {
    upstream,
    client,
    sources: freshSources(),
    freshSources,
    close: async () => {
      await client.close();
      await upstream.close();
    },
  };
}

export const ada: Caller = createCaller({
  authorization: 'Bearer adas-token',
  apiKey: 'adas-key',
  orgId: 'ADA@AdobeOrg',
  sandbox: 'prod',
});

/** Source: OpenAPI of the segmentation API, audiences, 404 (error family D). */
const upsNotFound = {
  requestId: 'upstream-request-1',
  errors: { '404': [{ code: 404, message: 'No such record.' }] },
  type: 'https://ns.adobe.com/aep/errors/UPAPI-113430-404',
  title: 'Not found',
  status: 404,
};

async function readCall(request: IncomingMessage): Promise<SeenCall> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const url = new URL(request.url ?? '/', 'http://upstream');
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

function send(response: ServerResponse, reply: Reply): void {
  if ('raw' in reply) {
    reply.raw(response);
    return;
  }
  response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
  response.end(JSON.stringify(reply.json));
}
