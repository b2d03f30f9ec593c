/**
 * What the replicas of a gateway share about what they watch: who looks at a topic, and what was seen. See ADR 0016.
 *
 * A topic is an opaque text that carries the credential, org and sandbox of those who may hear of it. A body is opaque,
 * too. All calls take many topics at once, so that a tick costs one round trip however much is watched.
 */
export interface Backbone {
  /**
   * For each topic, what was appended behind `after`, and whether this replica is the one who looks at it: it is given the
   * lease where nobody holds one, or who holds it has given no sign of life for `silentMs`; and keeps the one that it holds.
   *
   * @returns one answer a request, in order.
   * @throws BackboneUnavailable within `callTimeoutMs`; what was asked may have happened.
   */
  attend(requests: readonly AttendRequest[]): Promise<readonly Attendance[]>;
  /**
   * Adds to the logs of topics, each under its lease: all entries of one request, or none.
   *
   * @returns one answer a request, in order: the position of the last entry; null where the lease is not held any more,
   * and nothing was added.
   * @throws BackboneUnavailable within `callTimeoutMs`; what was asked may have happened.
   */
  append(requests: readonly AppendRequest[]): Promise<readonly (LogPosition | null)[]>;
  /** Extends leases to their whole length; answers, in order, whether each is still held. */
  renew(leases: readonly Lease[]): Promise<readonly boolean[]>;
  /** A sign of life, every `beatMs` of whoever holds leases: who has died is replaced long before they end. */
  beat(): Promise<void>;
  /** Gives leases back, so that others need not wait for their end. Never throws: an end comes by itself. */
  release(leases: readonly Lease[]): Promise<void>;
  /**
   * Hears that a topic has news (entries, a lease that was given back, or somebody's poke), or, by null, that any may have:
   * after a time without a connection. A hint may come late, twice or never: it is no truth.
   */
  onHint(listener: (topic: string | null) => void): () => void;
  /** Hints to the others that there is something to see: whoever looks should look now. Never throws. */
  poke(topics: readonly string[]): void;
  /** False from a failed call until one has gone well again. */
  readonly isUp: boolean;
  close(): Promise<void>;
}

export interface AttendRequest {
  readonly topic: string;
  /** What is known of the topic's log already; null: nothing. */
  readonly after: LogPosition | null;
  /** False: only reads; never takes a lease. */
  readonly wantsLease: boolean;
}

export interface Attendance {
  /** Null: another replica looks, or none was wanted. */
  readonly lease: Lease | null;
  /** How long another one's lease still holds unless he gives a sign of life, in ms; 0 where there is none. */
  readonly takenForMs: number;
  /** Behind `after`, in order; all that is kept where `after` is null or `isGap`. */
  readonly entries: readonly LogEntry[];
  /** True where entries behind `after` have been lost, or `after` is of another log of the topic. */
  readonly isGap: boolean;
  /** The end of the log. */
  readonly head: LogPosition;
}

/**
 * The right to look at a topic and to add to its log, for `leaseMs` from when it was asked for, or until another one has it
 * because its holder is silent. `fence` rises with each new holder: who comes with an older one is refused.
 */
export interface Lease {
  readonly topic: string;
  readonly fence: number;
}

/** A place in a log. A topic that was forgotten and comes again has a log of another name. */
export interface LogPosition {
  readonly log: string;
  /** 0 at the beginning, then 1 more with each entry. */
  readonly sequence: number;
}

export interface NewLogEntry {
  /** An entry takes the place of an earlier one of the same key in its log; null: stays. */
  readonly replacesKey: string | null;
  readonly body: string;
}

export interface LogEntry {
  readonly sequence: number;
  readonly body: string;
}

export interface AppendRequest {
  readonly lease: Lease;
  /** One or more. */
  readonly entries: readonly NewLogEntry[];
}

export const backboneLimits = {
  /** The longest that a lease holds without being renewed. */
  leaseMs: 15_000,
  /** How often holders renew. */
  renewMs: 5_000,
  /** How often holders give a sign of life: one for all that they hold. */
  beatMs: 800,
  /** A holder that stalls for less than this loses nothing. To take or renew a lease is a sign of life, too. */
  silentMs: 2_400,
  /** Longer than this no watch waits for the backbone; it then goes on by itself. */
  callTimeoutMs: 250,
  /** Entries that are kept of one topic. */
  maxEntries: 1_000,
  /** How long a log is kept after its last entry, or after it was last attended. */
  keepMs: 10 * 60_000,
} as const;
