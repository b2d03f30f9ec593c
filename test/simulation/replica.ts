import { pino } from 'pino';
import type { Logger } from 'pino';
import { createTextSeal } from '../../src/lib/text-seal';
import { createJobWatchers } from '../../src/subscriptions/create-job-watchers';
import type { JobWatchersOptions } from '../../src/subscriptions/create-job-watchers';
import type { JobWatchers } from '../../src/subscriptions/job-watchers';
import { chanceOf } from './chance';
import type { Connection } from './connection';
import { EventLoop } from './event-loop';
import type { ReplicaPlan } from './plan';
import { epochMs } from './upstream-model';
import type { VirtualTime } from './virtual-time';

export type CreateJobWatchers = (options: JobWatchersOptions) => JobWatchers;

/** One life of one process of the fleet. */
export class Replica {
  readonly loop: EventLoop;
  readonly watchers: JobWatchers;
  readonly connections = new Set<Connection>();
  /** `credential job` of each job about which it was told that its token is worth nothing any more, and when. */
  readonly refusedMs = new Map<string, number>();
  isClosing = false;

  constructor(
    readonly plan: ReplicaPlan,
    private readonly parts: {
      readonly seed: number;
      /** 1 for its first life. */
      readonly life: number;
      readonly time: VirtualTime;
      readonly clockJumps: readonly { readonly atMs: number; readonly byMs: number }[];
      readonly createWatchers?: CreateJobWatchers | undefined;
      readonly log?: Logger | undefined;
      readonly fail: (words: string) => void;
    },
  ) {
    const { seed, life, time, createWatchers = createJobWatchers, log = silent, fail } = parts;
    this.loop = new EventLoop(time, (words) => {
      fail(`${this.name}: ${words}`);
    });
    this.watchers = createWatchers({
      clock: () => new Date(this.wallMs()),
      monotonicMs: () => plan.monotonicStartMs + time.nowMs,
      timers: this.loop.timers,
      seal,
      replica: this.name,
      random: chanceOf(seed, `${plan.name} ${String(life)}`).unit,
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

/** All replicas know the same secret. */
const seal = createTextSeal('a secret of the simulation, long enough', 'cursors');
const silent = pino({ level: 'silent' });
