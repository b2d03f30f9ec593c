import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { closeCodes } from './socket-adapter';
import type { StreamPace } from './stream-pace';
import { Wheel } from './wheel';

/** In the time after which a client that does not read is too slow. */
const looksPerSlow = 2;
/**
 * Bytes a second of one who reads slowly but reads. Buffers on the way hold megabytes, and a ping stands behind them: nobody
 * is gone who is still owed the time to come to it.
 */
const slowestRead = 64 * 1024;
/** Pings that one may leave unanswered, however much lies on the way. */
const mayMissReading = 6;
/** For one who reads slowly, to come to the close behind what waits before it. */
const leaveMs = 15_000;

/** Ends sockets whose client is gone without a word, does not read, says too much or nothing: few timers for all of them. */
export class SocketLives {
  private readonly pings: Wheel<SocketLife>;
  private readonly looks: Wheel<SocketLife>;
  private readonly silences: Wheel<SocketLife>;

  constructor(
    readonly pace: StreamPace,
    private readonly log: Logger,
    private readonly saidNothing: (socket: WebSocket) => void,
  ) {
    this.pings = new Wheel(pace.pingMs, (life) => this.ping(life));
    this.looks = new Wheel(pace.slowMs / looksPerSlow, (life) => this.look(life));
    this.silences = new Wheel(pace.initMs, ({ socket }) => this.saidNothing(socket));
  }

  /** @param raw the connection under the socket. */
  begin(socket: WebSocket, raw: Duplex): SocketLife {
    const life = new SocketLife(socket, raw, this.pace);
    this.pings.join(life);
    this.looks.join(life);
    this.silences.join(life);
    return life;
  }

  /** It has said its first word. */
  introduced(life: SocketLife): void {
    this.silences.leave(life);
  }

  end(life: SocketLife): void {
    this.pings.leave(life);
    this.looks.leave(life);
    this.silences.leave(life);
  }

  private ping(life: SocketLife): void {
    const { socket } = life;
    if (life.isAlive) {
      life.missedPings = 0;
      life.readBytes = life.pingedAtBytes;
      life.pingedAtBytes = life.sentBytes;
    } else life.missedPings += 1;
    const readInATurn = (slowestRead * this.pace.pingMs) / 1000;
    const turnsToRead = Math.floor((life.sentBytes - life.readBytes) / readInATurn);
    if (
      life.missedPings > Math.min(mayMissReading, turnsToRead) &&
      socket.bufferedAmount <= this.pace.maxWaitingBytes
    ) {
      socket.terminate();
      return;
    }
    life.isAlive = false;
    socket.ping();
  }

  private look(life: SocketLife): void {
    const { socket } = life;
    life.slowLooks = socket.bufferedAmount > this.pace.maxWaitingBytes ? life.slowLooks + 1 : 0;
    if (life.slowLooks <= looksPerSlow) return;
    this.looks.leave(life);
    // One who has not come to a ping yet is not to be cut off before he comes to the close.
    this.pings.leave(life);
    this.log.info('A client does not read its socket');
    socket.close(closeCodes.slowConsumer, 'Events are not read fast enough');
    setTimeout(() => socket.terminate(), leaveMs).unref();
  }
}

/** What is known of how a client behaves. */
export class SocketLife {
  isAlive = true;
  missedPings = 0;
  /** Of what was sent, so much at least has been read: a ping behind it was answered. */
  readBytes = 0;
  /** What had been sent before the oldest ping that is not answered. */
  pingedAtBytes = 0;
  slowLooks = 0;
  private messagesLeft: number;
  private lastMs = Math.round(performance.now());

  constructor(
    readonly socket: WebSocket,
    private readonly raw: Duplex,
    private readonly pace: StreamPace,
  ) {
    this.messagesLeft = pace.messageBurst;
  }

  get sentBytes(): number {
    return this.raw instanceof Socket ? this.raw.bytesWritten : 0;
  }

  /** False for a socket that says too much at once: it is closed by 1008. */
  mayGoOn(): boolean {
    const { socket, pace } = this;
    if (socket.readyState !== socket.OPEN) return false;
    const nowMs = Math.round(performance.now());
    const more = ((nowMs - this.lastMs) * pace.messagesPerSecond) / 1000;
    this.messagesLeft = Math.min(pace.messageBurst, this.messagesLeft + more) - 1;
    this.lastMs = nowMs;
    if (this.messagesLeft >= 0) return true;
    socket.close(closeCodes.tooMuch, 'Too many messages at once');
    return false;
  }
}
