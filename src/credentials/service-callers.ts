import { createCaller } from '../datasources/caller';
import { findMalformed } from '../datasources/read-caller';
import type { CallerParts, CallerReader, CallerReading } from '../datasources/read-caller';
import { unauthenticated } from './principal';
import type { Authentication, Authenticator, Principal } from './principal';

export interface ServiceCallersOptions {
  /** The one org of the gateway's credential. */
  readonly orgId: string;
  /** For callers who name none. */
  readonly sandbox: string;
  /** What the gateway may be asked for; null: any sandbox. */
  readonly sandboxes: readonly string[] | null;
  /** Null: callers have no tokens. */
  readonly tokens: Authenticator | null;
  /** Null: callers have no keys. */
  readonly keys: Authenticator | null;
  /** True: whoever comes is let in, as one and the same principal. */
  readonly isOpen: boolean;
}

/**
 * Makes callers for a gateway that sends its own credential upstream: each must say who he is, by a JWT (`Authorization:
 * Bearer …`) or an API key (`x-api-key`, or as bearer), and may use the sandboxes that both he and the gateway may.
 * Nothing of what he proves himself with goes any further.
 */
export function createServiceCallers(options: ServiceCallersOptions): CallerReader {
  return async (parts) => {
    const malformed = findMalformed(parts);
    if (malformed !== null) return malformed;
    const authentication = await authenticate(options, parts);
    if (authentication.kind === 'refused') return authentication;
    return toCaller(options, parts, authentication.principal);
  };
}

const anybody: Principal = { name: 'anybody', sandboxes: null, endsAt: undefined };

async function authenticate(
  { tokens, keys, isOpen }: ServiceCallersOptions,
  parts: CallerParts,
): Promise<Authentication> {
  if (isOpen) return { kind: 'principal', principal: anybody };
  const bearer = parts.authorization?.replace(/^Bearer /i, '');
  if (bearer !== undefined && tokens !== null && (keys === null || isJwt(bearer)))
    return tokens.authenticate(bearer);
  const key = bearer ?? parts['x-api-key'];
  if (key !== undefined && keys !== null) return keys.authenticate(key);
  const forms = [
    ...(tokens === null ? [] : ['a JWT as "Authorization: Bearer …"']),
    ...(keys === null ? [] : ['an API key as "x-api-key"']),
  ];
  return unauthenticated(`This gateway wants to know who you are: send ${forms.join(' or ')}.`);
}

/** Three parts, the first of which is JSON. */
function isJwt(text: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(text);
}

function toCaller(options: ServiceCallersOptions, parts: CallerParts, principal: Principal): CallerReading {
  const { orgId } = options;
  const wantedOrg = parts['x-gw-ims-org-id'];
  if (wantedOrg !== undefined && wantedOrg !== orgId)
    return forbidden('This gateway speaks for another org; leave x-gw-ims-org-id out.');
  const sandbox = parts['x-sandbox-name'] ?? options.sandbox;
  if (options.sandboxes !== null && !options.sandboxes.includes(sandbox))
    return forbidden(`This gateway may not use the sandbox ${sandbox} (AEP_SANDBOX, AEP_SANDBOXES).`);
  if (principal.sandboxes !== null && !principal.sandboxes.includes(sandbox))
    return forbidden(`You may not use the sandbox ${sandbox}.`);
  const { name, endsAt } = principal;
  const caller = createCaller({
    authorization: undefined,
    apiKey: undefined,
    orgId,
    sandbox,
    principal: name,
    endsAt,
  });
  return { kind: 'caller', caller };
}

function forbidden(message: string): CallerReading {
  return { kind: 'refused', code: 'FORBIDDEN', message };
}
