import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { startGateway } from '../../support/started-gateway';
import type { StartedGateway } from '../../support/started-gateway';

let started: StartedGateway;
afterEach(() => started.close());

const publicUrl = 'https://audience.example:8443';
const ours = ['localhost:4000', 'LOCALHOST.', '127.0.0.1', '127.8.9.10:1', '[::1]:4000', 'audience.example'];
const foreign = ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example', '10.0.0.1', '[::2]'];

async function post(host: string, path = '/graphql'): Promise<{ status: number; body: string }> {
  const asking = request(`http://127.0.0.1:${portOf()}${path}`, {
    method: path === '/graphql' ? 'POST' : 'GET',
    headers: { host, 'content-type': 'application/json' },
  });
  asking.end(path === '/graphql' ? JSON.stringify({ query: '{ session { sandbox } }' }) : undefined);
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await text(response) };
}

async function openSocket(host: string): Promise<string> {
  const socket = new WebSocket(`ws://127.0.0.1:${portOf()}/graphql`, 'graphql-transport-ws', {
    headers: { host },
  });
  const outcome = await new Promise<string>((resolve) => {
    socket.once('open', () => resolve('open'));
    socket.once('error', ({ message }) => resolve(message));
  });
  socket.terminate();
  return outcome;
}

let port = '';
const portOf = (): string => port;

async function start(options: Parameters<typeof startGateway>[1] = {}): Promise<void> {
  // The gateway's own url is the public one, so the port must be known beforehand.
  const chosen = await startGateway(() => undefined);
  port = new URL(chosen.gateway.url).port;
  await chosen.close();
  started = await startGateway(() => undefined, { port: Number(port), ...options });
}

describe('a gateway that lends its credentials', () => {
  it.each(ours)('answers HTTP and opens sockets under %s', async (host) => {
    await start({ publicUrl });
    expect(await post(host)).toMatchObject({ status: 200 });
    expect(await openSocket(host)).toBe('open');
  });

  it.each(foreign)('answers 403 to HTTP and to sockets under %s, and asks nothing', async (host) => {
    await start({ publicUrl });
    const { status, body } = await post(host);
    expect(status).toBe(403);
    expect(body).toContain('PUBLIC_URL');
    expect(await openSocket(host)).toContain('403');
    expect(started.upstream.calls).toEqual([]);
  });

  it('tells anybody whether it is alive', async () => {
    await start();
    expect((await post('10.0.0.1:4000', '/healthz')).status).toBe(200);
  });
});

describe('a gateway that lends nothing', () => {
  it('is asked under any host', async () => {
    await start({ defaultCaller: null });
    expect((await post('gateway.example')).status).toBe(401);
    expect(await openSocket('gateway.example')).toBe('open');
  });
});
