import { createHmac, randomBytes } from 'node:crypto';

/** Who asks, as the upstream will see it. */
export interface Caller {
  /** The whole `Authorization` header. */
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
  readonly orgId: string;
  readonly sandbox: string;
  /**
   * Stands for all four: two callers share a cache, a loader, a topic or a watcher only if their keys are equal.
   * Made here alone, so that no key can forget a part.
   */
  readonly key: CallerKey;
}

declare const callerKeyBrand: unique symbol;
export type CallerKey = string & { readonly [callerKeyBrand]: true };

const processSecret = randomBytes(32);

/**
 * Freezes who asks, with a key made of all four parts by a secret of this process: it tells nothing, and is equal for
 * equal parts only as long as the process lives.
 */
export function createCaller(parts: Omit<Caller, 'key'>): Caller {
  const hmac = createHmac('sha256', processSecret);
  hmac.update(
    JSON.stringify([parts.authorization ?? null, parts.apiKey ?? null, parts.orgId, parts.sandbox]),
  );
  return Object.freeze({ ...parts, key: hmac.digest('base64url') as CallerKey });
}
