import {
  UpstreamInvalidResponse,
  UpstreamRateLimited,
  UpstreamTimeout,
  UpstreamUnavailable,
} from '../errors/upstream-error';

/** For how long a run bears an upstream that does not answer before it fails. */
export const longestOutageMs = 30 * 60_000;
const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** True for what passes by itself: an outage, a limit, an answer that cannot be read. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof UpstreamUnavailable ||
    error instanceof UpstreamTimeout ||
    error instanceof UpstreamInvalidResponse ||
    error instanceof UpstreamRateLimited
  );
}

/** How long the upstream has not answered one run, by a monotonic clock: no setting of clocks can end or lengthen it. */
export class Outage {
  private beganAtMs: number | null = null;
  private failures = 0;

  constructor(
    private readonly parts: {
      /** Monotonic, ms. */
      readonly monotonicMs: () => number;
      /** 0 up to 1. */
      readonly random: () => number;
    },
  ) {}

  failed(): void {
    this.beganAtMs ??= this.parts.monotonicMs();
    this.failures += 1;
  }

  over(): void {
    this.beganAtMs = null;
    this.failures = 0;
  }

  get isTooLong(): boolean {
    return this.beganAtMs !== null && this.parts.monotonicMs() - this.beganAtMs >= longestOutageMs;
  }

  /** Before the next try; doubles with each failure, and is as long as the upstream asks for. */
  pauseMs(error: unknown): number {
    const doubled = firstPauseMs * 2 ** Math.min(this.failures - 1, 20);
    const backoffMs = Math.min(longestPauseMs, doubled) * (0.5 + this.parts.random() / 2);
    const askedMs = error instanceof UpstreamRateLimited ? (error.retryAfterMs ?? 0) : 0;
    return Math.max(backoffMs, Math.min(askedMs, longestOutageMs));
  }
}
