import type { Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';

/** Close codes of ours, of the graphql-ws protocol, and of WebSockets. */
export const closeCodes = {
  internalError: 4500,
  slowConsumer: 4413,
  forbidden: 4403,
  tryAgainLater: 1013,
  restart: 1012,
} as const;

const heartbeatMs = 10_000;
/** Of text that waits to be read by the client; past it at two heartbeats in a row, the client is too slow. */
const maxWaitingBytes = 1024 * 1024;

/**
 * Lets graphql-ws speak on one socket, as its own adapter for `ws` does, but with our log, and without keeping for a
 * client what it does not read.
 */
export function serveSocket<Extra>(parts: {
  readonly graphql: Server<Extra>;
  readonly socket: WebSocket;
  readonly extra: Extra;
  readonly log: Logger;
}): void {
  const { graphql, socket, log } = parts;
  const fail = (error: unknown): void => {
    log.error({ err: error }, 'A message on a socket failed for a reason of our own');
    socket.close(closeCodes.internalError, 'Internal server error');
  };
  const closed = graphql.opened(
    {
      protocol: socket.protocol,
      send: (text) => sendText(socket, text),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) => {
        socket.on('message', (data: RawData) => {
          handle(textOf(data)).catch(fail);
        });
      },
    },
    parts.extra,
  );
  const stopHeartbeat = startHeartbeat(socket);
  // A broken frame or a reset: the client's doing, and `ws` closes the socket itself.
  socket.on('error', (error) => log.info({ err: error }, 'A socket broke'));
  socket.once('close', (code, reason) => {
    stopHeartbeat();
    closed(code, reason.toString('utf8')).catch(fail);
  });
}

/** What cannot be sent any more is dropped: the socket's close ends its operations. */
function sendText(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) resolve();
    else socket.send(text, () => resolve());
  });
}

/** Ends sockets whose client is gone without a word, or does not read what it is sent. */
function startHeartbeat(socket: WebSocket): () => void {
  let isAlive = true;
  let wasSlow = false;
  socket.on('pong', () => {
    isAlive = true;
  });
  const timer = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    const isSlow = socket.bufferedAmount > maxWaitingBytes;
    if (isSlow && wasSlow) {
      socket.close(closeCodes.slowConsumer, 'Events are not read fast enough');
      socket.terminate();
      return;
    }
    wasSlow = isSlow;
    isAlive = false;
    socket.ping();
  }, heartbeatMs);
  return () => clearInterval(timer);
}

function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString('utf8');
}
