import { BadCursor } from '../../src/errors/bad-cursor';
import {
  UpstreamForbidden,
  UpstreamInvalidResponse,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamTimeout,
  UpstreamUnauthorized,
  UpstreamUnavailable,
} from '../../src/errors/upstream-error';
import type { Caller } from '../../src/datasources/caller';
import type { DataSources } from '../../src/datasources';
import type { JobChange } from '../../src/subscriptions/job-watchers';
import { AllJobsHearing } from './all-jobs-hearing';
import { topicOf } from './call-checks';
import type { Chance } from './chance';
import { Connection } from './connection';
import type { Ending } from './connection';
import { Violation } from './job-thread';
import { lastingStatuses } from './lasting-statuses';
import { maxLagMs } from './make-faults';
import { OneJobHearing } from './one-job-hearing';
import type { Hearing } from './one-job-hearing';
import type { CredentialPlan, JobPlan, Plan, SubscriberPlan } from './plan';
import type { Replica } from './replica';
import type { Trace } from './trace';
import { canRead, createdMs, endOf } from './upstream-model';
import type { VirtualTime } from './virtual-time';

/** What a subscriber has to do with the rest of the world. */
export interface Surroundings {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly chance: Chance;
  readonly trace: Trace;
  /** One that takes connections; undefined where none does. */
  anyReplica(): Replica | undefined;
  callerOf(replica: Replica, credential: string): Caller;
  sourcesFor(wanted: SourcesWanted): DataSources;
  lastCursorOf(subscriber: string): string | undefined;
  audienceChanged(connection: Connection): void;
  fail(words: string): void;
}

/** Where, as whom, and for how long somebody asks the upstream; each call is counted. */
export interface SourcesWanted {
  readonly replica: Replica;
  readonly credential: string;
  readonly signal: AbortSignal;
  readonly tally: { upstreamCalls: number } | undefined;
}

/** Somebody at the other end: comes, listens, loses its connection, comes back with its last cursor, leaves. */
export class Subscriber {
  lastCursor: string | undefined;
  private readonly hearing: Hearing;
  private readonly who: CredentialPlan;
  /** The one job that it watches. */
  private readonly job: JobPlan | null;
  private connection: Connection | null = null;
  private phase: 'outside' | 'listening' | 'away' | 'done' = 'outside';
  private isRefused = false;
  /** Its cursor is not its own. */
  private hasStolen = false;

  constructor(
    readonly plan: SubscriberPlan,
    who: CredentialPlan,
    private readonly world: Surroundings,
  ) {
    this.who = who;
    const { watches } = plan;
    const truth = { plan: world.plan, time: world.time, who };
    this.job = watches.kind === 'one' ? jobById(world.plan, watches.job) : null;
    this.hearing =
      watches.kind === 'all'
        ? new AllJobsHearing(truth, watches.kinds)
        : new OneJobHearing(truth, jobById(world.plan, watches.job));
  }

  /** Its whole life, as planned. */
  start(): void {
    const { time } = this.world;
    const { arrivesMs, leavesMs, breaks, stealsFrom } = this.plan;
    time.schedule(arrivesMs, () => {
      if (stealsFrom !== null) this.steal(stealsFrom);
      this.connect();
    });
    for (const { atMs, awayMs, noticedMs } of breaks) {
      time.schedule(atMs, () => {
        if (this.phase === 'listening') this.lose(awayMs, noticedMs);
      });
    }
    if (leavesMs !== null)
      time.schedule(leavesMs, () => {
        this.leave();
      });
  }

  leave(): void {
    this.world.trace.add(`${this.plan.name} leaves`);
    const { connection } = this;
    if (connection !== null) this.checkLasting(connection);
    this.phase = 'done';
    this.connection = null;
    connection?.replica.loop.enter(() => {
      connection.break(0);
    });
  }

  /** At the end of a history, while it still is there: whether it has heard what it ought to. */
  checkWhole(): void {
    if (this.plan.leavesMs !== null) return;
    const { who, job } = this;
    const isReadable = job === null || (canRead(who, job) && job.vanishesMs === null);
    this.check(() => {
      if (!isReadable || who.revokedMs !== null) {
        if (!this.isRefused && !this.hearing.isOver)
          throw new Violation('was told neither the end nor an error');
      } else this.hearing.checkWhole();
    });
  }

  /** Its replica is gone, and the line with it. */
  replicaDied(replica: Replica): void {
    if (this.connection?.replica === replica) this.lose(this.world.chance.between(0, 1_500), 0);
  }

  private steal(name: string): void {
    this.lastCursor = this.world.lastCursorOf(name);
    this.hasStolen = this.lastCursor !== undefined;
  }

