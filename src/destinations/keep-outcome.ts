import { DestinationUnkept } from '../errors/destination-error';
import { GatewayDiskFull, SharedStateUnavailable } from '../errors/gateway-state-error';
import { assertNever } from '../lib/assert';
import type { AlphaVerb } from '../templates/documents';

/**
 * Writes down what the destination has done.
 *
 * @param externalId what the audience is called there, where that is known.
 * @throws DestinationUnkept where the gateway's state does not take it: what happened must not be told as if nothing had.
 */
export async function keepDone(
  writing: Promise<void>,
  { verb, externalId }: { readonly verb: AlphaVerb; readonly externalId: string | null },
): Promise<void> {
  try {
    await writing;
  } catch (cause) {
    if (!isStateFailure(cause)) throw cause;
    throw new DestinationUnkept(wordsFor(verb, externalId), { cause });
  }
}

/**
 * Writes down that nothing was done, or that nobody knows. What the destination said is worth more than that: where the
 * gateway's state does not take it, a creation is taken for one that was left, a minute later.
 */
export async function keepIfPossible(writing: Promise<void>): Promise<void> {
  try {
    await writing;
  } catch (error) {
    if (!isStateFailure(error)) throw error;
  }
}

function isStateFailure(error: unknown): error is GatewayDiskFull | SharedStateUnavailable {
  return error instanceof SharedStateUnavailable || error instanceof GatewayDiskFull;
}

function wordsFor(verb: AlphaVerb, externalId: string | null): string {
  const unkept = 'but the state of the gateway could not be told.';
  const later = 'Once that is there again';
  switch (verb) {
    case 'create':
      return externalId === null
        ? `The destination made the audience, under an id that it did not tell, ${unkept} Look there for it. ${later}, apply UPDATE with its id as "segment.alias" in values; CREATE would make another one.`
        : `The destination made the audience, as ${externalId}, ${unkept} ${later}, apply UPDATE with this id as "segment.alias" in values; CREATE would make another one.`;
    case 'delete':
      return `The destination deleted the audience, ${unkept} ${later}, apply DELETE again, which forgets it.`;
    case 'update':
    case 'validate':
      return `The destination did what it was asked, ${unkept} ${later}, apply UPDATE again.`;
    default:
      return assertNever(verb);
  }
}
