import type { Caller } from '../datasources/caller';
import { TakenStream, toTakenStream } from '../lib/taken-stream';
import type { StreamReader } from '../lib/taken-stream';
import type { RunUpdate } from '../runs/audience-runs';
import type { CallerListener, Callers } from './context';

/** Begins to watch a run with this credential, which has proven access; `seen` is what was told last. */
export type BeginRunWatch = (
  caller: Caller,
  seen: RunUpdate | null,
) => Promise<AsyncIterableIterator<RunUpdate>>;

/**
 * The watch of a run that outlives its credential: when the connection has a fresh one, the run is watched anew with
 * that, and what is known already is not told again. What the new credential may not see ends the stream by its error.
 */
export class MovingRun extends TakenStream<RunUpdate> implements StreamReader, CallerListener {
  private inner: TakenStream<RunUpdate>;
  private last: RunUpdate | null = null;
  private isMoving = false;
  private isOver = false;
  private failure: { readonly error: unknown } | null = null;

  constructor(
    private readonly parts: { readonly callers: Callers; readonly begin: BeginRunWatch },
    /** The watch by the credential that is the caller's now. */
    first: AsyncIterableIterator<RunUpdate>,
    private watchedBy: Caller,
  ) {
    super();
    this.inner = this.readFrom(first);
    parts.callers.follow(this);
  }

  readable(): void {
    this.tell();
  }

  renewed(): void {
    if (!this.isMoving) void this.move();
  }

  take(): IteratorResult<RunUpdate, undefined> | null {
    while (!this.hasEnded()) {
      const step = this.read();
      if (step === null) {
        if (!this.hasEnded()) return null;
      } else if (step.done === true) this.end();
      else if (!isSame(step.value, this.last)) {
        this.last = step.value;
        return step;
      }
    }
    const { failure } = this;
    this.failure = null;
    if (failure !== null) throw failure.error;
    return { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<RunUpdate, undefined>> {
    this.end();
    await this.inner.return();
    return { done: true, value: undefined };
  }

  private read(): IteratorResult<RunUpdate, undefined> | null {
    try {
      return this.inner.take();
    } catch (error) {
      // The old credential may end before the watch by the fresh one has begun.
      if (!this.isMoving) this.fail(error);
      return null;
    }
  }

  private async move(): Promise<void> {
    this.isMoving = true;
    try {
      while (!this.hasEnded() && this.watchedBy !== this.parts.callers.current()) await this.moveTo();
    } catch (error) {
      this.fail(error);
    }
    this.isMoving = false;
    this.tell();
  }

  private async moveTo(): Promise<void> {
    const caller = this.parts.callers.current();
    const fresh = await this.parts.begin(caller, this.last);
    if (this.hasEnded()) {
      await fresh.return?.();
      return;
    }
    const old = this.inner;
    this.watchedBy = caller;
    this.inner = this.readFrom(fresh);
    old.reader = null;
    await old.return();
  }

  private readFrom(updates: AsyncIterableIterator<RunUpdate>): TakenStream<RunUpdate> {
    const inner = toTakenStream(updates);
    inner.reader = this;
    return inner;
  }

  private fail(error: unknown): void {
    if (this.hasEnded()) return;
    this.failure = { error };
    this.end();
  }

  /** Asked after each step, in which the reader may have left. */
  private hasEnded(): boolean {
    return this.isOver;
  }

  private end(): void {
    this.isOver = true;
    this.parts.callers.leave(this);
  }
}

function isSame(next: RunUpdate, last: RunUpdate | null): boolean {
  return (
    last !== null &&
    next.record.version === last.record.version &&
    next.waitingFor === last.waitingFor &&
    JSON.stringify([next.segmentJob, next.exportJob]) === JSON.stringify([last.segmentJob, last.exportJob])
  );
}
