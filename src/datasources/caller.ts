import { createHmac, randomBytes } from 'node:crypto';

/** Who asks, and where. */
export interface Caller {
  /** The whole `Authorization` header. */
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
  readonly orgId: string;
  readonly sandbox: string;
  /** Who authenticated himself to a gateway that sends its own credential upstream; else undefined. */
  readonly principal?: string | undefined;
  /** When his credential for this gateway ends, as it was verified; undefined where it does not. */
  readonly endsAt?: Date | undefined;
  /**
   * Stands for all that says who asks, and where: two callers share a cache, a loader, a topic or a watcher only if their keys are equal.
   * Made here alone, so that no key can forget a part.
   */
  readonly key: CallerKey;
}

declare const callerKeyBrand: unique symbol;
export type CallerKey = string & { readonly [callerKeyBrand]: true };

const processSecret = randomBytes(32);

/**
 * Freezes who asks, with a key made of all parts but the end by a secret of this process: it tells nothing, and is equal for
 * equal parts only as long as the process lives.
 */
export function createCaller(parts: Omit<Caller, 'key'>): Caller {
  const hmac = createHmac('sha256', processSecret);
  const { authorization, apiKey, orgId, sandbox, principal } = parts;
  hmac.update(JSON.stringify([authorization ?? null, apiKey ?? null, orgId, sandbox, principal ?? null]));
  return Object.freeze({ ...parts, key: hmac.digest('base64url') as CallerKey });
}
