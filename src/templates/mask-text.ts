import { parseText } from './macro';
import { decodeName, isSecretName, secretMask } from './secret-names';

/** How an Authorization header begins. */
const schemePattern = /^(?:Bearer|Basic|Digest|OAuth|Token|Negotiate|ApiKey)\s+/i;
const wholeCredentials = /^\s*(?:Bearer|Basic|Digest|OAuth|Token|Negotiate|ApiKey)\s+\S+\s*$/i;

/**
 * Texts that are secrets wherever they stand: a scheme with a long word after it, a JWT, keys of well-known issuers, and
 * long words in which small and great letters mix with digits. Repetitions that could be tried from many places of a
 * hostile text are bounded.
 */
const secretShapes = new RegExp(
  [
    String.raw`(?<=\bBearer\s{1,8})[^\s"'<>&;,]+`,
    String.raw`(?<=\b(?:Basic|Digest|OAuth|Token)\s{1,8})[\w.~+/=-]{16,}`,
    String.raw`\beyJ[\w-]{8,512}\.[\w-]{8,}(?:\.[\w-]*)?`,
    String.raw`\b(?:sk|pk|rk|whsec)[_-](?:(?:live|test|proj)[_-])?[\w-]{16,}`,
    String.raw`\b(?:sk|pk|rk)_(?:live|test)_\w{8,}`,
    String.raw`\b(?:AKIA|ASIA)[A-Z0-9]{16}\b`,
    String.raw`\b(?:gh[pousr]|github_pat|glpat|npm|hf|shpat|shpss|dop_v1|pat)[_-][\w-]{16,}`,
    String.raw`\bxox[abeprs]-[\w-]{10,}`,
    String.raw`\bAIza[\w-]{10,}`,
    String.raw`\bya29\.[\w-]{8,}`,
    String.raw`\bSG\.[\w-]{10,}(?:\.[\w-]+)?`,
    String.raw`\bEAA[A-Za-z0-9]{20,}`,
    // A bot of Telegram: its number, a colon, and 35 letters.
    String.raw`\bbot\d{5,16}:[\w-]{3,}`,
    String.raw`\b\d{6,16}:AA[\w-]{3,}`,
    String.raw`-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,32}-----)?`,
    String.raw`(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=(?:[A-Za-z_-]*\d){3})[\w-]{32,}`,
  ].join('|'),
  'g',
);

/** A user and what stands between him and the host: `https://user:password@host`. */
const userPattern = /(?<=:\/\/)[^\s/?#"'<>]+(?=@)/g;

/** A name and what parts it from its value: `token=`, `"token": "`, `\"token\":\"`, `<token>`. */
const namePattern = /(?<![\w%.+[\]-])([\w%.+[\]-]+)(\\*["']?\s{0,8}[=:>]\s{0,8})(\\*["'])?/g;

/** A text with its scheme left and the rest masked; as it is where it holds nothing but macros. */
export function maskWhole(text: string): string {
  const scheme = schemePattern.exec(text)?.[0] ?? '';
  return isOnlyMacros(text.slice(scheme.length)) ? text : `${scheme}${secretMask}`;
}

/** What follows the scheme of a header: `x` of `Bearer x`. */
export function withoutScheme(text: string): string {
  return text.replace(schemePattern, '');
}

/** Puts the mask in the place of what looks like a secret by itself. Macros stay. */
export function maskShapes(text: string): string {
  return changeLiterals(text, (literal) => literal.replaceAll(secretShapes, secretMask));
}

/**
 * Masks the secrets within a text whose own name tells nothing: what looks like one by itself, a password in a URL, and
 * what follows a name that tells, however it is written (`a=1&password=x`, `{"password":"x"}`, `;token=x`), also
 * percent-encoded. Rather masks too much than too little; macros stay.
 *
 * @param ends what ends a value that stands in no quotes.
 */
export function maskText(text: string, ends = /[&"'<>\r\n]/g): string {
  const whole = wholeCredentials.test(text) ? maskWhole(text) : text;
  const users = whole.replaceAll(userPattern, (user) => (isOnlyMacros(user) ? user : secretMask));
  return maskEncoded(maskShapes(maskPairs(users, ends)), ends);
}

/** A URL with its secrets masked; in the path a value ends where the next part begins. */
export function maskUrl(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return maskText(url, pathEnds);
  return `${maskText(url.slice(0, start), pathEnds)}?${maskText(url.slice(start + 1))}`;
}
const pathEnds = /[&/;?]/g;

function maskPairs(text: string, ends: RegExp): string {
  const pieces: string[] = [];
  let at = 0;
  const names = new RegExp(namePattern);
  for (let found = names.exec(text); found !== null; found = names.exec(text)) {
    const [, name = '', , quote] = found;
    if (!isSecretName(name)) continue;
    const start = names.lastIndex;
    const end = quote === undefined ? endOfBare(text, start, ends) : endOfQuoted(text, start, quote);
    pieces.push(text.slice(at, start), maskValue(text.slice(start, end)));
    at = end;
    names.lastIndex = end;
  }
  return pieces.join('') + text.slice(at);
}

function endOfQuoted(text: string, start: number, quote: string): number {
  for (let end = text.indexOf(quote, start); end !== -1; end = text.indexOf(quote, end + 1)) {
    if (text[end - 1] !== '\\') return end;
  }
  return text.length;
}

function endOfBare(text: string, start: number, ends: RegExp): number {
  const end = new RegExp(ends);
  end.lastIndex = start;
  return end.exec(text)?.index ?? text.length;
}

/** What is no macro in it becomes the mask; a scheme stays. */
function maskValue(text: string): string {
  const scheme = schemePattern.exec(text)?.[0] ?? '';
  const rest = text.slice(scheme.length);
  if (isOnlyMacros(rest)) return text;
  return scheme + changeLiterals(rest, (literal) => (isBetweenMacros(literal) ? literal : secretMask));
}

/** Words with percent signs that hold, decoded, what would be masked. */
function maskEncoded(text: string, ends: RegExp): string {
  return changeLiterals(text, (literal) =>
    literal.replaceAll(/[^\s&;?=/#"'<>]+/g, (word) => {
      const plain = decodeName(word);
      return plain !== word && maskEncodedPlain(plain, ends) !== plain ? secretMask : word;
    }),
  );
}

function maskEncodedPlain(plain: string, ends: RegExp): string {
  return maskShapes(maskPairs(plain.replaceAll(userPattern, secretMask), ends));
}

function changeLiterals(text: string, change: (literal: string) => string): string {
  return parseText(text)
    .map((part) => (part.kind === 'macro' ? part.text : change(part.text)))
    .join('');
}

/** Such a text holds no secret of its own. */
function isOnlyMacros(text: string): boolean {
  const parts = parseText(text);
  return (
    text.trim() === '' ||
    text === secretMask ||
    (parts.some(({ kind }) => kind === 'macro') &&
      parts.every((part) => part.kind === 'macro' || (part.kind === 'literal' && isBetweenMacros(part.text))))
  );
}

/** What parts two macros, and is none of a secret: a colon, a space. */
function isBetweenMacros(literal: string): boolean {
  return /^[\s:.,;/|_@{}[\]()-]{0,3}$/.test(literal);
}
