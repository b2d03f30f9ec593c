import { CircuitState as Circuit, SamplingBreaker, circuitBreaker, handleWhenResult } from 'cockatiel';
import type { CircuitBreakerPolicy } from 'cockatiel';
import { LRUCache } from 'lru-cache';
import type { UpstreamService } from '../errors/upstream-error';
import type { Outcome } from './http-attempt';
import { RetryBudget } from './retry-budget';

/** What protects the upstream, and one tenant from another, for a (service, IMS org). */
export interface Guard {
  readonly breaker: CircuitBreakerPolicy;
  readonly budget: RetryBudget;
}

export interface ServiceHealth {
  readonly service: UpstreamService;
  readonly circuit: 'CLOSED' | 'HALF_OPEN' | 'OPEN';
  /** Of the last 200 attempts; null before the first. */
  readonly p95Ms: number | null;
  /** The message of the last failure that was the service's own; scrubbed. */
  readonly lastError: string | null;
  /** When an open circuit lets the next call try, on the given monotonic clock; null unless open. */
  readonly retryAtMs: number | null;
}

/** How many circuits of a service are in one state. */
export interface CircuitCount {
  readonly service: UpstreamService;
  readonly state: ServiceHealth['circuit'];
  readonly count: number;
}

/** Guards by (service, org), so that one tenant's faults neither open a circuit nor spend the retries of another. */
export class UpstreamGuards {
  private readonly entries = new LRUCache<string, GuardEntry>({ max: 4000 });

  constructor(private readonly clock: () => number) {}

  of(service: UpstreamService, orgId: string): Guard {
    return this.entry(service, orgId);
  }

  /** Remembers how an attempt went, for the health page. */
  record(service: UpstreamService, orgId: string, attempt: { durationMs: number; outcome: Outcome }): void {
    const entry = this.entry(service, orgId);
    entry.durations[entry.attempts % durationsKept] = attempt.durationMs;
    entry.attempts += 1;
    if (attempt.outcome.kind === 'failure' && attempt.outcome.isUpstreamFault) {
      entry.lastError = attempt.outcome.error.message;
    }
  }

  health(service: UpstreamService, orgId: string): ServiceHealth {
    const entry = this.entries.get(guardKey(service, orgId));
    if (entry === undefined)
      return { service, circuit: 'CLOSED', p95Ms: null, lastError: null, retryAtMs: null };
    const circuit = circuitNames[entry.breaker.state];
    return {
      service,
      circuit,
      p95Ms: percentile95(entry.durations),
      lastError: entry.lastError,
      retryAtMs: circuit === 'OPEN' && entry.openedAtMs !== null ? entry.openedAtMs + openForMs : null,
    };
  }

  /** Of all orgs that were asked for lately; it names none. */
  circuits(): readonly CircuitCount[] {
    const counts = new Map<string, CircuitCount>();
    for (const [key, { breaker }] of this.entries.entries()) {
      const service = key.slice(0, key.indexOf(' ')) as UpstreamService;
      const state = circuitNames[breaker.state];
      const name = `${service} ${state}`;
      counts.set(name, { service, state, count: (counts.get(name)?.count ?? 0) + 1 });
    }
    return [...counts.values()];
  }

  private entry(service: UpstreamService, orgId: string): GuardEntry {
    const key = guardKey(service, orgId);
    let entry = this.entries.get(key);
    if (entry === undefined) {
      entry = createEntry(this.clock);
      this.entries.set(key, entry);
    }
    return entry;
  }
}

interface GuardEntry extends Guard {
  readonly durations: number[];
  attempts: number;
  lastError: string | null;
  openedAtMs: number | null;
}

const openForMs = 2_000;
const samplingMs = 10_000;
const minimumCalls = 20;
const durationsKept = 200;

/** Opens at half of at least 20 calls in 10 s, for 2 s; then one probe. A 4xx is an answer, not a fault. */
function createEntry(clock: () => number): GuardEntry {
  const isFault = handleWhenResult(
    (result) => (result as Outcome).kind === 'failure' && isUpstreamFault(result as Outcome),
  );
  const breaker = circuitBreaker(isFault, {
    halfOpenAfter: openForMs,
    breaker: new SamplingBreaker({
      threshold: 0.5,
      duration: samplingMs,
      minimumRps: minimumCalls / (samplingMs / 1000),
    }),
  });
  const entry: GuardEntry = {
    breaker,
    budget: new RetryBudget(clock),
    durations: [],
    attempts: 0,
    lastError: null,
    openedAtMs: null,
  };
  breaker.onBreak(() => {
    entry.openedAtMs = clock();
  });
  return entry;
}

const circuitNames = {
  [Circuit.Closed]: 'CLOSED',
  [Circuit.Open]: 'OPEN',
  [Circuit.HalfOpen]: 'HALF_OPEN',
  [Circuit.Isolated]: 'OPEN',
} as const;

function isUpstreamFault(outcome: Outcome): boolean {
  return outcome.kind === 'failure' && outcome.isUpstreamFault;
}

function guardKey(service: UpstreamService, orgId: string): string {
  return `${service} ${orgId}`;
}

function percentile95(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? null;
}
