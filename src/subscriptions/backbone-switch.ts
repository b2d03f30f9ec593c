import type { Logger } from 'pino';
import { BackboneUnavailable } from '../errors/backbone-unavailable';
import type { Timers } from '../lib/timers';
import { backboneLimits } from '../state/backbone/backbone';
import type {
  AppendRequest,
  AttendRequest,
  Attendance,
  Backbone,
  Lease,
  LogPosition,
} from '../state/backbone/backbone';
import { CallBatch } from './call-batch';

export interface BackboneSwitchParts {
  /** What replicas share; null: nothing. */
  readonly shared: Backbone | null;
  /** Makes one for this process alone. */
  readonly createOwn: () => Backbone;
  readonly timers: Timers;
  readonly monotonicMs: () => number;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly log: Logger;
  /** All that was held is held no more; watches go on with what is there now. */
  moved(isShared: boolean): void;
  /** News of a topic; null: of any. */
  hinted(topic: string | null): void;
}

/** An answer, and the time from when on a lease in it counts. */
export interface Attended {
  readonly attendance: Attendance;
  readonly sentAtMs: number;
}

/**
 * The backbone that is there: the shared one, or one of this process alone where none is shared, and as long as the shared
 * one does not answer. Meanwhile it is asked from time to time, by one call for all. Calls of one tick go together.
 */
export class BackboneSwitch {
  /** Goes up with each change of the backbone: what was asked before is of another one. */
  private epoch = 0;
  private present: Backbone;
  private isSharedNow: boolean;
  private attends = this.batchAttends();
  private appends = this.batchAppends();
  private cancelProbe: () => void = () => undefined;
  private readonly deafen: () => void;
  private failures = 0;
  private sharedSinceMs = -Infinity;
  private isClosed = false;

  constructor(private readonly parts: BackboneSwitchParts) {
    const { shared, createOwn } = parts;
    this.isSharedNow = shared !== null;
    this.present = shared ?? createOwn();
    this.deafen =
      shared?.onHint((topic) => {
        if (this.isSharedNow) parts.hinted(topic);
      }) ?? (() => undefined);
  }

  /** False where a shared backbone is away. */
  get isShared(): boolean {
    return this.isSharedNow;
  }

  /** @throws BackboneMoved where the backbone is another one by now: ask again. */
  attend(request: AttendRequest): Promise<Attended> {
    return this.attends.add(request);
  }

  /** @throws BackboneMoved */
  append(request: AppendRequest): Promise<LogPosition | 'refused'> {
    return this.appends.add(request);
  }

  /** @throws BackboneMoved */
  renew(leases: readonly Lease[]): Promise<readonly boolean[]> {
    return this.call((backbone) => backbone.renew(leases));
  }

  /** @throws BackboneMoved */
  beat(): Promise<void> {
    return this.call((backbone) => backbone.beat());
  }

  /** Whoever looks at it in another replica should look now. */
  poke(topic: string): void {
    if (this.isSharedNow) this.present.poke([topic]);
  }

  async release(leases: readonly Lease[]): Promise<void> {
    if (leases.length > 0) await this.call((backbone) => backbone.release(leases)).catch(() => undefined);
  }

  close(): void {
    this.isClosed = true;
    this.cancelProbe();
    this.deafen();
  }

  private batchAttends(): CallBatch<AttendRequest, Attended> {
    return new CallBatch(async (requests) => {
      const sentAtMs = this.parts.monotonicMs();
      const attendances = await this.call((backbone) => backbone.attend(requests));
      return attendances.map((attendance) => ({ attendance, sentAtMs }));
    });
  }

  private batchAppends(): CallBatch<AppendRequest, LogPosition | 'refused'> {
    return new CallBatch(async (requests) => {
      const positions = await this.call((backbone) => backbone.append(requests));
      return positions.map((position) => position ?? 'refused');
    });
  }

  private async call<T>(run: (backbone: Backbone) => Promise<T>): Promise<T> {
    const { epoch } = this;
    try {
      const answer = await (this.isSharedNow ? this.inTime(run(this.present)) : run(this.present));
      if (epoch !== this.epoch) throw new BackboneMoved();
      return answer;
    } catch (error) {
      if (!this.isSharedNow && epoch === this.epoch) throw error;
      if (epoch === this.epoch) this.leave(error);
      throw new BackboneMoved({ cause: error });
    }
  }

  /** Whatever the backbone itself thinks of time. */
  private inTime<T>(call: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.parts.timers.schedule(backboneLimits.callTimeoutMs, () => {
        reject(new BackboneUnavailable('The backbone did not answer in time'));
      });
      call.then(resolve, reject).finally(cancel);
    });
  }

  private leave(error: unknown): void {
    this.parts.log.warn({ err: error }, 'the backbone is away: this replica watches by itself');
    const wasLong = this.parts.monotonicMs() - this.sharedSinceMs > steadyMs;
    this.become(this.parts.createOwn(), false);
    // One that comes and goes is asked as rarely as one that stays away: each coming costs a look at everything.
    this.probeLater(wasLong ? 0 : this.failures);
  }

  private become(backbone: Backbone, isShared: boolean): void {
    this.epoch += 1;
    this.present = backbone;
    this.isSharedNow = isShared;
    // Calls that are under way belong to the one before.
    this.attends = this.batchAttends();
    this.appends = this.batchAppends();
    if (!this.isClosed) this.parts.moved(isShared);
  }

  private probeLater(failures: number): void {
    this.failures = failures;
    if (this.isClosed) return;
    const pauseMs = Math.min(maxProbeMs, firstProbeMs * 2 ** Math.min(failures, 20));
    this.cancelProbe = this.parts.timers.schedule(pauseMs * (0.5 + 0.5 * this.parts.random()), () => {
      void this.probe(failures);
    });
  }

  private async probe(failures: number): Promise<void> {
    const { shared } = this.parts;
    if (shared === null || this.isClosed) return;
    try {
      await this.inTime(shared.attend([{ topic: probeTopic, after: null, wantsLease: false }]));
    } catch {
      this.probeLater(failures + 1);
      return;
    }
    if (this.isClosed) return;
    this.parts.log.info('the backbone is back');
    this.failures = failures + 1;
    this.sharedSinceMs = this.parts.monotonicMs();
    this.become(shared, true);
  }
}

/** The backbone has changed while it was asked. */
export class BackboneMoved extends Error {
  constructor(options?: ErrorOptions) {
    super('The backbone is another one by now', options);
    this.name = 'BackboneMoved';
  }
}

/** Nobody watches it; whether a call about it is answered says how the backbone is. */
const probeTopic = 'probe';
/** So long it must have been there to count as having come back. */
const steadyMs = 30_000;
const firstProbeMs = 500;
const maxProbeMs = 10_000;
