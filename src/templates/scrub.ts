import { hiddenPiece, maskedProse, ownWordsIn } from '../lib/plain-prose';
import { encodeUrlPart } from './encode';
import type { RenderedOperation } from './render';
import { secretMask } from './secret-names';

/** A shorter one stands in too many words to be looked for. */
const shortestSecret = 4;

/** Puts the mask in the place of each known secret in a text of somebody else's, also as a URL or JSON spells it. */
export function hideSecrets(text: string, secrets: readonly string[]): string {
  return spellings(secrets).reduce((hidden, secret) => hidden.replaceAll(secret, secretMask), text);
}

/** The same for every text of a JSON value. */
export function hideSecretsIn(value: unknown, secrets: readonly string[]): unknown {
  if (secrets.length === 0) return value;
  if (typeof value === 'string') return hideSecrets(value, secrets);
  if (Array.isArray(value)) return value.map((item: unknown) => hideSecretsIn(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [hideSecrets(key, secrets), hideSecretsIn(item, secrets)]),
  );
}

/**
 * What a destination says went wrong, to whoever asked it: its plain words and those of the request as it is shown; each
 * other piece is hidden, a known secret by its mask though it be spelt like a word. Null where no word is left.
 */
export function plainWords(
  text: string,
  { shown, secrets }: Pick<RenderedOperation, 'shown' | 'secrets'>,
): string | null {
  const own = ownWordsIn([shown.url, shown.headers, shown.body, secretMask]);
  const told = maskedProse(hideSecrets(text, secrets), own);
  return /\p{L}/u.test(told.replaceAll(hiddenPiece, '')) ? told : null;
}

/** The longest first, or a piece of one would stay behind another. */
function spellings(secrets: readonly string[]): readonly string[] {
  return [...new Set(secrets)]
    .filter((secret) => secret.length >= shortestSecret)
    .flatMap((secret) => [secret, encodeUrlPart(secret), JSON.stringify(secret).slice(1, -1)])
    .sort((one, other) => other.length - one.length);
}
