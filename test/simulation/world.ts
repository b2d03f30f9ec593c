import type { Logger } from 'pino';
import { createCaller } from '../../src/datasources/caller';
import type { DataSources } from '../../src/datasources';
import type { Caller } from '../../src/datasources/caller';
import { UpstreamRateLimited, UpstreamUnauthorized } from '../../src/errors/upstream-error';
import { BackboneNetwork } from './backbone-network';
import type { ServerSlips } from './backbone-server';
import { CallChecks } from './call-checks';
import type { Call } from './call-checks';
import { chanceOf } from './chance';
import { byName } from './plan';
import type { FaultPlan, Plan, ReplicaPlan } from './plan';
import { Replica } from './replica';
import type { CreateJobWatchers } from './replica';
import { Subscriber } from './subscriber';
import type { SourcesWanted } from './subscriber';
import { Trace } from './trace';
import { UpstreamModel } from './upstream-model';
import { upstreamSources } from './upstream-sources';
import { VirtualTime } from './virtual-time';

export interface WorldOptions {
  /** Sabotage, or watchers of another make. */
  readonly createWatchers?: CreateJobWatchers;
  readonly callerOf?: (caller: Caller) => Caller;
  readonly slips?: ServerSlips;
  readonly losesHints?: boolean;
  /** Lines that are kept; Infinity: all, with notes. */
  readonly maxTraceLines?: number;
  readonly log?: Logger;
}

/** Everything there is in one history: one time, one upstream, the fleet, and those who listen. */
export class World {
  readonly time = new VirtualTime();
  readonly trace: Trace;
  readonly upstream: UpstreamModel;
  /** Null: replicas share nothing. */
  readonly network: BackboneNetwork | null;
  readonly subscribers: readonly Subscriber[];
  /** Each life of each replica. */
  readonly lives: Replica[] = [];
  violation: string | null = null;
  upstreamCalls = 0;
  private readonly chance;
  private readonly calls: CallChecks;

  constructor(
    readonly plan: Plan,
    private readonly options: WorldOptions = {},
  ) {
    this.trace = new Trace(this.time, options.maxTraceLines ?? 60);
    this.chance = chanceOf(plan.seed, 'world');
    this.upstream = new UpstreamModel(plan, this.time);
    const { time, trace } = this;
    const fail = (words: string): void => {
      this.fail(words);
    };
    this.calls = new CallChecks({ plan, time, fail });
    const { slips, losesHints } = options;
    this.network = plan.hasBackbone ? new BackboneNetwork({ plan, time, trace, slips, losesHints }) : null;
    this.subscribers = plan.subscribers.map(
      (each) =>
        new Subscriber(each, byName(plan.credentials, each.credential), {
          plan,
          time: this.time,
          chance: chanceOf(plan.seed, each.name),
          trace: this.trace,
          anyReplica: () => this.chance.anyOf(this.serving()),
          callerOf: (replica, name) => this.callerOf(replica, name),
          sourcesFor: (asked) => this.sourcesFor(asked),
          lastCursorOf: (name) => this.subscribers.find((other) => other.plan.name === name)?.lastCursor,
          audienceChanged: (connection) => {
            this.calls.audienceChanged(connection);
          },
          fail,
        }),
    );
  }

  /** Sets everything going that is planned. */
  begin(): void {
    for (const replica of this.plan.replicas) {
      this.time.schedule(replica.startsMs, () => {
        this.startReplica(replica, 1);
      });
    }
    for (const fault of this.plan.faults) this.planFault(fault);
    for (const subscriber of this.subscribers) subscriber.start();
  }

  /** A promise was broken: the history ends here. */
  fail(words: string): void {
    if (this.violation !== null) return;
    this.violation = words;
    this.trace.add(`VIOLATION: ${words}`);
    this.time.stop();
  }

  private serving(): readonly Replica[] {
    return this.lives.filter(({ isServing }) => isServing);
  }

