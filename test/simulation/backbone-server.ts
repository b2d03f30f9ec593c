import { backboneLimits } from '../../src/state/backbone/backbone';
import type {
  AppendRequest,
  AttendRequest,
  Attendance,
  Lease,
  LogPosition,
} from '../../src/state/backbone/backbone';

/** Slips of the server by which a simulation shows that it would notice them. */
export interface ServerSlips {
  /** Everyone who wants a lease gets one. */
  readonly sharesLeases?: boolean;
  /** The log goes on, but nobody is shown what is in it. */
  readonly hidesEntries?: boolean;
  /** Whoever once had the lease may append and renew as if it still were his. */
  readonly takesStaleFences?: boolean;
}

/** What the port promises, as plainly as it can be written: one server, its own clock, all calls one after the other. */
export class BackboneServer {
  private topics = new Map<string, Topic>();
  private beats = new Map<string, number>();
  private fences = 0;
  private logs = 0;
  private timeline = 1;

  constructor(
    private readonly clockMs: () => number,
    private readonly slips: ServerSlips = {},
  ) {}

  attend(replica: string, request: AttendRequest): Attendance {
    const topic = this.topicOf(request.topic);
    const { after } = request;
    const isOpen = topic.holder === replica || this.openAtMs(topic) <= this.clockMs();
    if (request.wantsLease && (isOpen || this.slips.sharesLeases)) {
      if (this.isFree(topic) || topic.holder !== replica) topic.fence = this.fences += 1;
      topic.holder = replica;
      topic.heldUntilMs = this.clockMs() + backboneLimits.leaseMs;
    }
    const isMine = !this.isFree(topic) && topic.holder === replica;
    const isOther = after !== null && (after.log !== topic.log || after.sequence > topic.head);
    const isGap = isOther || (after !== null && after.sequence < topic.lostTo);
    const hidden = this.slips.hidesEntries === true ? topic.head : 0;
    const from = Math.max(hidden, after === null || isGap ? 0 : after.sequence);
    return {
      lease: isMine && request.wantsLease ? { topic: request.topic, fence: topic.fence } : null,
      takenForMs: isMine ? 0 : Math.max(0, this.openAtMs(topic) - this.clockMs()),
      entries: topic.entries.flatMap(({ sequence, body }) => (sequence > from ? [{ sequence, body }] : [])),
      isGap,
      head: { log: topic.log, sequence: topic.head },
    };
  }

  append(replica: string, { lease, entries }: AppendRequest): LogPosition | null {
    const topic = this.heldBy(replica, lease);
    if (topic === null) return null;
    for (const { replacesKey, body } of entries) {
      topic.head += 1;
      if (replacesKey !== null) topic.entries = topic.entries.filter(({ key }) => key !== replacesKey);
      topic.entries.push({ sequence: topic.head, key: replacesKey, body });
    }
    const tooMany = topic.entries.length - backboneLimits.maxEntries;
    for (const { sequence } of topic.entries.splice(0, Math.max(0, tooMany))) topic.lostTo = sequence;
    topic.usedMs = this.clockMs();
    return { log: topic.log, sequence: topic.head };
  }

  renew(replica: string, lease: Lease): boolean {
    const topic = this.heldBy(replica, lease);
    if (topic !== null) topic.heldUntilMs = this.clockMs() + backboneLimits.leaseMs;
    return topic !== null;
  }

  beat(replica: string): void {
    this.beats.set(replica, this.clockMs());
  }

  release(replica: string, lease: Lease): boolean {
    const topic = this.heldBy(replica, lease);
    if (topic !== null) topic.holder = null;
    return topic !== null;
  }

  /** Who holds the lease of a topic; null: nobody. */
  holderOf(name: string): string | null {
    const topic = this.topics.get(name);
    return topic === undefined || this.isFree(topic) ? null : topic.holder;
  }

  /** Topics that somebody holds. */
  get heldCount(): number {
    return [...this.topics.values()].filter((topic) => !this.isFree(topic)).length;
  }

  /** All there is now, for a server that takes over later. */
  copy(): () => void {
    const topics = new Map(
      [...this.topics].map(([name, topic]): [string, Topic] => [
        name,
        { ...topic, entries: [...topic.entries] },
      ]),
    );
    const beats = new Map(this.beats);
    const { fences } = this;
    return () => {
      this.topics = topics;
      this.beats = beats;
      this.fences = fences;
      // Logs of the time before may lack their last entries.
      this.timeline += 1;
    };
  }

  private heldBy(replica: string, { topic: name, fence }: Lease): Topic | null {
    const topic = this.topics.get(name);
    if (topic === undefined) return null;
    if (this.slips.takesStaleFences === true) return topic;
    return topic.holder === replica && topic.fence === fence && !this.isFree(topic) ? topic : null;
  }

  /** When others may take its lease, unless its holder gives a sign of life before. */
  private openAtMs({ holder, heldUntilMs }: Topic): number {
    if (holder === null) return 0;
    const signMs = Math.max(heldUntilMs - backboneLimits.leaseMs, this.beats.get(holder) ?? 0);
    return Math.min(heldUntilMs, signMs + backboneLimits.silentMs);
  }

  private isFree({ holder, heldUntilMs }: Topic): boolean {
    return holder === null || heldUntilMs <= this.clockMs();
  }

  private topicOf(name: string): Topic {
    const nowMs = this.clockMs();
    let topic = this.topics.get(name);
    if (topic === undefined || topic.usedMs + backboneLimits.keepMs <= nowMs) {
      topic = { ...newTopic, log: this.newLog(), timeline: this.timeline, entries: [], usedMs: nowMs };
      this.topics.set(name, topic);
    }
    if (topic.timeline !== this.timeline) {
      topic.log = this.newLog();
      topic.timeline = this.timeline;
    }
    topic.usedMs = nowMs;
    return topic;
  }

  private newLog(): string {
    return `log ${String((this.logs += 1))}`;
  }
}

const newTopic = { head: 0, lostTo: 0, fence: 0, holder: null, heldUntilMs: 0 };

interface Topic {
  log: string;
  timeline: number;
  entries: { readonly sequence: number; readonly key: string | null; readonly body: string }[];
  head: number;
  /** Entries up to here are not kept any more. */
  lostTo: number;
  fence: number;
  holder: string | null;
  heldUntilMs: number;
  usedMs: number;
}
