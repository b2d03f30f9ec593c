import type { Server } from 'graphql-ws';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import type { StreamPace } from './stream-pace';

/** Close codes of ours, of the graphql-ws protocol, and of WebSockets. */
export const closeCodes = {
  internalError: 4500,
  slowConsumer: 4413,
  forbidden: 4403,
  tryAgainLater: 1013,
  restart: 1012,
  tooMuch: 1008,
} as const;

/**
 * Lets graphql-ws speak on one socket, as its own adapter for `ws` does, but with our log, and without keeping for a
 * client what it does not read.
 */
export function serveSocket<Extra>(parts: {
  readonly graphql: Server<Extra>;
  readonly socket: WebSocket;
  readonly extra: Extra;
  readonly log: Logger;
  readonly pace: StreamPace;
  /** What a pong says to this ping; null: what the ping said. */
  readonly answerPing: (ping: unknown) => Promise<Readonly<Record<string, unknown>> | null>;
}): void {
  const { graphql, socket, log, pace } = parts;
  const mayGoOn = createRateLimit(socket, pace);
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
          if (!mayGoOn()) return;
          handle(textOf(data)).catch(fail);
        });
      },
      onPing: async (ping) => {
        const answer = (await parts.answerPing(ping)) ?? ping;
        await sendText(
          socket,
          JSON.stringify({ type: 'pong', ...(answer !== undefined && { payload: answer }) }),
        );
      },
    },
    parts.extra,
  );
  const stopHeartbeat = startHeartbeat(socket, pace, log);
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
function startHeartbeat(
  socket: WebSocket,
  { pingMs, slowMs, maxWaitingBytes }: StreamPace,
  log: Logger,
): () => void {
  let isAlive = true;
  socket.on('pong', () => {
    isAlive = true;
  });
  const heartbeat = setInterval(() => {
    // Who has much to read before he sees a ping is judged by how he reads.
    if (!isAlive && socket.bufferedAmount <= maxWaitingBytes) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  }, pingMs);
  let slowLooks = 0;
  const slow = setInterval(() => {
    slowLooks = socket.bufferedAmount > maxWaitingBytes ? slowLooks + 1 : 0;
    if (slowLooks <= looksPerSlow) return;
    clearInterval(slow);
    log.info('A client does not read its socket');
    socket.close(closeCodes.slowConsumer, 'Events are not read fast enough');
    setTimeout(() => socket.terminate(), leaveMs).unref();
  }, slowMs / looksPerSlow);
  return () => {
    clearInterval(heartbeat);
    clearInterval(slow);
  };
}

/** In the time after which a client that does not read is too slow. */
const looksPerSlow = 2;
/** To read the close behind what waits before it. */
const leaveMs = 2_000;

/** False for a socket that says too much at once: it is closed by 1008. */
function createRateLimit(socket: WebSocket, { messageBurst, messagesPerSecond }: StreamPace): () => boolean {
  let left = messageBurst;
  let lastMs = performance.now();
  const mayGoOn = (): boolean => {
    if (socket.readyState !== socket.OPEN) return false;
    const nowMs = performance.now();
    left = Math.min(messageBurst, left + ((nowMs - lastMs) * messagesPerSecond) / 1000) - 1;
    lastMs = nowMs;
    if (left >= 0) return true;
    socket.close(closeCodes.tooMuch, 'Too many messages at once');
    return false;
  };
  socket.on('ping', mayGoOn);
  return mayGoOn;
}

function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString('utf8');
}
