import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The answers that are under way, so that closing waits for them and not for connections that are kept alive. */
export interface OpenAnswers {
  /** Call it before anything is sent. */
  add(response: ServerResponse): void;
  /** From now on every answer, also of those under way, is the last one of its connection. */
  beLast(): void;
  /** Ends the connections that have never asked for anything; Node ends those that are idle since. */
  endUnused(): void;
  /** Ends the connections whose request has not wholly come, and has no answer: nothing of it has run. */
  endUnfinished(): void;
}

/** Follows a server's connections from its first one on. */
export function createOpenAnswers(server: Server): OpenAnswers {
  const open = new Set<ServerResponse>();
  const connections = new Set<Socket>();
  let areLast = false;
  server.on('connection', (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  // From here on it is a WebSocket, whose end is not ours.
  server.on('upgrade', ({ socket }: IncomingMessage) => connections.delete(socket));
  return {
    add: (response) => {
      const { socket } = response.req;
      open.add(response);
      response.once('close', () => open.delete(response));
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
    endUnused: () => {
      for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
    },
    endUnfinished: () => {
      const running = new Set([...open].filter(isUnderWay).map(({ req }) => req.socket));
      for (const socket of connections) if (!running.has(socket)) socket.destroy();
    },
  };
}

function isUnderWay({ req, headersSent }: ServerResponse): boolean {
  return req.complete || headersSent;
}

function tellLast(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
