import type { Timers } from '../lib/timers';
import type { DrivenRun, RunDrivers } from '../state/run-drivers';

/** How replicas see to it that one of them drives a run, in ms. */
export interface RunLease {
  /** Who gives no sign of life for so long is taken for dead. */
  readonly leaseMs: number;
  /** How often each replica looks at the runs that have not ended. */
  readonly lookMs: number;
}

export const defaultRunLease: RunLease = { leaseMs: 15_000, lookMs: 1_000 };

/** A driver stops by itself so early that nobody has taken its runs yet. */
const holdShare = 0.8;
const renewShare = 1 / 3;

export interface RunFleetOptions extends RunLease {
  readonly drivers: RunDrivers;
  /** This replica's: another one for each process that ever starts. */
  readonly name: string;
  readonly timers: Timers;
  /** ms; no wall clock. */
  readonly monotonicMs: () => number;
  /** After each look that went well. */
  onLook(): void;
  /** This replica may not drive the run any more. */
  onLost(id: string): void;
}

interface Known {
  readonly run: DrivenRun;
  /** When its driver gave the last sign of life, as seen from here. */
  readonly aliveAtMs: number;
}

/**
 * Who drives which run in the fleet, as one replica sees it. No two clocks are compared: a driver counts from before its
 * sign of life was sent, everybody else from after it was read.
 */
export class RunFleet {
  readonly name: string;
  private readonly known = new Map<string, Known>();
  /** Runs that this replica drives, and until when it may without another sign of life. */
  private readonly held = new Map<string, number>();
  private renewedAtMs = -Infinity;
  private isOver = false;
  private cancelLook = (): void => undefined;
  private cancelExpiry = (): void => undefined;

  constructor(private readonly options: RunFleetOptions) {
    this.name = options.name;
  }

  /** Begins to look, and goes on until `end`. */
  async begin(): Promise<void> {
    this.expire();
    await this.look();
  }

  end(): void {
    this.isOver = true;
    this.cancelLook();
    this.cancelExpiry();
  }

  /** This replica drives a run since `sinceMs`, from before that was written. */
  hold(id: string, sinceMs: number): void {
    this.held.set(id, sinceMs + this.options.leaseMs * holdShare);
  }

  letGo(id: string): void {
    this.held.delete(id);
  }

  /** True as long as nobody else can have taken the run. */
  mayDrive(id: string): boolean {
    return (this.held.get(id) ?? -Infinity) > this.options.monotonicMs();
  }

  /** The run as it was seen at the last look; undefined where it has ended, or is too new. */
  find(id: string): DrivenRun | undefined {
    return this.known.get(id)?.run;
  }

  /** Runs that nobody drives, oldest first. */
  free(): readonly DrivenRun[] {
    return [...this.known.values()].filter((one) => this.isFree(one)).map(({ run }) => run);
  }

  isFreeRun(id: string): boolean {
    const known = this.known.get(id);
    return known !== undefined && this.isFree(known);
  }

  private isFree({ run, aliveAtMs }: Known): boolean {
    if (this.held.has(run.id)) return false;
    if (run.driver === null || run.driver === this.name) return true;
    return this.options.monotonicMs() - aliveAtMs >= this.options.leaseMs;
  }

  private async look(): Promise<void> {
    try {
      await this.renew();
      this.takeIn(await this.options.drivers.look());
      if (!this.isOver) this.options.onLook();
    } catch {
      // The state tells its own outages. What is held ends by itself meanwhile.
    }
    if (!this.isOver)
      this.cancelLook = this.options.timers.schedule(this.options.lookMs, () => void this.look());
  }

  private async renew(): Promise<void> {
    const { drivers, monotonicMs, leaseMs } = this.options;
    const nowMs = monotonicMs();
    if (this.held.size === 0 || nowMs - this.renewedAtMs < leaseMs * renewShare) return;
    const ids = [...this.held.keys()];
    const renewed = await drivers.renew(ids, this.name);
    this.renewedAtMs = nowMs;
    for (const id of ids) {
      if (!this.held.has(id)) continue;
      if (renewed.has(id)) this.hold(id, nowMs);
      else this.lose(id);
    }
  }

  private takeIn(runs: readonly DrivenRun[]): void {
    const nowMs = this.options.monotonicMs();
    const before = new Map(this.known);
    this.known.clear();
    for (const run of runs) {
      const earlier = before.get(run.id);
      const isSilent = earlier?.run.driver === run.driver && earlier.run.beat === run.beat;
      this.known.set(run.id, { run, aliveAtMs: isSilent ? earlier.aliveAtMs : nowMs });
    }
  }

  /** Apart from the looks, which may wait for a silent server. */
  private expire(): void {
    for (const id of [...this.held.keys()]) if (!this.mayDrive(id)) this.lose(id);
    if (!this.isOver)
      this.cancelExpiry = this.options.timers.schedule(this.options.lookMs, () => this.expire());
  }

  private lose(id: string): void {
    this.held.delete(id);
    this.options.onLost(id);
  }
}
