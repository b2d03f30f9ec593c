import { createLocalJWKSet, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import type { Logger } from 'pino';
import { unauthenticated } from './principal';
import type { Authentication, Authenticator, Principal } from './principal';

export interface JwtOptions {
  /** Where the issuer publishes its keys, or the keys themselves. */
  readonly keys: { readonly url: string } | { readonly jwks: JSONWebKeySet };
  readonly issuer: string;
  readonly audience: string;
  /** The claim that lists the sandboxes of a caller; null: a caller may use all of the gateway's. */
  readonly sandboxClaim: string | null;
  readonly now: () => Date;
  readonly log: Logger;
}

/** Only signatures whose key may be public: a shared secret would let everybody who verifies also sign. */
const algorithms = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];
/** For clocks that differ a little. */
const toleranceSeconds = 30;
/** An issuer that does not give its keys is left alone for so long. */
const restMs = 2_000;

/**
 * Judges JWTs: signature by the issuer's keys, issuer, audience, and an end, which must be there. Keys are fetched when
 * they are first needed and when a token names a new one, at most every half minute.
 */
export function createJwtAuthenticator(options: JwtOptions): Authenticator {
  const key = createKeySource(options);
  const { issuer, audience, log } = options;
  let restsUntilMs = 0;
  const verify = async (token: string): Promise<Authentication> => {
    if (options.now().getTime() < restsUntilMs) return noKeys;
    const { payload } = await jwtVerify(token, key, {
      algorithms,
      issuer,
      audience,
      clockTolerance: toleranceSeconds,
      requiredClaims: ['exp', 'sub'],
      currentDate: options.now(),
    });
    refuseFuture(payload, options.now());
    return { kind: 'principal', principal: toPrincipal(payload, options) };
  };
  return {
    authenticate: async (token) => {
      try {
        return await verify(token);
      } catch (error) {
        if (isBadToken(error)) return unauthenticated(explain(error));
        restsUntilMs = options.now().getTime() + restMs;
        log.error(
          { err: error },
          'The keys of AUTH_JWKS_URL cannot be read; callers with tokens are refused',
        );
        return noKeys;
      }
    },
  };
}

const noKeys: Authentication = {
  kind: 'refused',
  code: 'UPSTREAM_UNAVAILABLE',
  message: "The gateway cannot read the keys of your token's issuer at the moment; try again later.",
};

function createKeySource({ keys }: JwtOptions): JWTVerifyGetKey {
  if ('jwks' in keys) return createLocalJWKSet(keys.jwks);
  return createRemoteJWKSet(new URL(keys.url), { cooldownDuration: 30_000, timeoutDuration: 5_000 });
}

/** jose looks at `iat` only where a greatest age is set. A text there was refused by it, or says nothing. */
function refuseFuture(payload: JWTPayload, now: Date): void {
  const { iat } = payload;
  if (iat === undefined || iat <= now.getTime() / 1000 + toleranceSeconds) return;
  throw new errors.JWTClaimValidationFailed('"iat" lies in the future', payload, 'iat', 'check_failed');
}

function toPrincipal(payload: JWTPayload, { sandboxClaim }: JwtOptions): Principal {
  return {
    name: `jwt ${JSON.stringify([payload.iss, payload.sub])}`,
    sandboxes: sandboxClaim === null ? null : readNames(payload[sandboxClaim]),
    endsAt: payload.exp === undefined ? undefined : new Date(payload.exp * 1000),
  };
}

/** A list, or a text with spaces or commas between; nothing else names a sandbox. */
function readNames(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(/[\s,]+/).filter((name) => name !== '');
  return Array.isArray(claim) ? claim.filter((name) => typeof name === 'string') : [];
}

/** True for what is wrong with the token, false for what is wrong with the keys or their way here. */
function isBadToken(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  );
}

function explain(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'The token has ended; get a fresh one.';
  if (error instanceof errors.JWTClaimValidationFailed && ['iat', 'nbf'].includes(error.claim))
    return `The token is not good yet: its claim ${error.claim} lies in the future, or is no time.`;
  if (error instanceof errors.JWTClaimValidationFailed)
    return `The token is not for this gateway: its claim ${error.claim} is missing, or is another one.`;
  return 'The token is not one that this gateway takes: its form, its signature or its key is not right.';
}
