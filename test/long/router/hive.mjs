// Hive Gateway as a process: `node hive.mjs SUPERGRAPH.graphql PORT http-callback|ws|sse`. Says its address once it listens.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { MemPubSub } from '@graphql-hive/pubsub';
import http from '@graphql-mesh/transport-http';
import callback from '@graphql-mesh/transport-http-callback';
import ws from '@graphql-mesh/transport-ws';

const [supergraph, port, transport] = process.argv.slice(2);
const passedOn = ['authorization', 'x-api-key', 'x-gw-ims-org-id', 'x-sandbox-name', 'x-request-id'];
const server = createServer((request, response) => gateway(request, response));
await new Promise((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}`;

const subscriptions = {
  'http-callback': {
    kind: 'http-callback',
    options: { public_url: `${url}/callback`, path: '/callback', heartbeat_interval: 1_000 },
  },
  ws: {
    kind: 'ws',
    options: {
      connectionParams: Object.fromEntries(passedOn.map((name) => [name, `{context.headers['${name}']}`])),
    },
  },
};
const gateway = createGatewayRuntime({
  supergraph: readFileSync(supergraph, 'utf8'),
  logging: false,
  pubsub: new MemPubSub(),
  webhooks: true,
  transports: { http, 'http-callback': callback, ws },
  transportEntries: { audiences: { options: { subscriptions: subscriptions[transport] } } },
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) =>
      Object.fromEntries(passedOn.map((name) => [name, request.headers.get(name) ?? undefined])),
  },
});
process.stdout.write(`${url}\n`);
