import type { Timers } from '../lib/timers';
import { backboneLimits } from '../state/backbone/backbone';
import { BackboneMoved } from './backbone-switch';
import type { BackboneSwitch } from './backbone-switch';
import type { Topic } from './topic';

/** Leases of the shared backbone that topics have: a sign of life for all of them now and then, and each renewed in time. */
export class KeptLeases {
  /** Who has lost his meanwhile is left out when leases are renewed. */
  private readonly topics = new Set<Topic>();
  private cancelBeat: (() => void) | null = null;
  private renewedAtMs = -Infinity;

  constructor(
    private readonly parts: {
      readonly timers: Timers;
      readonly monotonicMs: () => number;
      readonly backbone: BackboneSwitch;
      /** Another one has it. */
      lost(topic: Topic): void;
    },
  ) {}

  /** A lease of the backbone of this process alone needs no care: nobody else wants it. */
  add(topic: Topic): void {
    if (!this.parts.backbone.isShared) return;
    this.topics.add(topic);
    this.beatLater();
  }

  drop(topics: readonly Topic[]): void {
    for (const topic of topics) this.topics.delete(topic);
    if (this.topics.size === 0) this.clear();
  }

  clear(): void {
    this.topics.clear();
    this.cancelBeat?.();
    this.cancelBeat = null;
  }

  private beatLater(): void {
    this.cancelBeat ??= this.parts.timers.schedule(backboneLimits.beatMs, () => {
      this.cancelBeat = null;
      void this.beat();
    });
  }

  private async beat(): Promise<void> {
    const { backbone, monotonicMs } = this.parts;
    if (!backbone.isShared) this.topics.clear();
    if (this.topics.size === 0) return;
    this.beatLater();
    const sentAtMs = monotonicMs();
    try {
      if (sentAtMs - this.renewedAtMs < backboneLimits.renewMs - backboneLimits.beatMs) await backbone.beat();
      else await this.renew(sentAtMs);
    } catch (error) {
      if (!(error instanceof BackboneMoved)) throw error;
    }
  }

  /** @throws BackboneMoved */
  private async renew(sentAtMs: number): Promise<void> {
    this.renewedAtMs = sentAtMs;
    for (const topic of this.topics) if (!topic.isHolder) this.topics.delete(topic);
    const held = [...this.topics].flatMap((topic) => {
      const lease = topic.heldLease;
      return lease === null ? [] : [{ topic, lease }];
    });
    if (held.length === 0) return;
    const answers = await this.parts.backbone.renew(held.map(({ lease }) => lease));
    held.forEach(({ topic, lease }, at) => {
      if (topic.heldLease !== lease) return;
      topic.renewed(answers[at] === true, sentAtMs);
      if (answers[at] !== true) this.parts.lost(topic);
    });
  }
}
