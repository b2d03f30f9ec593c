import type { JobChange } from '../../src/subscriptions/job-watchers';
import type { Listening, Replica } from './replica';
import type { VirtualTime } from './virtual-time';

/** How a stream ended for who was reading it. */
export type Ending = { readonly kind: 'complete' } | { readonly kind: 'error'; readonly error: Error };

/** One stream of a replica, and the one who reads it at the other end of a line. */
export class Connection implements Listening {
  /** Aborted as the gateway knows that the reader has left, or as the stream ends. */
  readonly leaving = new AbortController();
  readonly openedMs: number;
  private stream: AsyncIterableIterator<JobChange> | null = null;
  private isHeard = true;

  constructor(
    readonly replica: Replica,
    /** As whom it listens to what. */
    readonly topic: string,
    private readonly time: VirtualTime,
    private readonly reader: {
      readonly pauseMs: number;
      heard(change: JobChange): void;
      ended(ending: Ending): void;
      /** It listens from now on, or no more. */
      changed(connection: Connection): void;
    },
  ) {
    this.openedMs = time.nowMs;
  }

  get isOpen(): boolean {
    return !this.leaving.signal.aborted && this.replica.loop.isAlive;
  }

  open(stream: AsyncIterableIterator<JobChange>): void {
    this.stream = stream;
    this.replica.connections.add(this);
    this.reader.changed(this);
    this.read();
  }

  /** The line breaks; the gateway knows it so much later. */
  break(noticedMs: number): void {
    this.isHeard = false;
    if (noticedMs === 0) this.notice();
    else
      this.time.schedule(noticedMs, () => {
        this.replica.loop.enter(() => {
          this.notice();
        });
      });
  }

  private notice(): void {
    if (!this.isOpen) return;
    this.close();
    void this.stream?.return?.();
  }

  private read(): void {
    if (this.stream === null) return;
    this.stream.next().then(
      (result) => {
        if (!this.isOpen) return;
        if (result.done === true) this.end({ kind: 'complete' });
        else this.take(result.value);
      },
      (error: unknown) => {
        if (this.isOpen)
          this.end({ kind: 'error', error: error instanceof Error ? error : new Error('no Error') });
      },
    );
  }

  private take(change: JobChange): void {
    if (this.isHeard) this.reader.heard(change);
    if (this.reader.pauseMs === 0) this.read();
    else
      this.time.schedule(this.reader.pauseMs, () => {
        this.replica.loop.enter(() => {
          this.read();
        });
      });
  }

  private end(ending: Ending): void {
    this.close();
    if (this.isHeard) this.reader.ended(ending);
  }

  private close(): void {
    this.leaving.abort();
    this.replica.connections.delete(this);
    this.reader.changed(this);
  }
}
