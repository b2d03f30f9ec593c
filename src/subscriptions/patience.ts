import {
  UpstreamInvalidResponse,
  UpstreamRateLimited,
  UpstreamTimeout,
  UpstreamUnavailable,
} from '../errors/upstream-error';
import { retryPauseMs } from './cadence';
import type { WatchCadence } from './cadence';

/** Whoever waits for a first answer is told after so many failures that there is none. */
const maxFirstFailures = 3;

/** How long to wait after a failed look; null where the error is not one that passes. */
export function patienceMs(
  error: unknown,
  look: {
    readonly cadence: WatchCadence;
    /** In a row, with this one. */
    readonly failures: number;
    /** Nothing has been shown to anybody yet. */
    readonly isFirst: boolean;
    readonly random: number;
  },
): number | null {
  const isPassing =
    error instanceof UpstreamUnavailable ||
    error instanceof UpstreamTimeout ||
    error instanceof UpstreamInvalidResponse ||
    error instanceof UpstreamRateLimited;
  if (!isPassing || (look.isFirst && look.failures >= maxFirstFailures)) return null;
  const pause = retryPauseMs(look.cadence, look.failures, look.random);
  return error instanceof UpstreamRateLimited ? Math.max(pause, error.retryAfterMs ?? 0) : pause;
}
