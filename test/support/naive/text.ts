/** Lower case by Unicode, one code point for one: İ becomes i, and Σ becomes σ wherever it stands. */
function inLowerCase(text: string): string {
  return [...text].map((character) => [...character.toLowerCase()][0] ?? '').join('');
}

/** The tests of text, by the name of the method. */
const tests: Readonly<Record<string, (text: string, part: string) => boolean>> = {
  equals: (text, part) => text === part,
  notEqualTo: (text, part) => text !== part,
  startsWith: (text, part) => text.startsWith(part),
  doesNotStartWith: (text, part) => !text.startsWith(part),
  endsWith: (text, part) => text.endsWith(part),
  doesNotEndWith: (text, part) => !text.endsWith(part),
  contains: (text, part) => text.includes(part),
  doesNotContain: (text, part) => !text.includes(part),
};

export function isTextTest(name: string): boolean {
  return Object.hasOwn(tests, name);
}

/** Without case, both sides are compared in lower case. Nothing is normalised. */
export function passesTextTest(
  name: string,
  { text, part, mindsCase }: { readonly text: string; readonly part: string; readonly mindsCase: boolean },
): boolean {
  const test = tests[name];
  if (test === undefined) throw new Error(`No test of text: ${name}`);
  return mindsCase ? test(text, part) : test(inLowerCase(text), inLowerCase(part));
}

/** `%` is any run of characters, line breaks too; `_` is one code point; a backslash is ordinary; the whole text. */
export function isLike(text: string, pattern: string): boolean {
  return fits([...text], [...pattern]);
}

function fits(text: readonly string[], pattern: readonly string[]): boolean {
  const [mark, ...marks] = pattern;
  const [character, ...characters] = text;
  if (mark === undefined) return character === undefined;
  if (mark === '%') return fits(text, marks) || (character !== undefined && fits(characters, pattern));
  return character !== undefined && (mark === '_' || mark === character) && fits(characters, marks);
}
