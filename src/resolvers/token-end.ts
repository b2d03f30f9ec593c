import type { Caller } from '../datasources/caller';
import { isRecord } from '../lib/is-record';

/** When what the caller came with ends: as this gateway verified it, or as his own token says; null: nobody says. */
export function endOfCaller({ principal, endsAt, authorization }: Caller): Date | null {
  return principal === undefined ? readTokenEnd(authorization) : (endsAt ?? null);
}

/**
 * When a bearer token says that it ends; null where it is no JWT or does not say. Nothing is verified: the answer is
 * shown to who sent the token, and the upstream judges it.
 *
 * A JWT has `exp` in seconds; Adobe's access tokens have `created_at` and `expires_in` in milliseconds, as text.
 */
export function readTokenEnd(authorization: string | undefined): Date | null {
  const claims = claimsOf(authorization);
  if (claims === null) return null;
  const expiry = Number(claims['exp']) * 1000;
  const lifeEnd = Number(claims['created_at']) + Number(claims['expires_in']);
  const end = new Date(Number.isFinite(expiry) ? expiry : lifeEnd);
  return Number.isNaN(end.getTime()) ? null : end;
}

/** What a bearer token says, unverified; null where it is no JWT. */
export function claimsOf(authorization: string | undefined): Readonly<Record<string, unknown>> | null {
  const payload = authorization?.replace(/^Bearer\s+/i, '').split('.')[1];
  return payload === undefined ? null : parseClaims(payload);
}

function parseClaims(payload: string): Readonly<Record<string, unknown>> | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return isRecord(claims) ? claims : null;
  } catch {
    return null;
  }
}
