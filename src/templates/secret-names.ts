/** What stands in an answer where a literal secret stands in the store. */
export const secretMask = '********';

/** A word that holds one of these tells of a secret: `accesstoken`, `dbpassword`. */
const secretParts =
  /token|secret|passw|passphrase|credential|session|signature|assertion|cookie|bearer|private|auth(?!or(?!i[sz]))/;
/** A word that ends so does: `apikey`, `user_key`, `dbpass`. A key that is none is masked too rather than one shown. */
const secretEnds = /(?:keys?|pass|pwd|otp)\d*$/;
const secretWords = new Set([
  'cvc',
  'cvv',
  'jwt',
  'mfa',
  'pin',
  'pins',
  'pw',
  'sas',
  'sid',
  'sig',
  'totp',
  'verifier',
]);
/** They name a kind, not a secret. */
const harmlessNames = new Set(['authtype', 'authenticationtype', 'tokentype', 'granttype']);

/** A longer name is not looked into, and taken for a secret's. */
const longestName = 256;
const mostDecodings = 3;

/**
 * True for the name of a header or a field that holds a secret: `Authorization`, `X-Functions-Key`, `accessToken`,
 * `access%5Ftoken`.
 */
export function isSecretName(name: string): boolean {
  if (name.length > longestName) return true;
  const words = wordsOf(decodeName(name));
  if (harmlessNames.has(words.join(''))) return false;
  return words.some((word) => secretWords.has(word) || secretParts.test(word) || secretEnds.test(word));
}

/** A text without percent-encoding, however often it was encoded, within reason; broken pieces stay. */
export function decodeName(text: string): string {
  let plain = text;
  for (let time = 0; time < mostDecodings && plain.includes('%'); time += 1) {
    plain = plain.replaceAll(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
      try {
        return decodeURIComponent(bytes);
      } catch {
        return bytes;
      }
    });
  }
  return plain;
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
