import type { DiagnosticCode, DiagnosticParameters } from './diagnostics';
import type { Punctuator, Token } from './lexer';
import type { Reporter } from './reporter';
import type { Span } from './source';
import { limits } from './source';
import { nearestName } from '../lib/nearest-name';
import { isJoiningWord, isReservedWord, wordInLowerCase } from './words';

/** Thrown where a production cannot go on; caught at the next place from which reading can go on. */
export class SyntaxFailure extends Error {}

/** The one that is thrown: a text can hold thousands of mistakes, and nobody looks at their stacks. */
export const syntaxFailure = new SyntaxFailure('This production cannot go on.');

/** A cursor over tokens with what every production needs: looking ahead, taking, refusing, counting depth. */
export class TokenStream {
  private index = 0;
  private depth = 0;
  /** Nothing is reported before this token any more: one mistake is said once. */
  private silentUntil = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly reporter: Reporter,
  ) {}

  peek(ahead = 0): Token {
    const token = this.tokens[Math.min(this.index + ahead, this.tokens.length - 1)];
    if (token === undefined) throw new Error('Invariant broken: a token list ends with an end token');
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.index += 1;
    return token;
  }

  /** Where the last taken token ends. */
  get lastEnd(): number {
    return this.tokens[this.index - 1]?.to ?? 0;
  }

  spanFrom(start: Span): Span {
    return { from: start.from, to: Math.max(start.from, this.lastEnd) };
  }

  isMark(mark: Punctuator, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'punctuator' && token.mark === mark;
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && token.word === word;
  }

  /** The word at hand, if it is one. */
  wordAt(ahead = 0): string | undefined {
    const token = this.peek(ahead);
    return token.kind === 'word' ? token.word : undefined;
  }

  takeMark(mark: Punctuator): boolean {
    const found = this.isMark(mark);
    if (found) this.next();
    return found;
  }

  takeWord(word: string): boolean {
    const found = this.isWord(word);
    if (found) this.next();
    return found || this.takeCapitals(word);
  }

  /** The word in the wrong case of letters, where it can be nothing else: said, and taken for what was meant. */
  private takeCapitals(word: string): boolean {
    const written = this.wordAt();
    if (written === undefined || wordInLowerCase(written) !== word) return false;
    this.report('word-in-capitals', { word: written, suggestion: word });
    this.next();
    return true;
  }

  expectMark(mark: Punctuator): void {
    if (!this.takeMark(mark)) this.fail(`"${mark}"`);
  }

  expectWord(word: string): void {
    if (!this.takeWord(word) && !this.takeMisspelt([word])) this.fail(`"${word}"`);
  }

  /** A word that is nearly one of these: said, and taken for it. */
  takeMisspelt<Word extends string>(words: readonly Word[]): Word | undefined {
    const meant = this.misspelt(words);
    if (meant === undefined) return undefined;
    const found = describeToken(this.peek());
    this.report('unexpected-token', { expected: `"${meant}"`, found, suggestion: meant });
    this.next();
    return meant;
  }

  /** The one of these that the word at hand nearly is. */
  misspelt<Word extends string>(words: readonly Word[]): Word | undefined {
    const written = this.wordAt();
    if (written === undefined || isReservedWord(written)) return undefined;
    const nearest = nearestName(written, words);
    return words.find((word) => word === nearest);
  }

  /**
   * Reports what stands here instead of what should, and gives up this production.
   * @param candidates words of which one may have been meant.
   */
  fail(expected: string, candidates: readonly string[] = []): never {
    this.refuse(expected, candidates);
    throw syntaxFailure;
  }

  private refuse(expected: string, candidates: readonly string[]): void {
    const token = this.peek();
    const lower = token.kind === 'word' ? wordInLowerCase(token.word) : undefined;
    if (token.kind === 'word' && lower !== undefined) {
      this.report('word-in-capitals', { word: token.word, suggestion: lower });
    } else if (token.kind === 'word' && isReservedForName(expected, token.word)) {
      this.report('reserved-word', { word: token.word });
    } else {
      const suggestion = this.misspelt(candidates);
      this.report('unexpected-token', { expected, found: describeToken(token), suggestion });
    }
  }

  /**
   * Takes a closing bracket. What stands before it is refused and passed over; where there is none, or another bracket
   * closes first, reading goes on there.
   */
  close(closing: ')' | ']' | '}'): void {
    if (this.takeMark(closing)) return;
    this.refuse(`"${closing}"`, []);
    this.skip(() => false);
    if (!this.takeMark(closing)) this.silentUntil = this.index + 1;
  }

  /** Reports at the token at hand, unless this spot was spoken of. */
  report<Code extends DiagnosticCode>(code: Code, parameters: DiagnosticParameters[Code]): void {
    this.say(code, this.peek(), parameters);
    this.silentUntil = this.index + 1;
  }

  /** Reports over so many tokens from the one at hand on, and passes over them. */
  reportOver<Code extends DiagnosticCode>(
    count: number,
    code: Code,
    parameters: DiagnosticParameters[Code],
  ): void {
    const { from } = this.peek();
    const { to } = this.peek(count - 1);
    this.say(code, { from, to }, parameters);
    for (let taken = 0; taken < count; taken += 1) this.next();
    this.silentUntil = Math.max(this.silentUntil, this.index);
  }

  /** Reports at a place that was read already. */
  reportAt<Code extends DiagnosticCode>(
    span: Span,
    code: Code,
    parameters: DiagnosticParameters[Code],
  ): void {
    this.say(code, span, parameters);
    this.silentUntil = Math.max(this.silentUntil, this.index);
  }

  /** Once nobody would read on, the rest of the text is passed over. */
  private say<Code extends DiagnosticCode>(
    code: Code,
    span: Span,
    parameters: DiagnosticParameters[Code],
  ): void {
    if (this.index >= this.silentUntil) this.reporter.error(code, span, parameters);
    if (this.reporter.isFull) this.index = this.tokens.length - 1;
  }

  /**
   * Passes over what cannot be read, brackets as wholes, up to a mark or word from which reading can go on.
   * Whoever stands there next and is disappointed keeps silent: the cause was told.
   */
  recover(): void {
    this.skip((token) => {
      const isComma = token.kind === 'punctuator' && token.mark === ',';
      return isComma || (token.kind === 'word' && /^(and|or)$/i.test(token.word));
    });
    this.silentUntil = this.index + 1;
  }

  /** Passes over tokens, brackets as wholes, up to one that is wanted, a bracket that closes, or the end. */
  private skip(isWanted: (token: Token) => boolean): void {
    let open = 0;
    for (;;) {
      const token = this.peek();
      if (token.kind === 'end') return;
      const mark = token.kind === 'punctuator' ? token.mark : undefined;
      const closes = mark === ')' || mark === ']' || mark === '}';
      if (open === 0 && (closes || isWanted(token))) return;
      if (mark === '(' || mark === '[' || mark === '{') open += 1;
      if (closes) open -= 1;
      this.next();
    }
  }

  /** Runs a production one level deeper. */
  nested<Result>(production: () => Result): Result {
    if (this.depth >= limits.depth) {
      this.report('too-deep', {});
      throw syntaxFailure;
    }
    this.depth += 1;
    try {
      return production();
    } finally {
      this.depth -= 1;
    }
  }
}

/** True where a name was wanted and a word of the language stands. */
function isReservedForName(expected: string, word: string): boolean {
  return expected.includes('name') && isReservedWord(word) && !isJoiningWord(word);
}

function describeToken(token: Token): string {
  switch (token.kind) {
    case 'word':
      return `"${token.word}"`;
    case 'string':
      return `the string "${token.value}"`;
    case 'integer':
    case 'double':
      return `the number ${token.value}`;
    case 'parameter':
      return `$${token.position}`;
    case 'punctuator':
      return `"${token.mark}"`;
    case 'end':
      return 'the end of the rule';
  }
}
