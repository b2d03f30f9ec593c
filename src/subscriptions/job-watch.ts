import type { Logger } from 'pino';
import { UpstreamError, UpstreamNotFound } from '../errors/upstream-error';
import { pauseMs } from './cadence';
import type { Cadence } from './cadence';
import type { ChangeStream } from './change-stream';
import { JobHistory } from './job-history';
import { firstShown, isTerminal, progress } from './job-progression';
import type { ShownJob } from './job-progression';
import type { JobChange, WatchRequest, WatchedJob } from './job-watchers';
import { patienceMs } from './patience';

export interface JobWatchParts {
  readonly cadence: Cadence;
  clock(): Date;
  random(): number;
  readonly log: Logger;
  /** Told of a reading that is older than what was shown, and is not shown. */
  readonly statusWentBack?: (kind: WatchedJob['kind']) => void;
  /** Looks again after this long, in place of an earlier date. */
  schedule(watch: JobWatch, delayMs: number): void;
  /** Nobody looks, or the job has ended: no more polls. */
  rest(watch: JobWatch): void;
}

/** One job as one caller sees it, for all subscribers of that caller. Reads nothing itself: it is told what was read. */
export class JobWatch {
  readonly group: string;
  private readonly subscribers = new Map<ChangeStream<JobChange>, WatchRequest>();
  private readonly history: JobHistory;
  private shown: ShownJob | null = null;
  /** Of subscribers that came while nothing had been read for them yet. */
  private readonly waiting = new Set<ChangeStream<JobChange>>();
  private looks = 0;
  private failures = 0;
  private isMissing = false;
  private isPolling = false;
  private isNudged = false;
  private readAtMs = -Infinity;

  constructor(
    private readonly parts: JobWatchParts,
    /** `name` is of this watch alone, for its cursors. */
    readonly target: Pick<WatchRequest, 'kind' | 'id' | 'caller'> & { readonly name: string },
  ) {
    this.group = target.caller.key;
    this.history = new JobHistory(target.name);
  }

  get subscriberCount(): number {
    return this.subscribers.size;
  }

  /** One that is there now; reads are made with its sources, for those of one that has left are aborted. */
  get anyRequest(): WatchRequest | undefined {
    return this.subscribers.values().next().value;
  }

  /** Whether the subscriber with this request is still there. */
  has(request: WatchRequest): boolean {
    return [...this.subscribers.values()].includes(request);
  }

  /** The first subscriber, and each that finds no fresh state, waits for a read with the caller's own credential. */
  subscribe(stream: ChangeStream<JobChange>, request: WatchRequest): void {
    const isFirst = this.subscribers.size === 0;
    this.subscribers.set(stream, request);
    if (!isFirst && this.shown !== null && this.waiting.size === 0) {
      this.welcome(stream, request);
      if (this.parts.clock().getTime() - this.readAtMs > freshMs) this.nudge();
      return;
    }
    this.waiting.add(stream);
    if (isFirst) {
      this.failures = 0;
      this.nudge();
    }
  }

  unsubscribe(stream: ChangeStream<JobChange>): void {
    this.waiting.delete(stream);
    if (this.subscribers.delete(stream) && this.subscribers.size === 0) this.parts.rest(this);
  }

  /** Looks as soon as possible, and often again from there on. */
  nudge(): void {
    this.looks = 0;
    if (this.isPolling) this.isNudged = true;
    else this.parts.schedule(this, 0);
  }

  pollStarted(): void {
    this.isPolling = true;
    this.isNudged = false;
  }

  /** Takes in what a poll has read. */
  pollRead(read: WatchedJob): void {
    this.isPolling = false;
    if (this.subscribers.size === 0) return;
    this.failures = 0;
    this.isMissing = false;
    this.readAtMs = this.parts.clock().getTime();
    this.tellOfLook('read');
    this.takeIn(read);
    for (const stream of this.waiting) {
      const request = this.subscribers.get(stream);
      if (request !== undefined) this.welcome(stream, request);
    }
    this.waiting.clear();
    if (this.shown !== null && isTerminal(this.shown.watched)) this.finish();
    else this.scheduleNext();
  }

