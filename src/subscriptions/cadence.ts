import type { PollDelay } from './poll-queue';

/** How often something that changes until it ends is looked at. */
export interface Cadence {
  /** Between the first two looks, and after each change. */
  readonly firstMs: number;
  /** By which the pause grows from look to look. */
  readonly growth: number;
  readonly maxMs: number;
}

/**
 * The pause before the next look.
 *
 * @param looks since the watch began, or the last change.
 * @param random 0 up to 1; spreads the pause by a tenth to either side.
 */
export function pauseMs(cadence: Cadence, looks: number, random: number): number {
  // Beyond this the power only overflows.
  const growth = cadence.growth ** Math.min(looks, 100);
  return Math.min(cadence.maxMs, cadence.firstMs * growth) * (0.9 + 0.2 * random);
}

/** How often a job, or a list of jobs, is looked at. All in ms. */
export interface WatchCadence {
  /** From the first look to the second where the job has not begun to run: small jobs end within a second. */
  readonly youngMs: number;
  /** The shortest pause from then on. */
  readonly freshMs: number;
  /** The pause as a part of the time since the status last changed. */
  readonly ageShare: number;
  readonly maxMs: number;
  /** After a failed look; doubles with each further one, up to `maxMs`. */
  readonly retryMs: number;
  /** Before a job that has vanished is looked for once more. */
  readonly missingMs: number;
  /** How often a replica asks for what the one that looks has seen, in case a hint was lost. */
  readonly followMs: number;
}

export const defaultCadence: WatchCadence = {
  youngMs: 300,
  freshMs: 1_000,
  ageShare: 0.2,
  maxMs: 30_000,
  retryMs: 500,
  missingMs: 2_000,
  followMs: 2_000,
};

/** What the pause before the next look goes by. */
export interface LookedAt {
  /** Since the watch began, the status last changed, or somebody nudged. */
  readonly quietMs: number;
  /** As far as is known. */
  readonly ageMs: number;
  /** How old jobs like it became; null where that is not known. */
  readonly typicalMs: number | null;
}

/**
 * The pause before the next look: a second while the status is fresh, then a part of the time for which nothing has
 * changed. Where it is known how long such jobs take it is longer while the end is far, and short about when it is due.
 *
 * @param random 0 up to 1; the pause may be longer by a quarter, and shorter for the sake of company alone.
 */
export function pauseOf(
  cadence: WatchCadence,
  { quietMs, ageMs, typicalMs }: LookedAt,
  random: number,
): PollDelay {
  const { freshMs, ageShare } = cadence;
  const byQuiet = Math.max(freshMs, quietMs * ageShare);
  if (typicalMs === null || quietMs < freshFor * freshMs) return spread(cadence, byQuiet, random);
  const restMs = typicalMs - ageMs;
  const isDue = Math.abs(restMs) <= Math.max(freshMs, typicalMs * dueShare);
  if (isDue) return spread(cadence, Math.min(byQuiet, Math.max(freshMs, typicalMs * finestShare)), random);
  // Not beyond the time from which on it is due.
  if (restMs > 0) return spread(cadence, Math.max(byQuiet, restMs * farShare), random);
  return spread(cadence, byQuiet, random);
}

/** The pause after a number of failed looks in a row, 1 or more. */
export function retryPauseMs(cadence: WatchCadence, failures: number, random: number): number {
  return Math.min(cadence.maxMs, cadence.retryMs * 2 ** Math.min(failures - 1, 30)) * (0.9 + 0.2 * random);
}

/** Some later than at the same moment for all; and before, where another of the same caller is looked at anyway. */
function spread({ maxMs, freshMs }: WatchCadence, pauseMs: number, random: number): PollDelay {
  const shortestMs = Math.min(pauseMs, maxMs / longestSpread);
  return {
    fromMs: Math.max(freshMs, shortestMs * companyShare),
    dueMs: shortestMs * (1 + (longestSpread - 1) * random),
  };
}

const longestSpread = 1.25;
const companyShare = 0.6;
/** So many of the shortest pauses a status counts as fresh, whatever like jobs took. */
const freshFor = 5;
/** The part of its usual time by which a job ends earlier or later. */
const dueShare = 0.2;
const finestShare = 0.02;
const farShare = 0.25;
