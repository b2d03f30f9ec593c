/** General categories that the engine and Java agree on; unassigned characters are in no class. */
const categories = new Set(
  'L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs Cc Cf Co'.split(
    ' ',
  ),
);

const scripts = new Set(
  (
    'Arabic Armenian Bengali Bopomofo Common Cyrillic Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul ' +
    'Hebrew Hiragana Inherited Kannada Katakana Khmer Lao Latin Malayalam Mongolian Myanmar Oriya Sinhala Tamil Telugu ' +
    'Thaana Thai Tibetan'
  ).split(' '),
);

/** Java's names for classes of ASCII characters. */
const ascii: Readonly<Record<string, string>> = {
  Lower: 'lower',
  Upper: 'upper',
  ASCII: 'ascii',
  Alpha: 'alpha',
  Digit: 'digit',
  Alnum: 'alnum',
  Punct: 'punct',
  Graph: 'graph',
  Print: 'print',
  Blank: 'blank',
  Cntrl: 'cntrl',
  XDigit: 'xdigit',
  Space: 'space',
};

export interface NamedClass {
  /** As it stands in a class in brackets. */
  readonly text: string;
  readonly isUnicode: boolean;
}

/** `\p{name}` or its opposite in the engine's words: categories, scripts (`IsGreek` too), Java's ASCII classes. */
export function unicodeClass(name: string, isOpposite: boolean): NamedClass | undefined {
  const posix = Object.hasOwn(ascii, name) ? ascii[name] : undefined;
  if (posix !== undefined) return { text: `[:${isOpposite ? '^' : ''}${posix}:]`, isUnicode: isOpposite };
  const plain = name.startsWith('Is') ? name.slice(2) : name;
  if (!categories.has(plain) && !scripts.has(plain)) return undefined;
  return { text: `\\${isOpposite ? 'P' : 'p'}{${plain}}`, isUnicode: true };
}
