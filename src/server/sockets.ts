import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL } from 'graphql-ws';
import { WebSocket, WebSocketServer } from 'ws';
import type { RawData, Server as SocketServer } from 'ws';
import { systemTimers } from '../lib/timers';
import { callerHeadersOf } from './caller-source';
import { CrowdMemory } from './crowd-memory';
import type { IsForUs } from './known-hosts';
import { mayOpenSocket } from './origins';
import { SendLine } from './send-line';
import { closeCodes, textOf } from './socket-adapter';
import { SocketLives } from './socket-life';
import { SocketSession } from './socket-session';
import type { SessionParts } from './socket-session';
import type { StreamPace } from './stream-pace';

export interface SocketParts extends Omit<SessionParts, 'lives' | 'line' | 'memory'> {
  readonly origins: readonly string[];
  readonly isForUs: IsForUs;
  readonly pace: StreamPace;
}

const maxFrameBytes = 256 * 1024;
/** To leave by itself after it was told to. */
const leaveMs = 1_000;

/** graphql-ws on /graphql, through the same pipeline as HTTP. */
export function attachSockets(
  server: Server,
  parts: SocketParts,
): { close(): Promise<void>; readonly count: () => number } {
  const sockets = new WebSocketServer({
    WebSocket: SessionSocket,
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    handleProtocols: (protocols) =>
      protocols.has(GRAPHQL_TRANSPORT_WS_PROTOCOL) ? GRAPHQL_TRANSPORT_WS_PROTOCOL : false,
  });
  const { shared, pace } = parts;
  const lives = new SocketLives(pace, shared.log, (socket) =>
    socket.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout'),
  );
  const line = new SendLine((error) =>
    shared.log.error({ err: error }, 'A result could not be sent for a reason of our own'),
  );
  const { gc } = globalThis;
  const memory = new CrowdMemory(systemTimers, gc && (() => void gc()));
  const common: SessionParts = { ...parts, lives, line, memory };
  server.on('upgrade', (request: IncomingMessage, raw: Duplex, head: Buffer) => {
    if ((request.url ?? '').split('?', 1)[0] !== '/graphql') refuseUpgrade(raw, '404 Not Found');
    else if (!parts.isForUs(request) || !mayOpenSocket(request, parts.origins))
      refuseUpgrade(raw, '403 Forbidden');
    else {
      sockets.handleUpgrade(request, raw, head, (socket) => {
        socket.session = new SocketSession(common, socket, { raw, headers: callerHeadersOf(request) });
        listen(socket);
      });
    }
  });
  const close = async (): Promise<void> => {
    await closeSockets(sockets);
    memory.close();
  };
  return { close, count: () => sockets.clients.size };
}

/** A socket that knows its session, so that all sockets share their listeners. */
class SessionSocket extends WebSocket {
  session: SocketSession | null = null;
}

function listen(socket: SessionSocket): void {
  socket.on('message', hear);
  socket.on('ping', judge);
  socket.on('pong', noteLife);
  socket.on('error', noteError);
  socket.once('close', leave);
}

/** Tells every client to come again, and cuts off those that do not leave. */
async function closeSockets(sockets: SocketServer<typeof SessionSocket>): Promise<void> {
  for (const socket of sockets.clients) socket.close(closeCodes.restart, 'The gateway restarts; come again');
  const timer = setTimeout(() => {
    for (const socket of sockets.clients) socket.terminate();
  }, leaveMs);
  await new Promise<void>((resolve) => sockets.close(() => resolve()));
  clearTimeout(timer);
}

/** Whatever the client does: its side need not end. */
function refuseUpgrade(socket: Duplex, status: string): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function sessionOf(socket: WebSocket): SocketSession {
  if (socket instanceof SessionSocket && socket.session !== null) return socket.session;
  throw new Error('Invariant broken: a socket has its session from the beginning');
}

function hear(this: WebSocket, data: RawData): void {
  const session = sessionOf(this);
  if (session.life.mayGoOn()) void session.hear(textOf(data));
}

function judge(this: WebSocket): void {
  sessionOf(this).life.mayGoOn();
}

function noteLife(this: WebSocket): void {
  sessionOf(this).life.isAlive = true;
}

/** A broken frame or a reset: the client's doing, and `ws` closes the socket itself. */
function noteError(this: WebSocket, error: Error): void {
  sessionOf(this).broke(error);
}

function leave(this: WebSocket): void {
  sessionOf(this).close();
}
