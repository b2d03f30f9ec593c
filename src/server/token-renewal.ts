import type { Caller } from '../datasources/caller';
import type { CallerReading } from '../datasources/read-caller';
import { UpstreamError, UpstreamForbidden, UpstreamUnauthorized } from '../errors/upstream-error';
import { claimsOf, endOfCaller } from '../resolvers/token-end';
import type { LiveCaller } from './live-caller';

/** The payload of a pong to a ping that brought a token. */
export type Renewal =
  | { readonly accepted: true; readonly tokenExpiresAt: string | null }
  | { readonly accepted: false; readonly message: string };

/**
 * Takes a fresh token of the same caller in place of the old one, which else ends at its time. Who he is was settled when
 * he came: a token of another org, sandbox or person opens nothing here.
 */
export async function renewCaller(
  callers: LiveCaller,
  {
    read,
    prove,
    isOpen,
    now,
  }: {
    readonly read: () => Promise<CallerReading>;
    /** @throws UpstreamError where the upstream does not answer him. */
    readonly prove: (caller: Caller) => Promise<void>;
    /** False once nobody waits for it any more. */
    readonly isOpen: () => boolean;
    readonly now: () => Date;
  },
): Promise<Renewal & Readonly<Record<string, unknown>>> {
  const reading = await read();
  if (reading.kind === 'refused') return refuse(reading.message);
  const { caller } = reading;
  if (!isSamePerson(callers.current(), caller))
    return refuse('This token is of another org, sandbox or person; open a socket of its own for it.');
  const end = endOfCaller(caller);
  if (end !== null && end <= now()) return refuse('This token has ended already.');
  const refusal = await refusalOf(prove(caller));
  if (refusal !== null) return refuse(refusal);
  if (isOpen()) callers.renew(caller);
  return { accepted: true, tokenExpiresAt: end?.toISOString() ?? null };
}

/** Words for why the old token stays; null where the fresh one is taken. */
async function refusalOf(proof: Promise<void>): Promise<string | null> {
  try {
    await proof;
    return null;
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (error instanceof UpstreamUnauthorized || error instanceof UpstreamForbidden)
      return 'The upstream does not take this token; the old one stays.';
    return 'The upstream cannot be asked about this token just now; the old one stays, try again.';
  }
}

function refuse(message: string): Renewal & Readonly<Record<string, unknown>> {
  return { accepted: false, message };
}

function isSamePerson(one: Caller, other: Caller): boolean {
  if (one.orgId !== other.orgId || one.sandbox !== other.sandbox || one.apiKey !== other.apiKey) return false;
  if (one.principal !== other.principal) return false;
  return one.principal !== undefined || saysSameUser(one.authorization, other.authorization);
}

/** What tokens say of their user is not verified here: it can only keep one out whom the upstream would let in. */
function saysSameUser(one: string | undefined, other: string | undefined): boolean {
  const [claims, others] = [claimsOf(one), claimsOf(other)];
  return ['user_id', 'sub'].every(
    (name) => claims?.[name] === undefined || others?.[name] === undefined || claims[name] === others[name],
  );
}
