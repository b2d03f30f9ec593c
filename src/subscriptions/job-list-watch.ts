import type { Logger } from 'pino';
import type { Timers } from '../lib/timers';
import { pauseMs } from './cadence';
import type { Cadence } from './cadence';
import type { ChangeStream } from './change-stream';
import { JobHistory } from './job-history';
import { JobListState } from './job-list-state';
import type { JobChange, WatchAllRequest } from './job-watchers';
import { patienceMs } from './patience';
import { readJobList, readNewest } from './read-job-list';
import type { CallCount } from './read-job-list';

export interface JobListWatchParts {
  readonly clock: () => Date;
  readonly timers: Timers;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly cadence: Cadence;
  readonly log: Logger;
  /** Told of each look: so many upstream calls. */
  looked(calls: number): void;
  /** Nobody listens any more. */
  rest(watch: JobListWatch): void;
}

type Stream = ChangeStream<JobChange>;

/** The jobs of one caller, kinds and filter, for all who listen to them. Looks only while somebody does. */
export class JobListWatch {
  private readonly subscribers = new Map<Stream, WatchAllRequest>();
  /** Those who have heard nothing yet. */
  private readonly waiting = new Set<Stream>();
  private readonly state: JobListState;
  private readonly history: JobHistory;
  private hasBegun = false;
  private looks = 0;
  private turn = 0;
  private failures = 0;
  private isLooking = false;
  private isNudged = false;
  private cancelLook: () => void = () => undefined;

  constructor(
    private readonly parts: JobListWatchParts,
    /** `name` is of this watch alone, for its cursors. */
    readonly target: Pick<WatchAllRequest, 'kinds' | 'filter' | 'caller'> & { readonly name: string },
  ) {
    this.state = new JobListState(target.filter);
    this.history = new JobHistory(target.name, maxHistory);
  }

  get subscriberCount(): number {
    return this.subscribers.size;
  }

  get runningCount(): number {
    return this.state.followed.length;
  }

  /** Each waits for a look with the caller's own credential, so that what comes first is true. */
  subscribe(stream: Stream, request: WatchAllRequest): void {
    this.subscribers.set(stream, request);
    this.waiting.add(stream);
    if (this.subscribers.size === 1) this.failures = 0;
    this.nudge();
  }

  unsubscribe(stream: Stream): void {
    this.waiting.delete(stream);
    if (!this.subscribers.delete(stream) || this.subscribers.size > 0) return;
    this.cancelLook();
    this.parts.rest(this);
  }

  /** Looks as soon as possible, and often again from there on. */
  nudge(): void {
    this.looks = 0;
    if (this.isLooking) this.isNudged = true;
    else this.schedule(0);
  }

  finish(error?: Error): void {
    this.cancelLook();
    for (const stream of [...this.subscribers.keys()]) stream.end(error);
  }

  private schedule(delayMs: number): void {
    this.cancelLook();
    this.cancelLook = this.parts.timers.schedule(delayMs, () => void this.look());
  }

  private async look(): Promise<void> {
    const [request] = this.subscribers.values();
    if (request === undefined) return;
    this.isLooking = true;
    this.isNudged = false;
    const listening = [...this.waiting];
    const count: CallCount = { calls: 0 };
    try {
      await this.read(request, count);
      this.failures = 0;
      this.welcome(listening);
      this.isLooking = false;
      this.scheduleNext();
    } catch (error) {
      this.isLooking = false;
      const hasLeft = ![...this.subscribers.values()].includes(request);
      this.lookFailed(error, hasLeft);
    } finally {
      this.parts.looked(count.calls);
    }
  }

  private async read(request: WatchAllRequest, count: CallCount): Promise<void> {
    const { kinds } = this.target;
    const sources = request.freshSources();
    if (!this.hasBegun) {
      this.state.begin(await readNewest(sources, kinds, count));
      this.hasBegun = true;
      return;
    }
    this.turn += 1;
    const reading = await readJobList(sources, { kinds, state: this.state, turn: this.turn }, count);
    const found = this.state.takeIn(reading);
    if (found.length > 0) this.looks = 0;
    for (const each of found) this.publish(each);
  }

  private publish(found: Pick<JobChange, 'type' | 'watched' | 'previousStatus'>): void {
    const change = this.history.add({ ...found, at: this.parts.clock() });
    for (const stream of this.subscribers.keys()) if (!this.waiting.has(stream)) stream.push(change);
  }

  /** What those hear first who were there when the look began; who came later waits for the next one. */
  private welcome(streams: readonly Stream[]): void {
    for (const stream of streams) {
      const request = this.subscribers.get(stream);
      if (request === undefined || !this.waiting.delete(stream)) continue;
      const missed = request.after === undefined ? null : this.history.since(request.after);
      if (missed === null) this.tellState(stream, request.after !== undefined);
      else for (const change of missed) stream.push(change);
    }
  }

  private tellState(stream: Stream, isGap: boolean): void {
    const { cursor } = this.history;
    const head = { cursor, at: this.parts.clock(), replayed: false, previousStatus: null };
    if (isGap) stream.push({ ...head, type: 'GAP', watched: null });
    for (const watched of this.state.snapshot()) stream.push({ ...head, type: 'SNAPSHOT', watched });
  }

  private scheduleNext(): void {
    if (this.subscribers.size === 0) return;
    const isWanted = this.isNudged || this.waiting.size > 0;
    const delayMs = isWanted ? 0 : pauseMs(this.parts.cadence, this.looks, this.parts.random());
    this.looks += 1;
    this.schedule(delayMs);
  }

  /** Bears what passes; ends the streams with what does not. */
  private lookFailed(error: unknown, hasLeft: boolean): void {
    if (this.subscribers.size === 0) return;
    // With the subscriber whose sources these were goes its signal, and with that the look.
    if (hasLeft) {
      this.schedule(0);
      return;
    }
    this.failures += 1;
    const { cadence, log } = this.parts;
    const isFirst = this.waiting.size === this.subscribers.size;
    const delayMs = patienceMs(error, {
      cadence,
      failures: this.failures,
      isFirst,
      random: this.parts.random(),
    });
    const { kinds } = this.target;
    if (delayMs === null) {
      log.info({ kinds, err: error }, 'watching the jobs of a sandbox ended with an error');
      this.finish(error instanceof Error ? error : new Error('A look threw no Error', { cause: error }));
      return;
    }
    log.warn(
      { kinds, failures: this.failures, delayMs, err: error },
      'a look at the jobs of a sandbox failed',
    );
    this.schedule(delayMs);
  }
}

/** Events that are kept for those who come back. */
const maxHistory = 1_000;
