import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The answers that are under way, so that closing waits for them and not for connections that are kept alive. */
export interface OpenAnswers {
  /** Call it before anything is sent. */
  add(response: ServerResponse): void;
  /** From now on every answer, also of those under way, is the last one of its connection. */
  beLast(): void;
  /**
   * Ends the connections on which nothing is asked. Node's own `closeIdleConnections` would also cut off answers that have
   * ended and are still being read.
   */
  endIdle(): void;
  /** Ends the connections whose request has not wholly come, and has no answer: nothing of it has run. */
  endUnfinished(): void;
}

/** Follows a server's connections from its first one on. */
export function createOpenAnswers(server: Server): OpenAnswers {
  const open = new Set<ServerResponse>();
  /** Bytes that each had read when it was last done with what was asked. */
  const connections = new Map<Socket, number>();
  let areLast = false;
  server.on('connection', (socket: Socket) => {
    connections.set(socket, 0);
    socket.once('close', () => connections.delete(socket));
  });
  // From here on it is a WebSocket, whose end is not ours.
  server.on('upgrade', ({ socket }: IncomingMessage) => connections.delete(socket));
  return {
    add: (response) => {
      const { socket } = response.req;
      open.add(response);
      response.once('close', () => {
        open.delete(response);
        if (connections.has(socket)) connections.set(socket, socket.bytesRead);
      });
      // Its headers may have told that the connection stays, before closing began.
      response.once('finish', () => {
        if (areLast) socket.destroySoon();
      });
      if (areLast) tellLast(response);
    },
    beLast: () => {
      areLast = true;
      open.forEach(tellLast);
    },
    endIdle: () => {
      const asked = socketsOf(open);
      for (const [socket, bytes] of connections)
        if (socket.bytesRead === bytes && !asked.has(socket)) socket.destroy();
    },
    endUnfinished: () => {
      const running = socketsOf([...open].filter(isUnderWay));
      for (const socket of connections.keys()) if (!running.has(socket)) socket.destroy();
    },
  };
}

function socketsOf(responses: Iterable<ServerResponse>): ReadonlySet<Socket> {
  return new Set(Array.from(responses, ({ req }) => req.socket));
}

function isUnderWay({ req, headersSent }: ServerResponse): boolean {
  return req.complete || headersSent;
}

function tellLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
