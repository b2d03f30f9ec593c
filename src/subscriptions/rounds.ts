import { setMaxListeners } from 'node:events';
import type { Logger } from 'pino';
import { UpstreamError, UpstreamRateLimited } from '../errors/upstream-error';
import type { Timers } from '../lib/timers';
import type { LogPosition } from '../state/backbone/backbone';
import { BackboneMoved } from './backbone-switch';
import type { BackboneSwitch } from './backbone-switch';
import { idsPerCall } from './job-pages';
import { KeptLeases } from './kept-leases';
import { LookLine } from './look-line';
import { LookTally } from './look-tally';
import { PollQueue } from './poll-queue';
import type { PollDelay } from './poll-queue';
import { toEntry } from './subject';
import type { LookCourse, Reading, Seen } from './subject';
import type { Topic } from './topic';

export interface RoundsParts {
  readonly timers: Timers;
  readonly monotonicMs: () => number;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly callsPerSecond: number;
  readonly backbone: BackboneSwitch;
  readonly log: Logger;
  /** Those that somebody listens to. */
  readonly topics: ReadonlyMap<string, Topic>;
}

/**
 * Gives topics their turns: attends what the log holds, looks where this replica is the one who looks, appends what that
 * has brought, and tells it. What is due together goes together.
 */
export class Rounds {
  /** What looks have cost, and what they have saved. */
  readonly counts = { upstreamPolls: 0, pollsSaved: 0 };
  private readonly queue: PollQueue<Topic>;
  private readonly line: LookLine<Topic>;
  /** What is being looked at, and ended when nobody listens to any of it. */
  private readonly looks = new Map<AbortController, readonly Topic[]>();
  /** By caller: until when the upstream wants to be left alone. */
  private readonly heldUntilMs = new Map<string, number>();
  private readonly leases: KeptLeases;
  private isClosed = false;

  constructor(private readonly parts: RoundsParts) {
    const { timers, monotonicMs, callsPerSecond, backbone } = parts;
    this.queue = new PollQueue<Topic>({ timers, monotonicMs, poll: (due) => void this.turn(due) });
    const lost = (topic: Topic): void => {
      if (topic.want()) this.soon(topic);
    };
    this.leases = new KeptLeases({ timers, monotonicMs, backbone, lost });
    this.line = new LookLine<Topic>({
      timers,
      monotonicMs,
      callsPerSecond,
      costOf,
      look: (topics) => void this.look(topics),
    });
  }

  /** In place of an earlier date; not before the upstream wants to hear of this caller again. */
  schedule(topic: Topic, { fromMs, dueMs }: PollDelay): void {
    if (this.isClosed || !this.isLive(topic)) return;
    const heldMs = this.heldMs(topic.group);
    this.queue.schedule(topic, { fromMs: Math.max(fromMs, heldMs), dueMs: Math.max(dueMs, heldMs) });
  }

  soon(topic: Topic, withinMs = 0): void {
    const dueMs = withinMs * this.parts.random();
    this.schedule(topic, { fromMs: dueMs, dueMs });
  }

  /** Nobody listens any more. */
  drop(topics: readonly Topic[]): Promise<void> {
    for (const topic of topics) this.queue.cancel(topic);
    for (const [look, looked] of this.looks) if (!looked.some((topic) => this.isLive(topic))) look.abort();
    this.leases.drop(topics);
    const leases = topics.flatMap(({ heldLease }) => (heldLease === null ? [] : [heldLease]));
    return this.parts.backbone.release(leases);
  }

  close(): void {
    this.isClosed = true;
    this.queue.clear();
    this.line.clear();
    this.leases.clear();
  }

  private async turn(due: readonly Topic[]): Promise<void> {
    for (const topic of due) topic.beginTurn();
    await Promise.all(due.filter(({ isHolder }) => !isHolder).map((topic) => this.attend(topic)));
    const live = due.filter((topic) => this.isLive(topic));
    const looking = live.filter(({ wantsLook }) => wantsLook);
    for (const topic of live) if (!topic.wantsLook) this.endTurn(topic);
    this.line.add(looking);
  }

