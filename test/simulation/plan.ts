/** What happens in one history. Plain data: the same plan is the same history. Times are ms since the world began. */
export interface Plan {
  readonly seed: number;
  /** Behind it nothing fails any more, and all jobs have ended. */
  readonly healedMs: number;
  readonly hasBackbone: boolean;
  /** The budget of each replica; null: as many as it wants. */
  readonly callsPerSecond: number | null;
  readonly credentials: readonly CredentialPlan[];
  readonly jobs: readonly JobPlan[];
  readonly replicas: readonly ReplicaPlan[];
  readonly subscribers: readonly SubscriberPlan[];
  readonly faults: readonly FaultPlan[];
}

export interface CredentialPlan {
  readonly name: string;
  readonly org: string;
  /** Jobs of its own org that it may not read. */
  readonly hiddenJobs: readonly string[];
  readonly revokedMs: number | null;
}

export type Kind = 'SEGMENT' | 'EXPORT';

export interface JobPlan {
  readonly id: string;
  readonly kind: Kind;
  readonly org: string;
  /** The first one makes it; the last is its end. */
  readonly states: readonly JobState[];
  readonly vanishesMs: number | null;
}

export interface JobState {
  readonly fromMs: number;
  readonly status: string;
  /** 0 up to 1 */
  readonly progress: number | null;
}

export interface ReplicaPlan {
  readonly name: string;
  readonly startsMs: number;
  /** Of its wall clock. */
  readonly skewMs: number;
  readonly monotonicStartMs: number;
}

export interface SubscriberPlan {
  readonly name: string;
  readonly credential: string;
  readonly watches: Watched;
  readonly arrivesMs: number;
  /** Null: stays to the end. */
  readonly leavesMs: number | null;
  /** When its connection breaks; it comes back with its last cursor. */
  readonly breaks: readonly Break[];
  /** Between what it takes from its stream. */
  readonly readPauseMs: number;
  /** It begins with the last cursor of this subscriber, which is not its own. */
  readonly stealsFrom: string | null;
}

export type Watched =
  { readonly kind: 'one'; readonly job: string } | { readonly kind: 'all'; readonly kinds: readonly Kind[] };

export interface Break {
  readonly atMs: number;
  /** Until it comes back. */
  readonly awayMs: number;
  /** Until the gateway knows that it has left. */
  readonly noticedMs: number;
}

export type FaultPlan =
  | UpstreamFault
  | BackboneFault
  | {
      readonly kind: 'crash' | 'close';
      readonly replica: string;
      readonly atMs: number;
      readonly awayMs: number;
    }
  /** The upstream is there, but not for this replica. */
  | { readonly kind: 'unreachable'; readonly replica: string; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'stall'; readonly replica: string; readonly atMs: number; readonly forMs: number }
  | { readonly kind: 'clock jump'; readonly replica: string; readonly atMs: number; readonly byMs: number };

/** While it lasts, a share of the calls meets it. */
export interface UpstreamFault {
  readonly kind: 'upstream';
  readonly how: 'unavailable' | 'broken' | 'time-out' | 'limited' | 'slow' | 'lagging';
  readonly fromMs: number;
  readonly toMs: number;
  readonly share: number;
  /** How slow, how far behind, or how long a limited caller has to wait. */
  readonly byMs: number;
}

/** Of the network to the backbone (of all replicas, or of one), or of its server. */
export type BackboneFault =
  | {
      readonly kind: 'network';
      readonly how: 'lossy' | 'slow' | 'cut' | 'hints lost' | 'hints doubled';
      readonly replica: string | null;
      readonly fromMs: number;
      readonly toMs: number;
    }
  | { readonly kind: 'outage'; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'failover'; readonly atMs: number; readonly losesMs: number };

/** The one who has it, by name or id. */
export function byName<T extends { readonly name: string }>(items: readonly T[], name: string): T {
  const found = items.find((item) => item.name === name);
  if (found === undefined) throw new Error(`Nobody here is called ${name}`);
  return found;
}
