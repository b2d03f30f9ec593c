import type { JSONWebKeySet } from 'jose';
import type { Logger } from 'pino';
import { createCaller } from '../datasources/caller';
import type { Caller } from '../datasources/caller';
import type { CallerReader } from '../datasources/read-caller';
import type { Telemetry } from '../telemetry/telemetry';
import { createKeyAuthenticator } from './api-keys';
import type { ApiKey } from './api-keys';
import { createJwtAuthenticator } from './jwt';
import { createServiceCallers } from './service-callers';
import { createServiceCredential } from './service-credential';
import type { ServiceCredential } from './service-credential';
import type { ClientCredentials } from './token-request';

export interface ServiceAccessOptions {
  readonly client: ClientCredentials;
  readonly orgId: string;
  /** For callers who name none. */
  readonly sandbox: string;
  /** What callers may ask for; null: any. */
  readonly sandboxes: readonly string[] | null;
  readonly jwt: {
    readonly keys: { readonly url: string } | { readonly jwks: JSONWebKeySet };
    readonly issuer: string;
    readonly audience: string;
    readonly sandboxClaim: string | null;
  } | null;
  readonly keys: readonly ApiKey[];
  /** True: whoever comes is let in. The gateway must then be reachable from its own machine alone. */
  readonly isOpen: boolean;
  readonly telemetry: Telemetry;
  readonly log: Logger;
  /** The wall clock. */
  readonly now?: () => Date;
  /** Monotonic, ms. */
  readonly clock?: () => number;
  /** 0 up to 1. */
  readonly random?: () => number;
}

/** A gateway's own way to the upstream, and who may use it. */
export interface ServiceAccess {
  readonly credential: ServiceCredential;
  readonly readCaller: CallerReader;
  readonly isOpen: boolean;
  /** The gateway itself, for what goes on without a caller; null where it may not work. */
  ownCaller(tenant: Pick<Caller, 'orgId' | 'sandbox'>): Caller | null;
}

/** Makes the credential that goes upstream, and the check of those who ask for its use. */
export function createServiceAccess(options: ServiceAccessOptions): ServiceAccess {
  const { client, orgId, sandbox, sandboxes, jwt, keys, isOpen, telemetry, log } = options;
  const now = options.now ?? (() => new Date());
  return {
    credential: createServiceCredential({
      client,
      clock: options.clock ?? (() => performance.now()),
      now,
      random: options.random ?? Math.random,
      telemetry,
      log,
    }),
    readCaller: createServiceCallers({
      orgId,
      sandbox,
      sandboxes,
      tokens: jwt === null ? null : createJwtAuthenticator({ ...jwt, now, log }),
      keys: keys.length === 0 ? null : createKeyAuthenticator(keys),
      isOpen,
    }),
    isOpen,
    ownCaller: (tenant) =>
      tenant.orgId === orgId && (sandboxes === null || sandboxes.includes(tenant.sandbox))
        ? createCaller({ ...tenant, authorization: undefined, apiKey: undefined, principal: 'gateway' })
        : null,
  };
}