  /** Until a backbone has answered: the one of this process always does. */
  private async attend(topic: Topic): Promise<void> {
    for (;;) {
      try {
        const { attendance, sentAtMs } = await this.parts.backbone.attend(topic.attendRequest);
        if (this.isLive(topic)) {
          topic.attended(attendance, sentAtMs);
          if (attendance.lease !== null) this.leases.add(topic);
        } else if (attendance.lease !== null && !this.parts.topics.has(topic.name))
          await this.parts.backbone.release([attendance.lease]);
        return;
      } catch (error) {
        if (!(error instanceof BackboneMoved)) throw error;
        if (!this.isLive(topic)) return;
      }
    }
  }

  /** All of one caller, through sources that one who listens gives for it. */
  private async look(topics: readonly Topic[]): Promise<void> {
    const live = topics.filter((topic) => this.isLive(topic));
    const [owner] = live;
    const listener = owner?.audience.anyListener;
    if (owner === undefined || listener === undefined || this.heldMs(owner.group) > 0) {
      // Nobody is there any more, or the upstream has asked for rest while these stood in line.
      this.line.correct(-costOf(topics));
      for (const topic of live) this.retry(topic, 0);
      return;
    }
    const tally = new LookTally(this.line, costOf(topics));
    const look = new AbortController();
    // Each of its calls listens; a list may look at many jobs one by one.
    setMaxListeners(0, look.signal);
    const sources = listener.freshSources(tally, look.signal);
    this.looks.set(look, live);
    const course = this.courseFor(owner.group, tally);
    const listenerCount = live.reduce((sum, { audience }) => sum + audience.size, 0);
    await Promise.all(
      live.map(async (topic) => {
        try {
          const [reading] = await Promise.all([
            topic.subject.read(sources, course),
            topic.audience.lookForCarried(sources, course),
          ]);
          await this.commit(topic, reading);
        } catch (error) {
          if (!(error instanceof RestWanted)) this.lookFailed(topic, error);
          else if (this.isLive(topic)) this.retry(topic, 0);
        }
      }),
    );
    this.looks.delete(look);
    this.counts.upstreamPolls += tally.upstreamCalls;
    this.counts.pollsSaved += Math.max(0, listenerCount - tally.upstreamCalls);
    tally.close();
  }

  /** Takes in what was read, behind what the log has become meanwhile; into the log first where this replica holds it. */
  private async commit(topic: Topic, reading: Reading): Promise<void> {
    for (let refusals = 0; this.isLive(topic); refusals += 1) {
      if (!topic.isHolder) await this.attend(topic);
      if (!this.isLive(topic)) return;
      const news = topic.newsOf(reading);
      // A log that gives its lease and then refuses what comes under it is told nothing more this time.
      const position = refusals < maxRefusals ? await this.append(topic, news.toAppend) : null;
      if (position === 'moved' || position === 'refused') continue;
      if (!this.isLive(topic)) return;
      // Whoever holds the log has not seen it yet.
      if (!topic.isHolder && news.seen.some(isNews)) this.parts.backbone.poke(topic.name);
      topic.takeInOwn(position === null ? news.seen : news.toAppend, position);
      topic.lookRead(news);
      this.endTurn(topic);
      return;
    }
  }

  /** Null where there is nothing to append. */
  private async append(
    topic: Topic,
    seen: readonly Seen[],
  ): Promise<LogPosition | 'refused' | 'moved' | null> {
    const lease = topic.heldLease;
    if (seen.length === 0 || lease === null) return null;
    try {
      const answer = await this.parts.backbone.append({ lease, entries: seen.map(toEntry) });
      if (answer === 'refused') topic.loseLease();
      else if (!topic.hasAppended(seen.length, answer)) return 'refused';
      return answer;
    } catch (error) {
      if (error instanceof BackboneMoved) return 'moved';
      throw error;
    }
  }

