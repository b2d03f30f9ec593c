import type { Callers } from './context';
import type { Caller } from '../datasources/caller';
import type { JobChange } from '../subscriptions/job-watchers';
import { Arrival } from './watch-arrival';

/** What a subscriber to jobs hears: changes, and that his token is about to end. */
export type JobMoment =
  | JobChange
  | (Omit<JobChange, 'type' | 'watched'> & { readonly type: 'AUTH_EXPIRING'; readonly watched: null });

/** Begins a watch with this credential, behind this event. */
export type BeginWatch = (caller: Caller, after: string | undefined) => AsyncIterableIterator<JobChange>;

interface Reader {
  resolve(step: IteratorResult<JobMoment, undefined>): void;
  reject(error: unknown): void;
}

/**
 * A watch that outlives its credential: when the connection has a fresh one, the jobs are watched anew with that, behind
 * the last event, and the subscriber sees no seam. What the new credential may not see ends the stream by its error.
 */
export class MovingWatch implements AsyncIterableIterator<JobMoment> {
  private inner: AsyncIterableIterator<JobChange>;
  private isReading = false;
  /** The reader was slow when the credential changed: it moves once he has what the old watch holds for him. */
  private isMoveDue = false;
  private arrival: Arrival | null = null;
  private cursor: string | null = null;
  private isExpiryDue = false;
  private ending: { readonly error?: unknown } | null = null;
  private readonly ready: JobMoment[] = [];
  private readonly readers: Reader[] = [];
  private readonly forget: () => void;

  /** The last event of each job that has not ended. */
  private readonly shown = new Map<string, JobChange>();

  constructor(
    private readonly parts: {
      readonly callers: Callers;
      readonly begin: BeginWatch;
      readonly after: string | undefined;
      readonly now: () => Date;
    },
  ) {
    this.inner = parts.begin(parts.callers.current(), parts.after);
    this.forget = parts.callers.follow({
      renewed: () => {
        this.isExpiryDue = false;
        if (this.isReading) this.move();
        else this.isMoveDue = true;
      },
      expiring: () => {
        this.isExpiryDue = true;
        this.announce();
      },
    });
  }

  next(): Promise<IteratorResult<JobMoment, undefined>> {
    return new Promise((resolve, reject) => {
      this.readers.push({ resolve, reject });
      this.announce();
      this.give();
    });
  }

  async return(): Promise<IteratorResult<JobMoment, undefined>> {
    this.end({});
    this.ready.length = 0;
    this.give();
    await this.inner.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Hands out what is there, and reads on where somebody still waits. */
  private give(): void {
    while (this.readers.length > 0) {
      const moment = this.ready.shift();
      if (moment === undefined) break;
      this.readers.shift()?.resolve({ done: false, value: moment });
    }
    if (this.readers.length === 0) return;
    if (this.ending === null) {
      this.read();
      return;
    }
    for (const reader of this.readers.splice(0)) {
      const { ending } = this;
      // An error is thrown once; who reads on finds the end.
      this.ending = {};
      if ('error' in ending) reader.reject(ending.error);
      else reader.resolve({ done: true, value: undefined });
    }
  }

  private read(): void {
    if (this.isReading) return;
    this.isReading = true;
    const { inner } = this;
    inner.next().then(
      (step) => {
        if (inner === this.inner) this.take(step);
      },
      (error: unknown) => {
        if (inner === this.inner) this.end({ error });
        this.give();
      },
    );
    // Nothing was waiting to be read: the old watch owes this reader nothing any more.
    if (this.isMoveDue)
      setImmediate(() => {
        if (this.isMoveDue && this.isReading && inner === this.inner) this.move();
      });
  }

  private take(step: IteratorResult<JobChange>): void {
    this.isReading = false;
    if (step.done === true) {
      if (this.arrival !== null) this.deliver(this.arrival.finish());
      this.end({});
      this.give();
      return;
    }
    this.cursor = step.value.cursor;
    if (this.arrival === null) this.deliver([step.value]);
    else {
      this.deliver(this.arrival.take(step.value));
      const { arrival } = this;
      if (arrival.isHolding) {
        this.read();
        // What the new watch begins with comes in one go; a pause is its end.
        setImmediate(() => {
          if (arrival === this.arrival && this.isReading) this.deliver(arrival.finish());
          this.give();
        });
      }
    }
    this.give();
  }

  private deliver(changes: readonly JobChange[]): void {
    for (const change of changes) {
      this.note(change);
      this.ready.push(change);
      this.announce();
    }
  }

  private note(change: JobChange): void {
    const { watched, type } = change;
    if (watched === null) return;
    const key = jobKey(watched);
    if (type === 'TERMINAL') this.shown.delete(key);
    else this.shown.set(key, change);
  }

  /** Needs a cursor, and so a first event. */
  private announce(): void {
    if (!this.isExpiryDue || this.cursor === null || this.ending !== null) return;
    this.isExpiryDue = false;
    const { cursor } = this;
    const at = this.parts.now();
    this.ready.push({
      type: 'AUTH_EXPIRING',
      cursor,
      at,
      replayed: false,
      watched: null,
      previousStatus: null,
    });
    queueMicrotask(() => this.give());
  }

  private move(): void {
    if (this.ending !== null) return;
    const old = this.inner;
    this.isMoveDue = false;
    this.isReading = false;
    this.arrival = new Arrival(this.shown, jobKey);
    this.inner = this.parts.begin(this.parts.callers.current(), this.cursor ?? this.parts.after);
    void old.return?.();
    // Also where nobody waits for an event just now: the job is to be watched on.
    this.read();
  }

  private end(ending: { readonly error?: unknown }): void {
    if (this.ending !== null) return;
    this.ending = ending;
    this.forget();
  }
}

/** Names a job among all of its org and sandbox. */
export function jobKey({ kind, job }: NonNullable<JobChange['watched']>): string {
  return `${kind} ${String(job.id)}`;
}
