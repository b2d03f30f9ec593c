import type { NamedKey } from '../config-variables/value-types';
import { isLoopbackHost } from '../config-variables/value-types';
import { variables } from '../config-variables';
import type { Variable } from '../config-variables';
import type { ConfigProblem } from '../errors/config-error';
import type { Secret } from '../lib/secret';

/** Of a gateway that sends its own credential upstream, and therefore asks its callers who they are. */
export interface ServiceConfig {
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly scopes: string;
  readonly tokenUrl: string;
  readonly orgId: string;
  /** For callers who name none. */
  readonly sandbox: string;
  /** What callers may ask for; null: any. */
  readonly sandboxes: readonly string[] | null;
  readonly callers: {
    /** Null: no JWTs are taken. */
    readonly jwt: {
      readonly jwksUrl: string;
      readonly issuer: string;
      readonly audience: string;
      readonly sandboxClaim: string | null;
    } | null;
    readonly keys: readonly NamedKey[];
    /** True: anybody is let in; only on the loopback. */
    readonly isOpen: boolean;
  };
}

type Read = <T>(variable: Variable<T>) => T;

/**
 * Reads what belongs to a service credential; null where there is none. Adds a problem for each part that is missing, or
 * that stands there without the others.
 */
export function readServiceConfig(
  read: Read,
  around: { readonly host: string; readonly upstreamUrl: string | null; readonly problems: ConfigProblem[] },
): ServiceConfig | null {
  const given = readAll(read);
  const { client, callers } = given;
  const before = around.problems.length;
  if (client.id === '') {
    around.problems.push(...findStrays(given));
    return null;
  }
  if (around.upstreamUrl === null)
    around.problems.push(
      problem(variables.clientId, 'is set, but AEP_UPSTREAM_URL is not; set it, or unset this'),
    );
  if (client.secret === null) around.problems.push(problem(variables.clientSecret, missing));
  if (given.orgId === '') around.problems.push(problem(variables.orgId, missing));
  around.problems.push(...findCallerProblems(callers, around.host));
  const sandboxes = readSandboxes(given);
  around.problems.push(...findForeignSandboxes(callers.keys ?? [], sandboxes));
  if (around.problems.length > before || client.secret === null) return null;
  const { jwksUrl, issuer, audience, sandboxClaim, keys, isOpen } = callers;
  return {
    clientId: client.id,
    clientSecret: client.secret,
    scopes: given.scopes,
    tokenUrl: given.tokenUrl ?? '',
    orgId: given.orgId,
    sandbox: given.sandbox,
    sandboxes,
    callers: {
      jwt: jwksUrl === null ? null : { jwksUrl, issuer, audience, sandboxClaim: sandboxClaim || null },
      keys,
      isOpen,
    },
  };
}

const missing = 'is missing; a gateway with AEP_CLIENT_ID needs it';

type Given = ReturnType<typeof readAll>;

function readAll(read: Read) {
  return {
    client: { id: read(variables.clientId), secret: read(variables.clientSecret) },
    scopes: read(variables.scopes),
    tokenUrl: read(variables.tokenUrl),
    orgId: read(variables.orgId),
    sandbox: read(variables.sandbox),
    sandboxes: read(variables.sandboxes),
    callers: {
      jwksUrl: read(variables.jwksUrl),
      issuer: read(variables.issuer),
      audience: read(variables.audience),
      sandboxClaim: read(variables.sandboxClaim),
      keys: read(variables.apiKeys),
      isOpen: read(variables.authOpen),
    },
  } as const;
}

/** What was set for a service credential that is not there: somebody believes that it protects him. */
function findStrays({ client, orgId, callers }: Given): ConfigProblem[] {
  const isSet: readonly (readonly [Variable<unknown>, boolean])[] = [
    [variables.clientSecret, client.secret !== null],
    [variables.orgId, orgId !== ''],
    [variables.jwksUrl, callers.jwksUrl !== null],
    [variables.apiKeys, callers.keys?.length > 0],
    [variables.authOpen, callers.isOpen],
  ];
  return isSet
    .filter(([, set]) => set)
    .map(([variable]) =>
      problem(variable, 'is set, but AEP_CLIENT_ID is not, without which it does nothing'),
    );
}

function findCallerProblems(
  { jwksUrl, issuer, audience, keys, isOpen }: Given['callers'],
  host: string,
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const isClosed = jwksUrl !== null || keys?.length > 0;
  if (!isClosed && !isOpen)
    problems.push(
      problem(
        variables.apiKeys,
        'is missing: a gateway that sends its own credential upstream must know its callers. Set AUTH_API_KEYS, or AUTH_JWKS_URL with AUTH_ISSUER and AUTH_AUDIENCE; or AUTH_OPEN=on for a gateway that only this machine can reach',
      ),
    );
  if (isOpen && isClosed)
    problems.push(
      problem(variables.authOpen, 'is on, but callers are asked who they are; unset one of them'),
    );
  if (isOpen && !isLoopbackHost(host))
    problems.push(problem(variables.authOpen, `is on, but HOST is ${host}; it is for the loopback alone`));
  if (jwksUrl !== null && issuer === '')
    problems.push(problem(variables.issuer, 'is missing; AUTH_JWKS_URL needs it'));
  if (jwksUrl !== null && audience === '')
    problems.push(problem(variables.audience, 'is missing; AUTH_JWKS_URL needs it'));
  return problems;
}

/** Null: any. */
function readSandboxes({ sandbox, sandboxes }: Given): readonly string[] | null {
  if (sandboxes === null) return [sandbox];
  return sandboxes.includes('*') ? null : sandboxes;
}

/** A key for a sandbox that the gateway itself may not use would open nothing, or not what somebody believes. */
function findForeignSandboxes(keys: readonly NamedKey[], allowed: readonly string[] | null): ConfigProblem[] {
  if (allowed === null) return [];
  return keys.flatMap(({ name, sandboxes }) => {
    const foreign = (sandboxes ?? []).filter((sandbox) => !allowed.includes(sandbox));
    if (foreign.length === 0) return [];
    const which = `key ${name} is for ${foreign.join(' and ')}`;
    const how = `add it to AEP_SANDBOXES (now ${allowed.join(', ')}), or take it from the key`;
    return [problem(variables.apiKeys, `is not usable: ${which}, which this gateway may not use; ${how}`)];
  });
}

function problem({ name }: Variable<unknown>, message: string): ConfigProblem {
  return { name, message };
}
