import type { Duplex } from 'node:stream';
import type { FormattedExecutionResult } from 'graphql';
import type { WebSocket } from 'ws';
import type { StreamReader } from '../lib/taken-stream';
import { OperationFailed, jsonOf } from './operation-results';
import type { OperationResults } from './operation-results';
import type { InLine, SendLine } from './send-line';

/** A socket, and the connection under it. */
export interface FramedSocket {
  readonly socket: WebSocket;
  readonly raw: Duplex;
  /** Where all sockets wait for their turn. */
  readonly line: SendLine;
}

/** What may wait in a socket before its operations wait for it: beyond it, their streams conflate what they are told. */
const maxAheadBytes = 16 * 1024;

/** Whose results are sent. */
export interface FrameOwner {
  readonly id: string;
  /** Before each that is sent. */
  sending(): void;
  /** Nothing more will be; what it failed with, or null. */
  ended(failure: OperationFailed | null): void;
}

/**
 * Sends the results of one operation over its socket, each as a `next` message around the text that all who share the
 * result share. Waits without a promise: it is told when there is something, and has its turn in the line of all sockets.
 *
 * Source: PROTOCOL.md of graphql-ws 6, "Next".
 */
export class ResultFrames implements StreamReader, InLine {
  isInLine = false;
  private isOver = false;
  private isBlocked = false;

  constructor(
    private readonly results: OperationResults,
    private readonly over: FramedSocket,
    private readonly owner: FrameOwner,
  ) {}

  begin(): void {
    this.results.reader = this;
    this.turn();
  }

  /** Calls the operation off. */
  leave(): void {
    void this.results.return();
  }

  readable(): void {
    if (!this.isBlocked) this.over.line.add(this);
  }

  turn(): void {
    while (!this.isOver && !this.isBlocked) {
      let step;
      try {
        step = this.results.take();
      } catch (error) {
        this.end(error);
        return;
      }
      if (step === null) return;
      if (step.done === true) {
        this.end(null);
        return;
      }
      this.owner.sending();
      this.send(step.value);
    }
  }

  private end(error: unknown): void {
    this.isOver = true;
    if (error !== null && !(error instanceof OperationFailed))
      throw new Error('Invariant broken: what fails on a socket comes out of the door', { cause: error });
    this.owner.ended(error);
  }

  /** What cannot be sent any more is dropped: the socket's close ends its operations. */
  private send(result: FormattedExecutionResult): void {
    const { socket, raw } = this.over;
    if (socket.readyState !== socket.OPEN) return;
    if (raw.writableLength < maxAheadBytes) {
      writeNext(raw, this.owner.id, result);
      return;
    }
    this.isBlocked = true;
    writeNext(raw, this.owner.id, result, () => {
      this.isBlocked = false;
      this.over.line.add(this);
    });
  }
}

const asciiOnes = new WeakMap<FormattedExecutionResult, boolean>();

/** Whether each letter is one byte; asked once for all who share the result. */
function isAscii(result: FormattedExecutionResult): boolean {
  let isSo = asciiOnes.get(result);
  if (isSo === undefined) {
    const text = jsonOf(result);
    isSo = Buffer.byteLength(text) === text.length;
    asciiOnes.set(result, isSo);
  }
  return isSo;
}

/** Ids as libraries make them: they stand in JSON as they are. */
const plainId = /^[\w-]*$/;

/**
 * Writes a `next` message. As a string where each letter is a byte of it: what a socket takes at once is then never a
 * buffer of ours, of which a crowd would be given thousands that live until the next collection.
 */
function writeNext(raw: Duplex, id: string, result: FormattedExecutionResult, onWritten?: () => void): void {
  const isPlain = plainId.test(id);
  const start = `{"id":${isPlain ? `"${id}"` : JSON.stringify(id)},"type":"next","payload":`;
  const text = `${start}${jsonOf(result)}}`;
  if (isPlain && isAscii(result) && text.length <= maxShortSize)
    raw.write(textHead(text.length) + text, 'latin1', onWritten);
  else raw.write(toTextFrame(text), onWritten);
}

const maxShortSize = 65_535;

/** The head of a whole text frame of so few bytes, each as a letter of Latin-1. */
function textHead(size: number): string {
  return size < 126
    ? String.fromCharCode(0x81, size)
    : String.fromCharCode(0x81, 126, size >> 8, size & 0xff);
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
