import { createHmac, timingSafeEqual } from 'node:crypto';

/** A client that may ask for tokens, as an Adobe Developer Console project has one. */
export interface KnownClient {
  readonly id: string;
  readonly secret: string;
}

export interface IssuedTokenParts {
  /** Signs the tokens; kept, so that they outlive the process. */
  readonly key: string;
  /** Epoch ms. */
  readonly clock: () => number;
  readonly newId: () => string;
  /** Empty: anybody gets a token, and tokens of others are taken too. */
  readonly clients: readonly KnownClient[];
}

/** Tokens in the form that Adobe's IMS gives them: signed JSON that names its client and lasts a day. */
export interface IssuedTokens {
  /** Seconds. */
  readonly lifeSeconds: number;
  /** True where clients are known: then only their tokens are taken, each with its client's key. */
  readonly isRequired: boolean;
  /** True where this client may have a token; any may where none are known. */
  knows(client: KnownClient): boolean;
  issue(request: { readonly clientId: string; readonly scope: string }): string;
  check(token: string): CheckedToken;
}

export type CheckedToken =
  | { readonly kind: 'own'; readonly clientId: string }
  /** Not one of ours. */
  | { readonly kind: 'foreign' }
  /** Says that it is ours, and is not, or not any more. */
  | { readonly kind: 'refused' };

const lifeSeconds = 86_399;
const issuer = 'audience-gateway';
const header = encode({ alg: 'HS256', typ: 'JWT', kid: issuer });

/** Issues tokens and tells its own from others. Source: contract §2.1. */
export function createIssuedTokens({ key, clock, newId, clients }: IssuedTokenParts): IssuedTokens {
  const sign = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  return {
    lifeSeconds,
    isRequired: clients.length > 0,
    knows: ({ id, secret }) =>
      clients.length === 0 || clients.some((known) => known.id === id && isSame(known.secret, secret)),
    issue: ({ clientId, scope }) => {
      const payload = encode({
        id: newId(),
        iss: issuer,
        type: 'access_token',
        client_id: clientId,
        scope,
        created_at: String(clock()),
        expires_in: String(lifeSeconds * 1000),
      });
      return `${header}.${payload}.${sign(`${header}.${payload}`).toString('base64url')}`;
    },
    check: (token) => {
      const [head, payload = '', signature = ''] = token.split('.');
      if (head !== header) return { kind: 'foreign' };
      const given = Buffer.from(signature, 'base64url');
      const wanted = sign(`${head}.${payload}`);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return { kind: 'refused' };
      const said = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as IssuedPayload;
      const isAlive = clock() < Number(said.created_at) + Number(said.expires_in);
      return isAlive ? { kind: 'own', clientId: said.client_id } : { kind: 'refused' };
    },
  };
}

/** What a token of ours holds; read only once its signature is known to be ours. */
interface IssuedPayload {
  readonly client_id: string;
  readonly created_at: string;
  readonly expires_in: string;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Takes as long for a wrong secret as for the right one. */
function isSame(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHmac('sha256', issuer).update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
