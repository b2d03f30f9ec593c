import type { Caller } from '../datasources/caller';
import type { CallerReading } from '../datasources/read-caller';
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
  { read, now }: { readonly read: () => Promise<CallerReading>; readonly now: Date },
): Promise<Renewal & Readonly<Record<string, unknown>>> {
  const reading = await read();
  if (reading.kind === 'refused') return refuse(reading.message);
  const { caller } = reading;
  if (!isSamePerson(callers.current(), caller))
    return refuse('This token is of another org, sandbox or person; open a socket of its own for it.');
  const end = endOfCaller(caller);
  if (end !== null && end <= now) return refuse('This token has ended already.');
  callers.renew(caller);
  return { accepted: true, tokenExpiresAt: end?.toISOString() ?? null };
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
