import type { CallerListener, GatewayContext } from './context';
import type { Caller } from '../datasources/caller';
import { TakenStream, toTakenStream } from '../lib/taken-stream';
import type { StreamReader } from '../lib/taken-stream';
import type { JobChange } from '../subscriptions/job-watchers';
import { toldJobKey } from '../subscriptions/subject';
import { Arrival } from './watch-arrival';

/** What a subscriber to jobs hears: changes, and that his token is about to end. */
export type JobMoment =
  | JobChange
  | (Omit<JobChange, 'type' | 'watched'> & { readonly type: 'AUTH_EXPIRING'; readonly watched: null });

/** Begins a watch with this credential, behind this event, in the place of that watch. */
export type BeginWatch = (
  caller: Caller,
  after: string | undefined,
  continues?: AsyncIterableIterator<JobChange>,
) => AsyncIterableIterator<JobChange>;

/**
 * A watch that outlives its credential: when the connection has a fresh one, the jobs are watched anew with that, behind
 * the last event, and the subscriber sees no seam. What the new credential may not see ends the stream by its error.
 */
export class MovingWatch extends TakenStream<JobMoment> implements StreamReader, CallerListener {
  private inner: TakenStream<JobChange>;
  private arrival: Arrival | null = null;
  /** Of what a new watch begins with: what comes in one go is followed by a pause. */
  private pause: 'none' | 'awaited' | 'over' = 'none';
  /** The credential has changed: the watch moves once the reader has what the old one holds for him. */
  private isMoveDue = false;
  private isExpiryDue = false;
  private isOver = false;
  private isBegun = false;
  private cursor: string | undefined;
  private ready: JobMoment[] | null = null;
  /** The last event of each job that has not ended; of the only one, as a rule. */
  private shown: JobChange | Map<string, JobChange> | null = null;

  constructor(
    private readonly parts: {
      readonly context: Pick<GatewayContext, 'callers' | 'now'>;
      readonly begin: BeginWatch;
    },
    after: string | undefined,
  ) {
    super();
    this.cursor = after;
    this.inner = this.begin();
    parts.context.callers.follow(this);
  }

  readable(): void {
    this.tell();
  }

  renewed(): void {
    this.isExpiryDue = false;
    this.isMoveDue = true;
    this.tell();
  }

  expiring(): void {
    this.isExpiryDue = true;
    this.tell();
  }

  take(): IteratorResult<JobMoment, undefined> | null {
    for (;;) {
      const value = this.ready?.shift() ?? (this.isOver ? null : this.announcement());
      if (this.ready?.length === 0) this.ready = null;
      if (value !== null) return { done: false, value };
      if (this.isOver) return { done: true, value: undefined };
      const step = this.readInner();
      if (step !== null && step.done !== true && this.arrival === null) {
        // As a rule nothing is held back, and nothing has to be made anew.
        this.heard(step.value);
        this.note(step.value);
        return step;
      }
      if (!this.read(step)) return null;
    }
  }

  async return(): Promise<IteratorResult<JobMoment, undefined>> {
    this.end();
    this.ready = null;
    await this.inner.return();
    return { done: true, value: undefined };
  }

  /** False where nothing is to be read now. */
  private read(step: IteratorResult<JobChange, undefined> | null): boolean {
    if (step === null) return this.goOn();
    if (step.done === true) {
      this.pause = 'none';
      if (this.arrival !== null) this.deliver(this.arrival.finish());
      this.end();
      return true;
    }
    this.heard(step.value);
    this.deliver(this.arrival?.take(step.value) ?? [step.value]);
    return true;
  }

  private heard({ cursor }: JobChange): void {
    this.pause = 'none';
    this.cursor = cursor;
    this.isBegun = true;
  }

  private readInner(): IteratorResult<JobChange, undefined> | null {
    try {
      return this.inner.take();
    } catch (error) {
      this.end();
      throw error;
    }
  }

  /** Nothing waits to be read. */
  private goOn(): boolean {
    const { arrival } = this;
    if (this.isMoveDue) {
      this.move();
      return true;
    }
    if (arrival?.isHolding !== true) return false;
    if (this.pause === 'over') {
      this.deliver(arrival.finish());
      return true;
    }
    if (this.pause === 'awaited') return false;
    this.pause = 'awaited';
    setImmediate(() => {
      if (arrival !== this.arrival || this.pause !== 'awaited') return;
      this.pause = 'over';
      this.tell();
    });
    return false;
  }

  private deliver(changes: readonly JobChange[]): void {
    for (const change of changes) {
      this.note(change);
      if (this.ready === null) this.ready = [change];
      else this.ready.push(change);
    }
  }

  private note(change: JobChange): void {
    const { watched, type } = change;
    if (type === 'GAP') {
      // What follows tells how things stand, whatever he knew before.
      this.shown = null;
      this.arrival = null;
    }
    if (watched === null) return;
    const { shown } = this;
    if (shown instanceof Map) {
      const key = toldJobKey(watched);
      if (type === 'TERMINAL') shown.delete(key);
      else shown.set(key, change);
    } else if (shown !== null && !isSameJob(shown.watched, watched)) {
      this.shownByKey();
      this.note(change);
    } else this.shown = type === 'TERMINAL' ? null : change;
  }

  private shownByKey(): Map<string, JobChange> {
    const { shown } = this;
    if (shown instanceof Map) return shown;
    const byKey = new Map(shown === null ? [] : [[keyOf(shown), shown]]);
    this.shown = byKey;
    return byKey;
  }

  /** Needs a cursor, and so a first event. */
  private announcement(): JobMoment | null {
    const { cursor } = this;
    if (!this.isExpiryDue || !this.isBegun || cursor === undefined) return null;
    this.isExpiryDue = false;
    const at = this.parts.context.now();
    return { type: 'AUTH_EXPIRING', cursor, at, replayed: false, watched: null, previousStatus: null };
  }

  private move(): void {
    const old = this.inner;
    this.isMoveDue = false;
    this.pause = 'none';
    this.arrival = new Arrival(this.shownByKey(), toldJobKey);
    this.inner = this.begin(old);
    old.reader = null;
    void old.return();
  }

  private begin(old?: TakenStream<JobChange>): TakenStream<JobChange> {
    const caller = this.parts.context.callers.current();
    const inner = toTakenStream(this.parts.begin(caller, this.cursor, old));
    inner.reader = this;
    return inner;
  }

  private end(): void {
    this.isOver = true;
    this.parts.context.callers.leave(this);
  }
}

function keyOf({ watched }: JobChange): string {
  return watched === null ? '' : toldJobKey(watched);
}

/** As their keys say it, without making them for each who hears of it. */
function isSameJob(one: JobChange['watched'], other: NonNullable<JobChange['watched']>): boolean {
  return one !== null && one.kind === other.kind && one.job.id === other.job.id;
}
