import { refuse } from './pattern-problem';
import type { PatternText } from './pattern-text';
import { unicodeClass } from './unicode-classes';

/** What a backslash stands for: one character, a class of them, or a place between them. */
export type Escape =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'class'; readonly text: string; readonly isUnicode: boolean }
  | { readonly kind: 'place'; readonly text: string };

const classes = 'dDsSwW';
const places = 'bAz';
const controls: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  a: '\u0007',
  e: '\u001b',
};

/** What Java has and linear-time matching lacks, or what the two read differently, with what to write instead. */
const refusals: Readonly<Record<string, string>> = {
  h: String.raw`uses "\h" (horizontal space), which is not supported: write [ \t]`,
  H: String.raw`uses "\H", which is not supported: write [^ \t]`,
  v: String.raw`uses "\v" (vertical space), which is not supported: write [\n\r\f]`,
  V: String.raw`uses "\V", which is not supported: write [^\n\r\f]`,
  R: String.raw`uses "\R" (a line break), which is not supported: write (?:\r\n|\n|\r)`,
  X: String.raw`uses "\X" (a grapheme), which is not supported`,
  Z: String.raw`uses "\Z", which is not supported: write \n?\z`,
  G: String.raw`uses "\G", which is not supported`,
  N: String.raw`uses "\N", which is not supported: write \x{…}`,
  // To RE2 it is true between the bytes of one character too, which DuckDB 1.5.6 answers with an internal error.
  B: String.raw`uses "\B", which is not supported`,
  k: String.raw`refers back to a group ("\k"), which is not supported`,
  c: String.raw`uses "\c", which is not supported: write \x{…}`,
};

/** What follows a backslash that has just been read. */
export function readEscape(text: PatternText): Escape {
  const letter = text.next();
  if (letter === '') return refuse(String.raw`ends with a single "\": a backslash itself is written \\`);
  if (classes.includes(letter)) return { kind: 'class', text: `\\${letter}`, isUnicode: false };
  if (places.includes(letter)) return { kind: 'place', text: `\\${letter}` };
  if (letter === 'p' || letter === 'P') return readProperty(letter, text);
  if (letter === 'x') return character(readHex(text));
  if (letter === 'u') return character(readFourDigits(text));
  if (/^[1-9]$/.test(letter)) {
    return refuse(`refers back to a group ("\\${letter}"), which is not supported`);
  }
  if (letter === '0')
    return refuse(String.raw`uses an octal character ("\0"), which is not supported: write \x{…}`);
  const control = controls[letter];
  if (control !== undefined) return { kind: 'character', character: control };
  const refusal = refusals[letter];
  if (refusal !== undefined) return refuse(refusal);
  if (/^[A-Za-z]$/.test(letter)) return refuse(`uses "\\${letter}", which has no meaning`);
  return { kind: 'character', character: letter };
}

/** `\pL`, `\p{Lu}`, `\P{Greek}`. */
function readProperty(letter: string, text: PatternText): Escape {
  let name = text.next();
  if (name === '{') {
    name = text.takeWhile((one) => one !== '}');
    if (!text.take('}')) return refuse(`has a "\\${letter}{" that is not closed`);
  }
  const isOpposite = letter === 'P';
  const known = unicodeClass(name, isOpposite);
  if (known === undefined)
    return refuse(`names a class of characters that is not known ("\\${letter}{${name}}")`);
  return { kind: 'class', ...known };
}

/** `\x41`, `\x{1F600}`. */
function readHex(text: PatternText): number {
  const isHex = (one: string): boolean => /^[0-9a-fA-F]$/.test(one);
  if (text.take('{')) {
    const digits = text.takeWhile(isHex);
    if (digits === '' || digits.length > 6 || !text.take('}'))
      return refuse(String.raw`has a "\x{…}" without its number`);
    return Number.parseInt(digits, 16);
  }
  const digits = text.next() + text.next();
  return /^[0-9a-fA-F]{2}$/.test(digits)
    ? Number.parseInt(digits, 16)
    : refuse(String.raw`has a "\x" without its number`);
}

function readFourDigits(text: PatternText): number {
  const digits = [1, 2, 3, 4].map(() => text.next()).join('');
  return /^[0-9a-fA-F]{4}$/.test(digits)
    ? Number.parseInt(digits, 16)
    : refuse(String.raw`has a "\u" without its four digits`);
}

function character(code: number): Escape {
  const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  if (!isCharacter)
    return refuse(`names a character that does not exist (${code.toString(16).toUpperCase()})`);
  return { kind: 'character', character: String.fromCodePoint(code) };
}
