/** The texts of a document in one field; all of them where no field is named. */
export type ReadField = (field: string | undefined) => readonly string[];

/** True for the documents that a query finds. */
export type LuceneTest = (read: ReadField) => boolean;

/**
 * Reads the part of Lucene's query syntax that people type: words, "phrases", `field:word`, `*` and `?` within words, `AND`,
 * `OR`, `NOT`, `+`, `-`, `!`, and brackets. Words beside each other are alternatives, as in Lucene. Case does not matter.
 * @returns undefined where it cannot be read.
 */
export function parseLucene(text: string): LuceneTest | undefined {
  const tokens = text.match(tokenPattern) ?? [];
  if (tokens.join('').replaceAll(/\s/g, '') !== text.replaceAll(/\s/g, '')) return undefined;
  const reader = { tokens, place: 0, depth: 0 };
  const test = readAlternatives(reader);
  return reader.place === tokens.length ? test : undefined;
}

/** Brackets, signs, and words with or without a field; a word may escape any character. */
const tokenPattern = /[()]|&&|\|\||[+\-!](?=\S)|(?:[\w.]+:)?(?:"(?:[^"\\]|\\.)*"|(?:[^\s()"\\:]|\\.)+)/gu;
const deepest = 50;

interface Reader {
  readonly tokens: readonly string[];
  place: number;
  depth: number;
}

function readAlternatives(reader: Reader): LuceneTest | undefined {
  const tests: LuceneTest[] = [];
  const required: LuceneTest[] = [];
  for (let next = peek(reader); next !== undefined && next !== ')'; next = peek(reader)) {
    if (next === 'OR' || next === '||') {
      reader.place += 1;
      continue;
    }
    const sign = next === '+' || next === '-' || next === '!' || next === 'NOT' ? next : undefined;
    const test = readConjunction(reader);
    if (test === undefined) return undefined;
    (sign === undefined || sign === '!' ? tests : required).push(test);
  }
  if (tests.length === 0 && required.length === 0) return undefined;
  // As in Lucene, what is optional need not hold where something is required.
  return (read) =>
    required.every((test) => test(read)) && (required.length > 0 || tests.some((test) => test(read)));
}

function readConjunction(reader: Reader): LuceneTest | undefined {
  const tests: LuceneTest[] = [];
  for (;;) {
    const test = readOne(reader);
    if (test === undefined) return undefined;
    tests.push(test);
    const next = peek(reader);
    if (next !== 'AND' && next !== '&&') return (read) => tests.every((each) => each(read));
    reader.place += 1;
  }
}

function readOne(reader: Reader): LuceneTest | undefined {
  const token = peek(reader);
  if (token === undefined || token === ')' || token === 'AND' || token === '&&') return undefined;
  reader.place += 1;
  if (token === '+') return readOne(reader);
  if (token === '-' || token === '!' || token === 'NOT') {
    const inner = readOne(reader);
    return inner === undefined ? undefined : (read) => !inner(read);
  }
  if (token !== '(') return testOf(token);
  reader.depth += 1;
  const inner = reader.depth > deepest ? undefined : readAlternatives(reader);
  reader.depth -= 1;
  if (inner === undefined || peek(reader) !== ')') return undefined;
  reader.place += 1;
  return inner;
}

function peek({ tokens, place }: Reader): string | undefined {
  return tokens[place];
}

function testOf(token: string): LuceneTest {
  const [, field, rest = ''] = /^(?:([\w.]+):)?(.*)$/su.exec(token) ?? [];
  if (rest.startsWith('"')) {
    const phrase = unescape(rest.slice(1, -1)).toLowerCase();
    return (read) => read(field).some((text) => text.toLowerCase().includes(phrase));
  }
  if (rest === '*') return (read) => read(field).length > 0;
  const wanted = wildcardsOf(rest.toLowerCase());
  return (read) =>
    read(field).some((text) => {
      const lower = text.toLowerCase();
      return [lower, ...lower.split(/[^\p{L}\p{N}_-]+/u)].some((word) => fitsWildcards(word, wanted));
    });
}

type Part = { readonly kind: 'any' | 'one' } | { readonly kind: 'letter'; readonly letter: string };

function wildcardsOf(word: string): readonly Part[] {
  return (word.match(/\\.|./gsu) ?? []).map((part): Part => {
    if (part === '*') return { kind: 'any' };
    if (part === '?') return { kind: 'one' };
    return { kind: 'letter', letter: part.length > 1 ? part.slice(1) : part };
  });
}

/** Without recursion, and never more steps than the one length times the other. */
function fitsWildcards(word: string, parts: readonly Part[]): boolean {
  const letters = [...word];
  let [at, part, star, mark] = [0, 0, -1, 0];
  while (at < letters.length) {
    const next = parts[part];
    if (next?.kind === 'any') {
      [star, mark] = [part, at];
      part += 1;
    } else if (next !== undefined && fitsOne(next, letters[at])) {
      [at, part] = [at + 1, part + 1];
    } else if (star >= 0) {
      [part, mark] = [star + 1, mark + 1];
      at = mark;
    } else return false;
  }
  return parts.slice(part).every(({ kind }) => kind === 'any');
}

function fitsOne(part: Part, letter: string | undefined): boolean {
  return part.kind === 'letter' ? part.letter === letter : part.kind === 'one';
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/gsu, '$1');
}
