import { orgIdPattern, sandboxNamePattern } from '../wire/common.wire';
import { createCaller } from './caller';
import type { Caller } from './caller';

/** The four things that say who asks, as they came; the name of each is its header's. */
export interface CallerParts {
  readonly authorization?: string | undefined;
  readonly 'x-api-key'?: string | undefined;
  readonly 'x-gw-ims-org-id'?: string | undefined;
  readonly 'x-sandbox-name'?: string | undefined;
}

/** Takes the place of what is missing; only for the embedded platform, which has one org. */
export interface DefaultCaller {
  readonly authorization: string;
  readonly apiKey: string;
  readonly orgId: string;
  readonly sandbox: string;
}

export type CallerReading =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | {
      readonly kind: 'refused';
      /** UPSTREAM_UNAVAILABLE: nobody can be judged at the moment; another try may go well. */
      readonly code: 'UNAUTHENTICATED' | 'FORBIDDEN' | 'BAD_USER_INPUT' | 'UPSTREAM_UNAVAILABLE';
      readonly message: string;
    };

/** How a gateway makes its callers out of what came; the same for HTTP and for sockets. Never throws. */
export type CallerReader = (parts: CallerParts) => CallerReading | Promise<CallerReading>;

const patterns = {
  authorization: { pattern: /^Bearer [\x21-\x7e]{1,8192}$/i, form: 'Bearer and a token' },
  'x-api-key': { pattern: /^[\w.-]{1,128}$/, form: 'an API key' },
  'x-gw-ims-org-id': { pattern: orgIdPattern, form: 'an IMS org id such as 1234ABCD@AdobeOrg' },
  'x-sandbox-name': { pattern: sandboxNamePattern, form: 'a sandbox name such as prod' },
} as const satisfies Record<keyof CallerParts, { pattern: RegExp; form: string }>;

/** What has the wrong form in what came, by the name of its header; null where nothing has. */
export function findMalformed(parts: CallerParts): Extract<CallerReading, { kind: 'refused' }> | null {
  for (const name of Object.keys(patterns) as (keyof CallerParts)[]) {
    const value = parts[name];
    if (value !== undefined && !patterns[name].pattern.test(value)) {
      const code = name === 'authorization' ? 'UNAUTHENTICATED' : 'BAD_USER_INPUT';
      return { kind: 'refused', code, message: `The header ${name} must be ${patterns[name].form}.` };
    }
  }
  return null;
}

/**
 * Makes the caller out of what came, each part by a strict pattern, so that nothing else can go upstream in its place.
 * What is missing is refused by the name of its header and never guessed, unless there is a default for it.
 */
export function readCaller(parts: CallerParts, byDefault: DefaultCaller | null): CallerReading {
  const malformed = findMalformed(parts);
  if (malformed !== null) return malformed;
  const authorization = parts.authorization ?? byDefault?.authorization;
  if (authorization === undefined) return missing('UNAUTHENTICATED', 'authorization');
  const apiKey = parts['x-api-key'] ?? byDefault?.apiKey;
  if (apiKey === undefined) return missing('UNAUTHENTICATED', 'x-api-key');
  const orgId = parts['x-gw-ims-org-id'] ?? byDefault?.orgId;
  if (orgId === undefined) return missing('BAD_USER_INPUT', 'x-gw-ims-org-id');
  const sandbox = parts['x-sandbox-name'] ?? byDefault?.sandbox;
  if (sandbox === undefined) return missing('BAD_USER_INPUT', 'x-sandbox-name');
  return { kind: 'caller', caller: createCaller({ authorization, apiKey, orgId, sandbox }) };
}

function missing(code: 'UNAUTHENTICATED' | 'BAD_USER_INPUT', name: keyof CallerParts): CallerReading {
  return { kind: 'refused', code, message: `The header ${name} is missing: send ${patterns[name].form}.` };
}
