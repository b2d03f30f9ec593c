import 'reflect-metadata';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { pino } from 'pino';
import { Pool } from 'undici';
import { createGateway } from '../../src/server/gateway';
import { openGatewayState } from '../../src/state/open-gateway-state';
import { jobId } from './adobe';

/** What stands before the same upstream; each starts and says where. */
export const contenders: Readonly<Record<string, (upstream: string) => Promise<string>>> = {
  gateway: startGateway,
  'plain Apollo': startPlainApollo,
  proxy: startProxy,
};

async function startGateway(upstream: string): Promise<string> {
  const state = await openGatewayState({ folder: mkdtempSync(join(tmpdir(), 'bench-gateway-')) });
  const { url } = await createGateway({
    host: '127.0.0.1',
    port: 0,
    publicUrl: null,
    upstream: { url: upstream, mode: 'ADOBE' },
    defaultCaller: null,
    state,
    development: false,
    secret: null,
    isReady: () => ({ ready: true }),
    log: pino({ level: 'silent' }),
  });
  return `${url}/graphql`;
}

/** The same fields by Apollo's own standalone server and global fetch, as a first try would have them. */
async function startPlainApollo(upstream: string): Promise<string> {
  const get = async (path: string): Promise<Record<string, unknown>> =>
    (await (await fetch(`${upstream}/data/core/ups${path}`)).json()) as Record<string, unknown>;
  const server = new ApolloServer({
    typeDefs: `
      type Segment { id: ID! name: String! }
      type SegmentJob { id: ID! status: String! rawStatus: String! isTerminal: Boolean! createdAt: String! updatedAt: String! segments: [Segment]! segmentIds: [ID!]! }
      type SegmentJobConnection { nodes: [SegmentJob!]! }
      type Query { segmentJob(id: ID!): SegmentJob segmentJobs(first: Int): SegmentJobConnection! }`,
    resolvers: {
      Query: {
        segmentJob: (_root: unknown, { id }: { id: string }) => get(`/segment/jobs/${id}`),
        segmentJobs: async () => ({ nodes: (await get('/segment/jobs?limit=20'))['children'] }),
      },
      SegmentJob: {
        rawStatus: ({ status }: { status: string }) => status,
        isTerminal: ({ status }: { status: string }) => status === 'SUCCEEDED',
        createdAt: ({ creationTime }: { creationTime: number }) => new Date(creationTime).toISOString(),
        updatedAt: ({ updateTime }: { updateTime: number }) => new Date(updateTime).toISOString(),
        segmentIds: ({ segments }: { segments: { segmentId: string }[] }) =>
          segments.map(({ segmentId }) => segmentId),
        segments: ({ segments }: { segments: { segmentId: string }[] }) =>
          segments.map(({ segmentId }) => get(`/segment/definitions/${segmentId}`)),
      },
    },
  });
  const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
  return url;
}

/** What no gateway can beat: one call upstream, its body passed on unread. */
async function startProxy(upstream: string): Promise<string> {
  const pool = new Pool(upstream);
  const server = createServer((request, response) => {
    request.resume();
    const path = request.url === '/list' ? '/segment/jobs' : `/segment/jobs/${jobId}`;
    void pool
      .request({ path: `/data/core/ups${path}`, method: 'GET' })
      .then(({ statusCode, headers, body }) => {
        response.writeHead(statusCode, headers);
        body.pipe(response);
      });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
