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
  /** What comes under a lease that is held no more is taken in. */
  readonly takesStaleFences?: boolean;
  /** Everyone who wants a lease gets one. */
  readonly sharesLeases?: boolean;
  /** The log goes on, but nobody is shown what is in it. */
  readonly hidesEntries?: boolean;
}

/** What the port promises, as plainly as it can be written: one server, its own clock, all calls one after the other. */
export class BackboneServer {
  private topics = new Map<string, Topic>();
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
    if (request.wantsLease && (this.isFree(topic) || topic.holder === replica || this.slips.sharesLeases)) {
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
      takenForMs: isMine || this.isFree(topic) ? 0 : topic.heldUntilMs - this.clockMs(),
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
    const { fences } = this;
    return () => {
      this.topics = topics;
      this.fences = fences;
      // Logs of the time before may lack their last entries.
      this.timeline += 1;
    };
  }

  private heldBy(replica: string, { topic: name, fence }: Lease): Topic | null {
    const topic = this.topics.get(name);
    if (topic === undefined) return null;
    if (this.slips.takesStaleFences) return topic;
    return topic.holder === replica && topic.fence === fence && !this.isFree(topic) ? topic : null;
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
