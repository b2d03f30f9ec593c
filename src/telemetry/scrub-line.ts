const mask = '[redacted]';

/** `Bearer` and what follows; a JWT wherever it stands (`eyJ` is `{"`); the token of a download link. */
const telling: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer\s+)[\w.~+/=-]+/gi, `$1${mask}`],
  [/\beyJ[\w-]{4,}\.[\w-]*\.[\w.-]*/g, mask],
  [/(\/files\/)[\w.-]{20,}/g, `$1${mask}`],
  [
    /((?:client_secret|access_token|api_key|x-api-key|authorization)["\\]*\s*[=:]\s*["\\]*)[^\s"\\&,}]+/gi,
    `$1${mask}`,
  ],
];

/** DEL, C1, line separators, and what turns the direction of text: harmless in JSON, not on a screen. */
const unseen = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** A line is no place for a document. */
const longest = 16_384;

/** Clears one JSON line; what comes out is JSON still, unless it had to be cut. */
export function scrubLine(line: string, secrets: readonly string[]): string {
  let text = line;
  for (const secret of secrets) text = text.replaceAll(secret, mask);
  for (const [pattern, replacement] of telling) text = text.replace(pattern, replacement);
  text = text.replace(unseen, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (text.length <= longest) return text;
  return `${JSON.stringify({ msg: 'A line was too long to be kept', start: text.slice(0, longest / 4) })}\n`;
}
