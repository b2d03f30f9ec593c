import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { pino } from 'pino';
import { WebSocket, WebSocketServer } from 'ws';
import { SocketLives } from '../../../src/server/socket-life';
import { defaultPace } from '../../../src/server/stream-pace';

/** At 64 KiB a second, one turn of pings is worth 3,277 bytes. */
const lives = new SocketLives({ ...defaultPace, pingMs: 50 }, pino({ level: 'silent' }), () => undefined);
const ended: string[] = [];
let server: WebSocketServer;

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  server.on('connection', (socket, request) => {
    const life = lives.begin(socket, request.socket);
    socket.on('pong', () => (life.isAlive = true));
    socket.on('close', () => {
      lives.end(life);
      ended.push(request.url ?? '');
      server.emit('left');
    });
    if (request.url === '/owed-much') socket.send('x'.repeat(30_000));
  });
  await once(server, 'listening');
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

/** A client who answers no ping from now on. */
async function deaf(path: string): Promise<WebSocket> {
  const { port } = server.address() as AddressInfo;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`);
  await once(socket, 'open');
  (socket as unknown as { readonly _socket: Socket })._socket.pause();
  return socket;
}

it('gives one who has much to read the time to come to a ping, and ends one who has nothing', async () => {
  const clients = [await deaf('/owed-much'), await deaf('/owed-nothing')];
  while (ended.length < 2) await once(server, 'left');
  expect(ended).toEqual(['/owed-nothing', '/owed-much']);
  for (const client of clients) client.terminate();
});
