import type { Timers } from '../../src/lib/timers';
import type { VirtualTime } from './virtual-time';

/** The event loop of one process: what comes to it waits while it is blocked, and is lost when it is dead. */
export class EventLoop {
  private readonly pending = new Set<symbol>();
  private blockedUntilMs = 0;
  private isDead = false;
  private timersFirst = true;

  constructor(
    private readonly time: VirtualTime,
    private readonly fail: (words: string) => void,
  ) {}

  /** What the process has asked to be woken for. */
  get timerCount(): number {
    return this.pending.size;
  }

  get isAlive(): boolean {
    return !this.isDead;
  }

  readonly timers: Timers = {
    schedule: (delayMs, run) => {
      if (!(delayMs >= 0 && delayMs < 2 ** 31)) this.fail(`a timer of ${delayMs} ms`);
      const timer = Symbol('timer');
      this.pending.add(timer);
      const ring = (): void => {
        if (!this.pending.has(timer)) return;
        if (this.time.nowMs < this.blockedUntilMs) {
          this.wait(ring, this.timersFirst ? 0 : 1);
          return;
        }
        this.pending.delete(timer);
        if (!this.isDead) run();
      };
      // As setTimeout does it: whole milliseconds, at least one.
      const cancel = this.time.schedule(Math.max(1, Math.ceil(delayMs)), ring);
      return () => {
        this.pending.delete(timer);
        cancel();
      };
    },
  };

  /** Something from outside: an answer, a request, a hint. */
  enter(run: () => void): void {
    if (this.isDead) return;
    if (this.time.nowMs < this.blockedUntilMs) {
      this.wait(
        () => {
          this.enter(run);
        },
        this.timersFirst ? 1 : 0,
      );
    } else run();
  }

  /** @param timersFirst whether timers that have become due meanwhile come before what has arrived. */
  block(forMs: number, timersFirst: boolean): void {
    this.blockedUntilMs = this.time.nowMs + forMs;
    this.timersFirst = timersFirst;
  }

  die(): void {
    this.isDead = true;
    this.pending.clear();
  }

  private wait(run: () => void, byMs: number): void {
    this.time.schedule(this.blockedUntilMs - this.time.nowMs + byMs, run);
  }
}