  private lookFailed(topic: Topic, error: unknown): void {
    if (!this.isLive(topic)) return;
    const delayMs = topic.lookFailed(error);
    // It wants to be left alone, also by those who come now.
    if (error instanceof UpstreamRateLimited) this.rest(topic.group, delayMs ?? error.retryAfterMs ?? 0);
    const { kinds } = topic.subject;
    if (delayMs === null) {
      // A job that is not there, or not for this caller, is an answer: no stack belongs to it.
      const why =
        error instanceof UpstreamError ? { code: error.code, status: error.status } : { err: error };
      this.parts.log.info({ kinds, ...why }, 'watching jobs ended with an error');
      topic.audience.fail(
        error instanceof Error ? error : new Error('A look threw no Error', { cause: error }),
      );
      return;
    }
    this.parts.log.warn({ kinds, delayMs, err: error }, 'a look at jobs failed');
    // Who is told to wait waits for all.
    const lease = error instanceof UpstreamRateLimited ? null : topic.giveUpLease(delayMs);
    if (lease !== null) void this.parts.backbone.release([lease]);
    this.retry(topic, delayMs);
  }

  private retry(topic: Topic, delayMs: number): void {
    topic.isBusy = false;
    this.schedule(topic, { fromMs: delayMs, dueMs: delayMs });
  }

  private endTurn(topic: Topic): void {
    const delay = topic.endTurn();
    if (delay !== null) this.schedule(topic, delay);
  }

  private isLive(topic: Topic): boolean {
    return this.parts.topics.get(topic.name) === topic;
  }

  private heldMs(group: string): number {
    const untilMs = this.heldUntilMs.get(group);
    if (untilMs === undefined) return 0;
    const restMs = untilMs - this.parts.monotonicMs();
    if (restMs <= 0) this.heldUntilMs.delete(group);
    return Math.max(0, restMs);
  }

  /** It wants to be left alone, also by those who come now, and by looks that are under way. */
  private courseFor(group: string, tally: LookTally): LookCourse {
    const checkRest = (): void => {
      if (this.heldMs(group) > 0) throw new RestWanted();
    };
    return {
      failed: (error) => {
        if (error instanceof UpstreamRateLimited) this.rest(group, error.retryAfterMs ?? 0);
      },
      goOn: async (calls) => {
        checkRest();
        await tally.more(calls);
        checkRest();
      },
    };
  }

  /** No topic of this caller is looked at before. */
  private rest(group: string, forMs: number): void {
    const untilMs = this.parts.monotonicMs() + forMs;
    this.heldUntilMs.set(group, Math.max(untilMs, this.heldUntilMs.get(group) ?? 0));
    for (const topic of this.parts.topics.values()) {
      const dueAtMs = topic.group === group ? this.queue.dueAtMs(topic) : null;
      if (dueAtMs !== null && dueAtMs < untilMs) this.schedule(topic, { fromMs: forMs, dueMs: forMs });
    }
  }
}

/** A look was not made to its end: the upstream has asked for rest. */
class RestWanted extends Error {}

/** Upstream calls, as far as one can tell before: segment jobs have a bulk-get, several export jobs mostly one list page. */
function costOf(topics: readonly Topic[]): number {
  const single = topics.filter(({ subject }) => subject.isOne);
  const ofKind = (kind: 'SEGMENT' | 'EXPORT'): number =>
    single.filter(({ subject }) => subject.kinds[0] === kind).length;
  const lists = topics.filter(({ subject }) => !subject.isOne);
  const exportCount = ofKind('EXPORT');
  return (
    Math.ceil(ofKind('SEGMENT') / idsPerCall) +
    (exportCount < fewestForList ? exportCount : Math.ceil(exportCount / idsPerCall)) +
    lists.reduce((sum, { subject }) => sum + subject.kinds.length, 0)
  );
}

/** True for what is told as a change. */
function isNews({ type }: Seen): boolean {
  return type !== 'SNAPSHOT' && type !== 'BASELINE' && type !== 'PROGRESS';
}

const maxRefusals = 3;
/** From so many on the sources read a list instead of each export job. */
const fewestForList = 3;
