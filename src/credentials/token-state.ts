import type { CredentialHeaders } from '../datasources/upstream-credential';
import type { TokenOutcome } from './token-request';

/** A token and its times, on the monotonic clock, in ms: the wall clock may be wrong, and may jump. */
export interface HeldToken {
  readonly headers: CredentialHeaders;
  readonly heldSinceMs: number;
  /** From here on a new one is asked for, while this one still serves. */
  readonly renewAtMs: number;
  /** From here on it is not sent any more. */
  readonly endsAtMs: number;
  /** True where it was asked for because the upstream did not take the one before. */
  readonly isAfterRefusal: boolean;
}

/** Why there is no new token, and until when nobody asks for one. */
export interface TokenFailure {
  readonly outcome: Exclude<TokenOutcome, { kind: 'token' }>;
  readonly failures: number;
  readonly notBeforeMs: number;
}

/** Adobe's tokens live a day: renewed ten minutes before that; a shorter one when a fifth of its life is left. */
const longestMarginMs = 600_000;
const marginShare = 0.2;
/** The last moments of a token's life belong to the way to the upstream. */
const lastMomentsMs = 5_000;
const lastMomentsShare = 0.05;

/** @param askedAtMs when it was asked for: its life began no earlier. */
export function holdToken(
  { token, lifeMs }: Extract<TokenOutcome, { kind: 'token' }>,
  { askedAtMs, apiKey, isAfterRefusal }: { askedAtMs: number; apiKey: string; isAfterRefusal: boolean },
): HeldToken {
  return {
    headers: { authorization: `Bearer ${token}`, 'x-api-key': apiKey },
    heldSinceMs: askedAtMs,
    renewAtMs: askedAtMs + lifeMs - Math.min(longestMarginMs, lifeMs * marginShare),
    endsAtMs: askedAtMs + lifeMs - Math.min(lastMomentsMs, lifeMs * lastMomentsShare),
    isAfterRefusal,
  };
}

/** Doubles with each failure in a row; a refusal, which only a person can mend, starts higher and goes further. */
const pauses = {
  refused: { firstMs: 5_000, mostMs: 300_000 },
  unavailable: { firstMs: 1_000, mostMs: 30_000 },
} as const;
const mostRetryAfterMs = 300_000;

/** @param random 0 up to 1 */
export function failToken(
  outcome: TokenFailure['outcome'],
  { before, nowMs, random }: { before: TokenFailure | null; nowMs: number; random: number },
): TokenFailure {
  const failures = (before?.failures ?? 0) + 1;
  const { firstMs, mostMs } = pauses[outcome.kind];
  const pauseMs = Math.min(mostMs, firstMs * 2 ** Math.min(failures - 1, 20)) * (0.5 + random / 2);
  const askedForMs =
    outcome.kind === 'unavailable' ? Math.min(outcome.retryAfterMs ?? 0, mostRetryAfterMs) : 0;
  return { outcome, failures, notBeforeMs: nowMs + Math.max(pauseMs, askedForMs) };
}
