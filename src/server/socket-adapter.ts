import type { RawData, WebSocket } from 'ws';

/** Close codes of ours, of the graphql-ws protocol, and of WebSockets. */
export const closeCodes = {
  internalError: 4500,
  slowConsumer: 4413,
  forbidden: 4403,
  tryAgainLater: 1013,
  restart: 1012,
  tooMuch: 1008,
} as const;

/** What cannot be sent any more is dropped: the socket's close ends its operations. */
export function sendMessage(socket: WebSocket, message: object): void {
  if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
}

/** The reason of a close has room for 123 bytes. */
export function closeWith(socket: WebSocket, code: number, reason: string): void {
  socket.close(
    code,
    Buffer.from(reason)
      .subarray(0, 120)
      .toString('utf8')
      .replace(/\ufffd+$/, ''),
  );
}

export function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString('utf8');
}