  private lose(awayMs: number, noticedMs: number): void {
    const { connection, plan, world } = this;
    world.trace.add(`${plan.name} loses its connection for ${awayMs}, noticed after ${noticedMs}`);
    if (connection !== null) this.checkLasting(connection);
    this.connection = null;
    connection?.replica.loop.enter(() => {
      connection.break(noticedMs);
    });
    this.comeBack(awayMs);
  }

  private comeBack(afterMs: number): void {
    this.phase = 'away';
    this.world.time.schedule(afterMs, () => {
      if (this.phase === 'away') this.connect();
    });
  }

  private connect(): void {
    if (this.phase === 'done') return;
    const replica = this.world.anyReplica();
    if (replica === undefined) {
      this.comeBack(1_000);
      return;
    }
    this.phase = 'listening';
    const { trace, time } = this.world;
    const { watches, credential } = this.plan;
    const topic = topicOf(credential, watches.kind === 'one' ? watches.job : null);
    const connection: Connection = new Connection(replica, topic, time, {
      changed: (changed) => {
        this.world.audienceChanged(changed);
      },
      pauseMs: this.plan.readPauseMs,
      heard: (change) => {
        if (this.connection === connection) this.heard(change, connection);
      },
      ended: (ending) => {
        if (this.connection === connection) this.ended(ending, connection);
      },
    });
    this.connection = connection;
    trace.add(
      `${this.plan.name} connects to ${replica.name}${this.lastCursor === undefined ? '' : ' again'}`,
    );
    replica.loop.enter(() => {
      if (this.connection === connection) this.open(connection);
    });
  }

  private open(connection: Connection): void {
    const { plan, lastCursor: after, world } = this;
    const { replica } = connection;
    const request = {
      caller: world.callerOf(replica, plan.credential),
      after,
      freshSources: (tally?: SourcesWanted['tally'], signal = connection.leaving.signal) =>
        world.sourcesFor({ replica, credential: plan.credential, signal, tally }),
    };
    this.hearing.streamOpened(after !== undefined);
    const { watches } = plan;
    connection.open(
      watches.kind === 'all'
        ? replica.watchers.watchAll({ ...request, kinds: watches.kinds, filter: {} })
        : replica.watchers.watch({
            ...request,
            kind: jobById(world.plan, watches.job).kind,
            id: watches.job,
          }),
    );
  }

  private heard(change: JobChange, { replica }: Connection): void {
    const { type, watched, previousStatus, replayed } = change;
    const words = `${type} ${watched?.job.id ?? ''} ${previousStatus ?? ''} > ${watched?.job.status ?? ''}`;
    this.world.trace.add(`${this.plan.name} hears ${words}${replayed ? ' again' : ''}`);
    this.check(() => {
      this.hearing.heard(change);
      if (type === 'SNAPSHOT') this.checkFresh(change, replica);
      const refusedMs = replica.refusedMs.get(`${this.who.name} ${String(watched?.job.id)}`) ?? Infinity;
      if (this.plan.readPauseMs === 0 && refusedMs < this.world.time.nowMs)
        throw new Violation(`${words} after its token was refused`);
    });
    this.lastCursor = change.cursor;
    this.hasStolen = false;
  }

  /** What is shown first was read for him, or for another with his credential, in that replica just now. */
  private checkFresh({ watched }: JobChange, replica: Replica): void {
    const { plan, time } = this.world;
    const isLate = this.plan.readPauseMs > 0 || hasStall(plan, replica);
    if (watched === null || isLate || jobById(plan, String(watched.job.id)).vanishesMs !== null) return;
    const isSlow = plan.faults.some((fault) => fault.kind === 'upstream' && fault.how === 'slow');
    const { readings } = replica;
    const isEnd = watched.job.status === endOf(jobById(plan, String(watched.job.id))).status;
    // A look that has begun waits for room in the budget before each further call.
    const heldMs = plan.callsPerSecond === null ? 0 : (furtherCalls / plan.callsPerSecond) * windowMs;
    const sinceMs = isEnd ? 0 : time.nowMs - snapshotMs - heldMs - (isSlow ? slowLookMs : 0);
    const readMs = readings.oldestSince(this.who.name, String(watched.job.id), sinceMs);
    // Of a list, those that were made since it was read may be known by the look of another replica.
    const isRead = readMs !== null || (this.job === null && readings.lastListMs(this.who.name) >= sinceMs);
    if (!isRead) throw new Violation(`is shown job ${watched.job.id}, which was not read for it`);
    if (readMs !== null && Number(watched.job.updateTime) < readMs && !isEnd)
      throw new Violation(`is shown job ${watched.job.id} as it was before it was read for it`);
  }

