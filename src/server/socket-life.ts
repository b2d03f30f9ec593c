import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { closeCodes } from './socket-adapter';
import type { StreamPace } from './stream-pace';
import { Wheel } from './wheel';

/** In the time after which a client that does not read is too slow. */
const looksPerSlow = 2;
/** Pings that one may leave unanswered who has megabytes to read before them: what lies in the buffers on the way. */
const mayMissReading = 4;
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

  begin(socket: WebSocket): SocketLife {
    const life = new SocketLife(socket, this.pace);
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
    const waitingBytes = socket.bufferedAmount;
    if (life.isAlive) life.missedPings = 0;
    else life.missedPings += 1;
    // Who has much to read before he sees a ping is judged by how he reads.
    const mayMiss = life.hasMuchToRead ? mayMissReading : 0;
    if (life.missedPings > mayMiss && waitingBytes <= this.pace.maxWaitingBytes) {
      socket.terminate();
      return;
    }
    life.hasMuchToRead = waitingBytes > 0 || (life.hasMuchToRead && !life.isAlive);
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
  /** A ping that he has not answered stands behind more than the connection takes at once. */
  hasMuchToRead = false;
  slowLooks = 0;
  private messagesLeft: number;
  private lastMs = Math.round(performance.now());

  constructor(
    readonly socket: WebSocket,
    private readonly pace: StreamPace,
  ) {
    this.messagesLeft = pace.messageBurst;
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
