import { createHmac, hkdfSync, randomBytes } from 'node:crypto';

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
  const { authorization, apiKey, orgId, sandbox, principal, endsAt } = parts;
  const key = digestOf(processSecret, parts) as CallerKey;
  // Spelt out: of a frozen spread, each would have a shape of its own, for as long as its socket lives.
  return Object.freeze({ authorization, apiKey, orgId, sandbox, principal, endsAt, key });
}

/**
 * A key like `Caller.key`, but equal for equal parts in all processes that have this secret: for what replicas share.
 *
 * @param secret of enough randomness, 32 characters or more.
 */
export function createSharedKeys(secret: string): (caller: Omit<Caller, 'key'>) => string {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'audience-gateway callers', 32));
  return (caller) => digestOf(key, caller);
}

/** Of all that says who asks, and where: no part may be left out, or two callers meet. */
function digestOf(
  secret: Buffer,
  { authorization, apiKey, orgId, sandbox, principal }: Omit<Caller, 'key'>,
): string {
  const parts = [authorization ?? null, apiKey ?? null, orgId, sandbox, principal ?? null];
  return createHmac('sha256', secret).update(JSON.stringify(parts)).digest('base64url');
}