  /** Bears what passes; ends the streams with what does not. */
  pollFailed(error: unknown, wasAbandoned: boolean): void {
    this.isPolling = false;
    if (this.subscribers.size === 0) return;
    if (wasAbandoned) {
      this.parts.schedule(this, 0);
      return;
    }
    this.failures += 1;
    this.tellOfLook('failed');
    const delayMs = this.retryDelayMs(error);
    const { kind, id } = this.target;
    if (delayMs === null) {
      // A job that is not there, or not for this caller, is an answer: no stack belongs to it.
      const why =
        error instanceof UpstreamError ? { code: error.code, status: error.status } : { err: error };
      this.parts.log.info({ kind, id, ...why }, 'watching a job ended with an error');
      this.finish(error instanceof Error ? error : new Error('A poll threw no Error', { cause: error }));
      return;
    }
    this.parts.log.warn({ kind, id, failures: this.failures, delayMs, err: error }, 'a look at a job failed');
    this.parts.schedule(this, delayMs);
  }

  finish(error?: Error): void {
    for (const stream of [...this.subscribers.keys()]) stream.end(error);
  }

  private tellOfLook(outcome: 'read' | 'failed'): void {
    for (const request of [...this.subscribers.values()]) request.onLook?.(outcome);
  }

  private takeIn(read: WatchedJob): void {
    if (this.shown === null) {
      this.shown = firstShown(read);
      if (isTerminal(read)) this.publish('TERMINAL', null);
      return;
    }
    const step = progress(this.shown, read);
    if (step.kind === 'none') {
      if (read.job.status !== this.shown.watched.job.status) this.parts.statusWentBack?.(read.kind);
      return;
    }
    this.shown = step.shown;
    if (step.kind === 'progress') {
      this.publish('PROGRESS', null);
      return;
    }
    this.looks = 0;
    this.publish(step.kind === 'terminal' ? 'TERMINAL' : 'STATUS', step.previousStatus);
  }

  private publish(type: 'STATUS' | 'PROGRESS' | 'TERMINAL', previousStatus: string | null): void {
    const watched = this.shown?.watched ?? null;
    const change = this.history.add({ type, at: this.parts.clock(), watched, previousStatus });
    for (const stream of this.subscribers.keys()) {
      if (!this.waiting.has(stream)) stream.push(change);
    }
  }

  /** What a new subscriber hears before anything else. */
  private welcome(stream: ChangeStream<JobChange>, { after }: WatchRequest): void {
    const missed = after === undefined ? null : this.history.since(after);
    const { terminal, cursor } = this.history;
    if (missed !== null) {
      // Who resumes behind the end hears of it once more, so that every stream has exactly one.
      const replayed = missed.length === 0 && terminal !== null ? [{ ...terminal, replayed: true }] : missed;
      for (const change of replayed) stream.push(change);
      return;
    }
    const at = this.parts.clock();
    const head = { cursor, at, replayed: false, previousStatus: null };
    if (after !== undefined) stream.push({ ...head, type: 'GAP', watched: null });
    stream.push({ ...head, type: 'SNAPSHOT', watched: this.shown?.watched ?? null });
    if (terminal !== null) stream.push({ ...terminal, previousStatus: null });
  }

  private scheduleNext(): void {
    const delayMs = this.isNudged ? 0 : pauseMs(this.parts.cadence, this.looks, this.parts.random());
    this.looks += 1;
    this.parts.schedule(this, delayMs);
  }

  /** Null where the error is not one that passes. */
  private retryDelayMs(error: unknown): number | null {
    const { cadence } = this.parts;
    if (error instanceof UpstreamNotFound) {
      if (this.shown === null || this.isMissing) return null;
      this.isMissing = true;
      return cadence.missingMs;
    }
    const isFirst = this.waiting.size === this.subscribers.size;
    return patienceMs(error, { cadence, failures: this.failures, isFirst, random: this.parts.random() });
  }
}

/** A state younger than this is shown to one who joins without another look. */
const freshMs = 2_000;