  private startReplica(plan: ReplicaPlan, life: number): void {
    const { seed, faults } = this.plan;
    const { createWatchers, log } = this.options;
    const replica = new Replica(plan, {
      seed,
      life,
      time: this.time,
      network: this.network,
      clockJumps: faults.flatMap((fault) =>
        fault.kind === 'clock jump' && fault.replica === plan.name ? [fault] : [],
      ),
      callsPerSecond: this.plan.callsPerSecond,
      createWatchers,
      log,
      fail: (words) => {
        this.fail(words);
      },
    });
    this.lives.push(replica);
    this.trace.add(`${replica.name} starts`);
  }

  private planFault(fault: FaultPlan): void {
    if (fault.kind !== 'crash' && fault.kind !== 'close' && fault.kind !== 'stall') return;
    this.time.schedule(fault.atMs, () => {
      const replica = this.serving().find(({ plan }) => plan.name === fault.replica);
      if (replica === undefined) return;
      this.trace.add(`${replica.name}: ${fault.kind}`);
      if (fault.kind === 'stall') {
        replica.loop.block(fault.forMs, this.chance.happens(0.5));
        return;
      }
      if (fault.kind === 'crash') this.kill(replica);
      else {
        replica.isClosing = true;
        replica.loop.enter(() => {
          void replica.watchers.close().then(() =>
            this.time.schedule(1_000, () => {
              this.retire(replica);
            }),
          );
        });
      }
      this.time.schedule(fault.awayMs, () => {
        this.startReplica(replica.plan, this.lives.filter(({ plan }) => plan === replica.plan).length + 1);
      });
    });
  }

  /** It has closed, and ends: nothing of its may be under way. */
  private retire(replica: Replica): void {
    const { loop, name } = replica;
    if (loop.timerCount > 0) this.fail(`${name} has ${loop.timerCount} timers though it is closed`);
    this.kill(replica);
  }

  private kill(replica: Replica): void {
    if (!replica.loop.isAlive) return;
    replica.loop.die();
    for (const subscriber of this.subscribers) subscriber.replicaDied(replica);
  }

  /** Its key is of this process alone, as it is where each process makes its own secret. */
  private callerOf(replica: Replica, credential: string): Caller {
    const { org } = byName(this.plan.credentials, credential);
    const { callerOf = (caller) => caller } = this.options;
    const caller = createCaller({
      authorization: `Bearer ${credential}`,
      apiKey: replica.name,
      orgId: org,
      sandbox: 'prod',
    });
    return callerOf(caller);
  }

  private sourcesFor({ replica, credential, signal, tally }: SourcesWanted): DataSources {
    return upstreamSources(this.upstream, {
      credential,
      replica: replica.plan.name,
      loop: replica.loop,
      signal,
      called: (about) => {
        this.upstreamCalls += 1;
        if (tally !== undefined) tally.upstreamCalls += 1;
        this.trace.add(`${replica.name} asks as ${credential}: ${about.kind} ${about.ids.join(' ')}`);
        this.calls.called({ replica, credential, ...about });
      },
      read: (watched) => {
        replica.readings.note(credential, watched, this.time.nowMs);
      },
      answered: (about, error) => {
        if (error !== null) this.failed({ replica, credential, ...about }, error);
        else if (about.kind === 'list') replica.readings.noteList(credential, this.time.nowMs);
      },
    });
  }

  private failed(call: Call, error: Error): void {
    const { replica, credential, kind, ids } = call;
    this.trace.add(`${replica.name} is told ${error.constructor.name}: ${kind} ${ids.join(' ')}`);
    if (error instanceof UpstreamRateLimited) this.calls.toldToWait(call, error.retryAfterMs ?? 0);
    if (!(error instanceof UpstreamUnauthorized)) return;
    for (const id of ids) {
      const key = `${credential} ${id}`;
      if (!replica.refusedMs.has(key)) replica.refusedMs.set(key, this.time.nowMs);
    }
  }
}
