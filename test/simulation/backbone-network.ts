import { backboneLimits } from '../../src/state/backbone/backbone';
import { BackboneServer } from './backbone-server';
import type { ServerSlips } from './backbone-server';
import { chanceOf } from './chance';
import type { Chance } from './chance';
import type { BackboneFault, Plan } from './plan';
import type { Trace } from './trace';
import type { VirtualTime } from './virtual-time';

type NetworkFault = Extract<BackboneFault, { kind: 'network' }>;

export interface NetworkParts {
  readonly plan: Plan;
  readonly time: VirtualTime;
  readonly trace: Trace;
  readonly slips?: ServerSlips | undefined;
  /** No hint ever arrives. */
  readonly losesHints?: boolean | undefined;
}

/** One end of a line to the server: what it hears of. */
export interface LineEnd {
  /** Of the replica, and of this life of it. */
  readonly replica: string;
  readonly name: string;
  hint(topic: string | null): void;
  /** When what was sent last arrives: what follows on the same line does not overtake it. */
  readonly arrivesMs: { there: number; back: number };
}

/** The server of the backbone, and the lines to it: what is sent may be late, lost, or arrive though its answer does not. */
export class BackboneNetwork {
  readonly server: BackboneServer;
  private readonly chance: Chance;
  private readonly lines = new Set<LineEnd>();

  constructor(private readonly parts: NetworkParts) {
    const { plan, time } = parts;
    this.server = new BackboneServer(() => time.nowMs, parts.slips);
    this.chance = chanceOf(plan.seed, 'network');
    for (const fault of plan.faults) if (fault.kind === 'failover') this.planFailover(fault);
  }

  join(line: LineEnd): () => void {
    this.lines.add(line);
    return () => void this.lines.delete(line);
  }

  /** Sends something to the server, which does it; `answered` runs when its answer is back, perhaps never. */
  send<T>(line: LineEnd, work: (server: BackboneServer) => T, answered: (value: T) => void): void {
    this.travel(line, 'there', () => {
      if (this.isOut()) return;
      const value = work(this.server);
      this.travel(line, 'back', () => {
        answered(value);
      });
    });
  }

  /** Tells the others that a topic has news. */
  tellHints(from: LineEnd, topics: readonly string[]): void {
    for (const line of this.lines) {
      if (line === from) continue;
      for (const topic of topics) this.tellHint(line, topic);
    }
  }

  private tellHint(line: LineEnd, topic: string): void {
    const { time, losesHints = false } = this.parts;
    const isLost = losesHints || (this.meets(line, 'hints lost') && this.chance.happens(0.7));
    if (isLost) return;
    const isDoubled = this.meets(line, 'hints doubled');
    const tell = (): void => {
      this.travel(line, 'back', () => {
        line.hint(topic);
      });
    };
    tell();
    if (isDoubled) time.schedule(this.chance.between(0, 5_000), tell);
  }

  private travel(line: LineEnd, way: 'there' | 'back', arrive: () => void): void {
    const { chance } = this;
    const { nowMs } = this.parts.time;
    if (this.meets(line, 'cut') || (this.meets(line, 'lossy') && chance.happens(0.25))) return;
    const delayMs = this.meets(line, 'slow') ? chance.between(50, 500) : chance.between(1, 4);
    line.arrivesMs[way] = Math.max(line.arrivesMs[way], nowMs + delayMs);
    this.parts.time.schedule(line.arrivesMs[way] - nowMs, arrive);
  }

  private meets({ replica }: LineEnd, how: NetworkFault['how']): boolean {
    const { plan, time } = this.parts;
    return plan.faults.some(
      (fault) =>
        fault.kind === 'network' &&
        fault.how === how &&
        (fault.replica === null || fault.replica === replica) &&
        fault.fromMs <= time.nowMs &&
        time.nowMs < fault.toMs,
    );
  }

  private isOut(): boolean {
    const { plan, time } = this.parts;
    return plan.faults.some((fault) => {
      if (fault.kind === 'failover') return fault.atMs <= time.nowMs && time.nowMs < fault.atMs + takeOverMs;
      return fault.kind === 'outage' && fault.fromMs <= time.nowMs && time.nowMs < fault.toMs;
    });
  }

  /** Another server takes over, which has not heard of the last writes. */
  private planFailover({ atMs, losesMs }: Extract<BackboneFault, { kind: 'failover' }>): void {
    const { time, trace } = this.parts;
    let takeOver = (): void => undefined;
    time.schedule(Math.max(0, atMs - losesMs), () => {
      takeOver = this.server.copy();
    });
    time.schedule(atMs, () => {
      takeOver();
      trace.add(`the backbone fails over and loses ${losesMs} ms`);
    });
  }
}

/** Longer than a call, so that each line learns of it. */
const takeOverMs = 2 * backboneLimits.callTimeoutMs;
