import { backboneLimits } from './backbone';
import type {
  AppendRequest,
  AttendRequest,
  Attendance,
  Backbone,
  Lease,
  LogEntry,
  LogPosition,
  NewLogEntry,
} from './backbone';

export interface InProcessBackboneOptions {
  /** ms; no wall clock. */
  readonly monotonicMs: () => number;
  /** Begins the names of its logs: other than that of any other backbone that the same cursors may meet. */
  readonly name: string;
  /** Topics that are remembered; the one that was longest not used goes first. */
  readonly maxTopics?: number;
}

/**
 * What replicas share where all of them live in this process; as a rule there is one. Nothing of it outlives the process,
 * and it never fails.
 */
export class InProcessBackbones {
  /** The longest not used first. */
  private readonly topics = new Map<string, TopicLog>();
  private readonly listeners = new Map<object, Set<(topic: string | null) => void>>();
  /** When each replica gave its last sign of life. */
  private readonly beats = new WeakMap<object, number>();
  private madeLogs = 0;
  private fence = 0;

  constructor(private readonly options: InProcessBackboneOptions) {}

  /** The backbone as one replica has it: leases are its own. */
  join(): Backbone {
    const replica = {};
    const listeners = new Set<(topic: string | null) => void>();
    this.listeners.set(replica, listeners);
    return {
      attend: (requests) => Promise.resolve(requests.map((request) => this.attend(replica, request))),
      append: (requests) => Promise.resolve(requests.map((request) => this.append(replica, request))),
      renew: (leases) => Promise.resolve(leases.map((lease) => this.renew(replica, lease))),
      beat: () => {
        this.beats.set(replica, this.options.monotonicMs());
        return Promise.resolve();
      },
      release: (leases) => {
        for (const lease of leases) this.release(replica, lease);
        return Promise.resolve();
      },
      onHint: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      poke: (topics) => {
        for (const topic of topics) this.hint(topic, replica);
      },
      isUp: true,
      close: () => {
        this.listeners.delete(replica);
        return Promise.resolve();
      },
    };
  }

  private attend(replica: object, { topic, after, wantsLease }: AttendRequest): Attendance {
    const nowMs = this.options.monotonicMs();
    const log = this.topicOf(topic, nowMs);
    const othersUntilMs = log.heldBy === replica ? -Infinity : this.endOf(log);
    const isFree = othersUntilMs <= nowMs;
    let lease: Lease | null = null;
    if (wantsLease && isFree) {
      if (log.heldBy !== replica || log.heldUntilMs <= nowMs) log.fence = this.fence += 1;
      log.heldBy = replica;
      log.heldUntilMs = nowMs + backboneLimits.leaseMs;
      lease = { topic, fence: log.fence };
    }
    const isKnown = after === null || (after.log === log.name && after.sequence <= log.sequence);
    const isGap = !isKnown || (after !== null && after.sequence < log.lost);
    return {
      lease,
      takenForMs: isFree ? 0 : othersUntilMs - nowMs,
      entries: isGap || after === null ? [...log.entries] : entriesBehind(log.entries, after.sequence),
      isGap,
      head: { log: log.name, sequence: log.sequence },
    };
  }

  private append(replica: object, { lease, entries }: AppendRequest): LogPosition | null {
    const log = this.heldBy(replica, lease);
    if (log === null) return null;
    for (const entry of entries) add(log, entry);
    this.touch(lease.topic, log, this.options.monotonicMs());
    this.hint(lease.topic, replica);
    return { log: log.name, sequence: log.sequence };
  }

  private renew(replica: object, lease: Lease): boolean {
    const log = this.heldBy(replica, lease);
    if (log === null) return false;
    const nowMs = this.options.monotonicMs();
    this.touch(lease.topic, log, nowMs);
    log.heldUntilMs = nowMs + backboneLimits.leaseMs;
    return true;
  }

  private release(replica: object, lease: Lease): void {
    const log = this.heldBy(replica, lease);
    if (log === null) return;
    log.heldBy = null;
    this.hint(lease.topic, replica);
  }

  /** When others may take its lease, unless its holder gives a sign of life before. */
  private endOf({ heldBy, heldUntilMs }: TopicLog): number {
    if (heldBy === null) return -Infinity;
    const signMs = Math.max(heldUntilMs - backboneLimits.leaseMs, this.beats.get(heldBy) ?? -Infinity);
    return Math.min(heldUntilMs, signMs + backboneLimits.silentMs);
  }

  private heldBy(replica: object, { topic, fence }: Lease): TopicLog | null {
    const log = this.topics.get(topic);
    const isHeld = log?.heldBy === replica && log.fence === fence;
    return isHeld && log.heldUntilMs > this.options.monotonicMs() ? log : null;
  }

  private topicOf(topic: string, nowMs: number): TopicLog {
    this.forgetOld(nowMs);
    const log = this.topics.get(topic) ?? this.newLog();
    this.touch(topic, log, nowMs);
    return log;
  }

  private touch(topic: string, log: TopicLog, nowMs: number): void {
    log.usedAtMs = nowMs;
    this.topics.delete(topic);
    this.topics.set(topic, log);
  }

  private newLog(): TopicLog {
    this.madeLogs += 1;
    return {
      name: `${this.options.name}-${String(this.madeLogs)}`,
      entries: [],
      keys: new Map(),
      sequence: 0,
      lost: 0,
      heldBy: null,
      heldUntilMs: -Infinity,
      fence: 0,
      usedAtMs: 0,
    };
  }

  private forgetOld(nowMs: number): void {
    const { maxTopics = 50_000 } = this.options;
    for (const [topic, { usedAtMs }] of this.topics) {
      if (usedAtMs + backboneLimits.keepMs > nowMs && this.topics.size < maxTopics) return;
      this.topics.delete(topic);
    }
  }

  private hint(topic: string, from: object): void {
    for (const [replica, listeners] of this.listeners) {
      if (replica !== from) for (const listener of [...listeners]) listener(topic);
    }
  }
}

/** A backbone for the one replica of this process. */
export function createInProcessBackbone(options: InProcessBackboneOptions): Backbone {
  return new InProcessBackbones(options).join();
}

interface TopicLog {
  readonly name: string;
  readonly entries: LogEntry[];
  /** Sequences of the entries that may be replaced. */
  readonly keys: Map<string, number>;
  sequence: number;
  /** The last entry that the bound has pushed out. */
  lost: number;
  heldBy: object | null;
  heldUntilMs: number;
  fence: number;
  usedAtMs: number;
}

function add(log: TopicLog, { replacesKey, body }: NewLogEntry): void {
  log.sequence += 1;
  const replaced = replacesKey === null ? undefined : log.keys.get(replacesKey);
  if (replaced !== undefined) {
    const at = log.entries.findLastIndex(({ sequence }) => sequence === replaced);
    if (at !== -1) log.entries.splice(at, 1);
  }
  if (replacesKey !== null) log.keys.set(replacesKey, log.sequence);
  log.entries.push({ sequence: log.sequence, body });
  if (log.entries.length <= backboneLimits.maxEntries) return;
  log.lost = log.entries.shift()?.sequence ?? log.lost;
  for (const [key, sequence] of log.keys) if (sequence <= log.lost) log.keys.delete(key);
}

function entriesBehind(entries: readonly LogEntry[], sequence: number): readonly LogEntry[] {
  const last = entries.findLastIndex((entry) => entry.sequence <= sequence);
  return entries.slice(last + 1);
}
