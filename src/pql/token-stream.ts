import type { DiagnosticCode, DiagnosticParameters } from './diagnostics';
import type { Punctuator, Token } from './lexer';
import type { Reporter } from './reporter';
import type { Span } from './source';
import { limits } from './source';
import { isJoiningWord, isReservedWord, wordInLowerCase } from './words';

/** Thrown where a production cannot go on; caught at the next place from which reading can go on. */
export class SyntaxFailure extends Error {}

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
    return found;
  }

  expectMark(mark: Punctuator): void {
    if (!this.takeMark(mark)) this.fail(`"${mark}"`);
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) this.fail(`"${word}"`);
  }

  /** Reports what stands here instead of what should, and gives up this production. */
  fail(expected: string): never {
    const token = this.peek();
    const lower = token.kind === 'word' ? wordInLowerCase(token.word) : undefined;
    if (token.kind === 'word' && lower !== undefined) {
      this.report('word-in-capitals', { word: token.word, suggestion: lower });
    } else if (token.kind === 'word' && isReservedForName(expected, token.word)) {
      this.report('reserved-word', { word: token.word });
    } else {
      this.report('unexpected-token', { expected, found: describeToken(token) });
    }
    throw new SyntaxFailure(expected);
  }

  /** Reports at the token at hand, unless this spot was spoken of. */
  report<Code extends DiagnosticCode>(code: Code, parameters: DiagnosticParameters[Code]): void {
    if (this.index >= this.silentUntil) this.reporter.error(code, this.peek(), parameters);
    this.silentUntil = this.index + 1;
  }

  /**
   * Passes over what cannot be read, brackets as wholes, up to a mark or word from which reading can go on.
   * Whoever stands there next and is disappointed keeps silent: the cause was told.
   */
  recover(): void {
    let open = 0;
    for (;;) {
      const token = this.peek();
      if (token.kind === 'end') break;
      const mark = token.kind === 'punctuator' ? token.mark : undefined;
      const closes = mark === ')' || mark === ']' || mark === '}';
      if (open === 0 && (closes || mark === ',' || this.isWord('and') || this.isWord('or'))) break;
      if (mark === '(' || mark === '[' || mark === '{') open += 1;
      if (closes) open -= 1;
      this.next();
    }
    this.silentUntil = this.index + 1;
  }

  /** Runs a production one level deeper. */
  nested<Result>(production: () => Result): Result {
    if (this.depth >= limits.depth) {
      this.report('too-deep', {});
      throw new SyntaxFailure('less depth');
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