  /** What lasted was told, though nobody may know how long it will. */
  private checkLasting({ replica, openedMs }: Connection): void {
    const { plan, time } = this.world;
    const { who, hearing } = this;
    if (this.plan.readPauseMs > 0 || who.revokedMs !== null || isBlind(plan, replica)) return;
    const listened = { fromMs: openedMs, toMs: time.nowMs };
    this.check(() => {
      for (const job of plan.jobs) {
        const heard = canRead(who, job) ? hearing.statusesOf(job) : null;
        if (heard === null) continue;
        const untold = lastingStatuses(plan, job, listened).find((status) => !heard.has(status));
        if (untold !== undefined) throw new Violation(`was not told that job ${job.id} was ${untold}`);
      }
    });
  }

  private ended(ending: Ending, { replica }: Connection): void {
    const { trace, chance } = this.world;
    trace.add(`${this.plan.name}: ${ending.kind === 'error' ? ending.error.constructor.name : 'complete'}`);
    this.check(() => {
      if (ending.kind === 'complete') {
        this.hearing.completed(!replica.isServing);
        if (this.hearing.isOver) this.phase = 'done';
        else this.comeBack(chance.between(0, 1_500));
      } else this.failed(ending.error);
    });
  }

  /** An error must have its reason in the truth; some pass, and it tries again. */
  private failed(error: Error): void {
    const { plan, time, chance } = this.world;
    const { who, job } = this;
    if (isPassing(error)) {
      if (!this.hearing.isSilent || time.nowMs > plan.healedMs + passingMs)
        throw new Violation(`ended with ${error.constructor.name}`);
      this.comeBack(chance.between(1_000, 3_000));
      return;
    }
    if (error instanceof BadCursor && this.hasStolen) {
      this.lastCursor = undefined;
      this.hasStolen = false;
      this.comeBack(100);
      return;
    }
    const isRevoked = who.revokedMs !== null && who.revokedMs <= time.nowMs;
    const isTrue =
      (error instanceof UpstreamUnauthorized && isRevoked) ||
      (error instanceof UpstreamForbidden && job !== null && who.hiddenJobs.includes(job.id)) ||
      (error instanceof UpstreamNotFound && job !== null && this.mayBeMissing(job));
    if (!isTrue) throw new Violation(`ended with ${error.constructor.name}: ${error.message}`);
    const isThere =
      error instanceof UpstreamNotFound && job !== null && canRead(who, job) && job.vanishesMs === null;
    this.isRefused = !isThere;
    if (isThere) this.comeBack(3_000);
    else this.phase = 'done';
  }

  /** It is not his, it has vanished, or a server that lags did not know it yet. */
  private mayBeMissing(job: JobPlan): boolean {
    const { nowMs } = this.world.time;
    const isGone = job.vanishesMs !== null && job.vanishesMs <= nowMs;
    return job.org !== this.who.org || isGone || createdMs(job) > nowMs - maxLagMs - passingMs;
  }

  private check(look: () => void): void {
    try {
      look();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      this.world.fail(`${this.plan.name} ${error.message}`);
    }
  }
}

/** What it tells may be late, whatever the others do. */
function isBlind(plan: Plan, replica: Replica): boolean {
  const isUnreachable = plan.faults.some(
    (fault) => fault.kind === 'unreachable' && fault.replica === replica.plan.name,
  );
  return isUnreachable || hasStall(plan, replica);
}

function hasStall({ faults }: Plan, replica: Replica): boolean {
  return faults.some((fault) => fault.kind === 'stall' && fault.replica === replica.plan.name);
}

/** Two seconds, and what it takes to tell a log of what was read. */
const snapshotMs = 4_000;
/** A look of two steps, in which each answer is as late as it may be. */
const slowLookMs = 17_000;
/** Of a look at a list: a second page, and exports one by one. */
const furtherCalls = 3;
/** As long as the watchers' budget takes a second to be. */
const windowMs = 1_050;
/** As long as an answer may be under way that was spoilt before all was healed. */
const passingMs = 15_000;

function isPassing(error: Error): boolean {
  return [UpstreamUnavailable, UpstreamTimeout, UpstreamInvalidResponse, UpstreamRateLimited].some(
    (kind) => error instanceof kind,
  );
}

function jobById({ jobs }: Plan, id: string): JobPlan {
  const job = jobs.find((each) => each.id === id);
  if (job === undefined) throw new Error(`No job ${id} in the plan`);
  return job;
}
