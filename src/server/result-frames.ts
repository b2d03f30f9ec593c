import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { jsonOf } from './operation-results';
import type { OperationResults } from './operation-results';

/** A socket, and the connection under it. */
export interface FramedSocket {
  readonly socket: WebSocket;
  readonly raw: Duplex;
}

/** What may wait in a socket before its operations wait for it: beyond it, their streams conflate what they are told. */
const maxAheadBytes = 16 * 1024;

type End = IteratorResult<never, undefined>;
const ended: End = { done: true, value: undefined };

/**
 * Sends the results of one operation over its socket, each as a `next` message around the text that all who share the
 * result share. To graphql-ws it is a stream that says nothing until it ends: what begins and ends an operation stays
 * the library's, and it would put each result into words for each subscriber.
 *
 * Source: PROTOCOL.md of graphql-ws 6, "Next".
 */
export class ResultFrames implements AsyncIterableIterator<never, undefined> {
  private readonly head: string;

  constructor(
    private readonly results: OperationResults,
    private readonly over: FramedSocket,
    private readonly operation: { readonly id: string; readonly onSend: () => void },
  ) {
    this.head = `{"id":${JSON.stringify(operation.id)},"type":"next","payload":`;
  }

  async next(): Promise<End> {
    for (;;) {
      const step = await this.results.next();
      if (step.done === true) return ended;
      this.operation.onSend();
      const waiting = this.send(`${this.head}${jsonOf(step.value)}}`);
      if (waiting !== null) await waiting;
    }
  }

  async return(): Promise<End> {
    await this.results.return();
    return ended;
  }

  async throw(error: unknown): Promise<End> {
    await this.results.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** What cannot be sent any more is dropped: the socket's close ends its operations. */
  private send(text: string): Promise<void> | null {
    const { socket, raw } = this.over;
    if (socket.readyState !== socket.OPEN) return null;
    if (socket.bufferedAmount < maxAheadBytes) {
      raw.write(toTextFrame(text));
      return null;
    }
    return new Promise((resolve) => raw.write(toTextFrame(text), () => resolve()));
  }
}

/**
 * A whole text frame of a server: in one piece, it is one write, where `ws` makes two that are joined. The two do not
 * come between each other, for without compression `ws` too writes each frame at once.
 *
 * Source: RFC 6455, 5.2.
 */
function toTextFrame(text: string): Buffer {
  const size = Buffer.byteLength(text);
  const start = size < 126 ? 2 : size < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(start + size);
  frame[0] = 0x81;
  if (start === 2) frame[1] = size;
  else {
    frame[1] = start === 4 ? 126 : 127;
    if (start === 4) frame.writeUInt16BE(size, 2);
    else frame.writeBigUInt64BE(BigInt(size), 2);
  }
  frame.write(text, start, 'utf8');
  return frame;
}
