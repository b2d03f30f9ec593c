import { createHash, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../lib/secret';
import { unauthenticated } from './principal';
import type { Authenticator } from './principal';

export interface ApiKey {
  readonly name: string;
  readonly key: Secret;
  /** Null: all sandboxes of the gateway. */
  readonly sandboxes: readonly string[] | null;
}

/** Judges static keys. Each is compared with all, by their hashes, so that the time tells nothing. */
export function createKeyAuthenticator(keys: readonly ApiKey[]): Authenticator {
  const known = keys.map(({ name, key, sandboxes }) => ({ hash: hashOf(key.reveal()), name, sandboxes }));
  return {
    authenticate: (given) => {
      const hash = hashOf(given);
      const [match] = known.filter((each) => timingSafeEqual(each.hash, hash));
      if (match === undefined) return unauthenticated('This API key is not known to the gateway.');
      const { name, sandboxes } = match;
      return { kind: 'principal', principal: { name: `key ${name}`, sandboxes, endsAt: undefined } };
    },
  };
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
