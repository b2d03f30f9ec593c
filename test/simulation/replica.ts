import { pino } from 'pino';
import type { Logger } from 'pino';
import type { Caller } from '../../src/datasources/caller';
import { createTextSeal } from '../../src/lib/text-seal';
import { createJobWatchers } from '../../src/subscriptions/create-job-watchers';
import type { JobWatchersOptions } from '../../src/subscriptions/create-job-watchers';
import type { JobWatchers } from '../../src/subscriptions/job-watchers';
import { BackboneLine } from './backbone-line';
import type { BackboneNetwork } from './backbone-network';
import { chanceOf } from './chance';
import { EventLoop } from './event-loop';
import type { ReplicaPlan } from './plan';
import { Readings } from './readings';
import { epochMs } from './upstream-model';
import type { VirtualTime } from './virtual-time';

export type CreateJobWatchers = (options: JobWatchersOptions) => JobWatchers;

/** One stream of a replica, as it sees it. */
export interface Listening {
  readonly isOpen: boolean;
  /** As whom it listens to what. */
  readonly topic: string;
}

/** One life of one process of the fleet. */
export class Replica {
  readonly loop: EventLoop;
  readonly watchers: JobWatchers;
  readonly connections = new Set<Listening>();
  /** `credential job` of each job about which it was told that its token is worth nothing any more, and when. */
  readonly refusedMs = new Map<string, number>();
  readonly readings = new Readings();
  isClosing = false;

  constructor(
    readonly plan: ReplicaPlan,
    private readonly parts: {
      readonly seed: number;
      /** 1 for its first life. */
      readonly life: number;
      readonly time: VirtualTime;
      /** To what replicas share; null: each is alone. */
      readonly network: BackboneNetwork | null;
      readonly callsPerSecond: number | null;
      readonly clockJumps: readonly { readonly atMs: number; readonly byMs: number }[];
      readonly createWatchers?: CreateJobWatchers | undefined;
      readonly log?: Logger | undefined;
      readonly fail: (words: string) => void;
    },
  ) {
    const {
      seed,
      life,
      time,
      network,
      callsPerSecond,
      createWatchers = createJobWatchers,
      log = silent,
      fail,
    } = parts;
    this.loop = new EventLoop(time, (words) => {
      fail(`${this.name}: ${words}`);
    });
    this.watchers = createWatchers({
      clock: () => new Date(this.wallMs()),
      monotonicMs: () => plan.monotonicStartMs + time.nowMs,
      timers: this.loop.timers,
      random: chanceOf(seed, `${plan.name} ${String(life)}`).unit,
      seal,
      backbone:
        network === null
          ? null
          : new BackboneLine({ replica: plan.name, name: this.name, network, loop: this.loop, time }),
      topicKey,
      replica: this.name,
      ...(callsPerSecond !== null && { budget: { callsPerSecond } }),
      log,
    });
  }

  get name(): string {
    return `${this.plan.name}.${String(this.parts.life)}`;
  }

  get isServing(): boolean {
    return this.loop.isAlive && !this.isClosing;
  }

  /** Its own wall clock: some are wrong, some are set while they run. */
  private wallMs(): number {
    const { time, clockJumps } = this.parts;
    const jumpedMs = clockJumps.reduce((sum, { atMs, byMs }) => (atMs <= time.nowMs ? sum + byMs : sum), 0);
    return epochMs + time.nowMs + this.plan.skewMs + jumpedMs;
  }
}

const silent = pino({ level: 'silent' });
const seal = createTextSeal('a secret of the simulation, of all replicas', 'cursors');

/** The same in all processes. */
function topicKey({ authorization, orgId, sandbox }: Caller): string {
  return JSON.stringify([authorization, orgId, sandbox]);
}
