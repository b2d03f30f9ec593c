/** What stands in an answer where a literal secret stands in the store. */
export const secretMask = '********';

const secretWords = new Set([
  'apikey',
  'auth',
  'authorization',
  'bearer',
  'cookie',
  'cookies',
  'credential',
  'credentials',
  'jwt',
  'passphrase',
  'passwd',
  'password',
  'passwords',
  'pwd',
  'secret',
  'secrets',
  'signature',
  'sig',
  'token',
  'tokens',
]);
/** A "key" is a secret after one of these; `customer_key` and `keyword` are none. */
const wordsBeforeKey = new Set([
  'access',
  'account',
  'api',
  'app',
  'application',
  'auth',
  'client',
  'consumer',
  'developer',
  'encryption',
  'license',
  'master',
  'private',
  'secret',
  'service',
  'shared',
  'signing',
  'subscription',
]);
/** They name a kind, not a secret. */
const harmlessNames = new Set(['authtype', 'tokentype', 'granttype']);

/** A longer name is not looked into, and taken for a secret's. */
const longestName = 256;

/** True for the name of a header or a field that holds a secret: `Authorization`, `X-Api-Key`, `accessToken`. */
export function isSecretName(name: string): boolean {
  if (name.length > longestName) return true;
  const words = wordsOf(name);
  if (harmlessNames.has(words.join(''))) return false;
  return words.some(
    (word, index) =>
      secretWords.has(word) ||
      ((word === 'key' || word === 'keys') && wordsBeforeKey.has(words[index - 1] ?? '')),
  );
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

/**
 * Texts that are secrets wherever they stand: a scheme with a long word after it, a JWT, keys of well-known issuers.
 * Repetitions that could be tried from many places of a hostile text are bounded.
 */
const secretShapes =
  /(?<=\b(?:Bearer|Basic)\s{1,8})[\w.~+/=-]{16,}|\beyJ[\w-]{8,512}\.[\w-]{8,}(?:\.[\w-]*)?|\b(?:sk|pk|rk)_(?:live|test)_\w{8,}|\bAKIA[A-Z0-9]{16}\b|\bgh[pousr]_\w{20,}|\bxox[abprs]-[\w-]{10,}|\bAIza[\w-]{30,}/g;

/** Puts the mask in the place of what looks like a secret by itself. */
export function maskShapes(text: string): string {
  return text.replaceAll(secretShapes, secretMask);
}
