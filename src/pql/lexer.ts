import type { PqlDiagnostic } from './diagnostics';
import { Reporter } from './reporter';
import type { Span } from './source';
import { limits } from './source';

export type Punctuator = (typeof punctuators)[number];

export type Token = Span &
  (
    | { readonly kind: 'word'; readonly word: string }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'integer' | 'double'; readonly value: number }
    /** `$1`: the position, from 1. */
    | { readonly kind: 'parameter'; readonly position: number }
    | { readonly kind: 'punctuator'; readonly mark: Punctuator }
    | { readonly kind: 'end' }
  );

export interface LexResult {
  /** Ends with one `end` token, whatever the text. */
  readonly tokens: readonly Token[];
  readonly diagnostics: readonly PqlDiagnostic[];
}

/** Longer ones first. */
const punctuators = [
  ...(['=>', '!=', '<=', '>=', '=', '<', '>', '+', '-', '*', '/', '%'] as const),
  ...(['!', '^', '.', ',', ':', '(', ')', '[', ']', '{', '}'] as const),
] as const;

/** What writers of other languages mean by marks that PQL does not have. */
const foreignMarks: readonly (readonly [string, Punctuator | 'and' | 'or'])[] = [
  ['===', '='],
  ['!==', '!='],
  ['==', '='],
  ['<>', '!='],
  ['=<', '<='],
  ['≤', '<='],
  ['≥', '>='],
  ['≠', '!='],
  ['->', '=>'],
  ['–', '-'],
  ['−', '-'],
  ['×', '*'],
  ['÷', '/'],
  ['&&', 'and'],
  ['||', 'or'],
];

const whiteSpace = /[\s\uFEFF]+/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;
const number = /(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
/** As other languages write them; PQL has none. `--` is a minus before a negative number. */
const comment = /\/\/[^\r\n]*|#[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)/y;
const wordTail = /[A-Za-z0-9_]+/y;
const parameter = /\$[0-9]+/y;
const plainCharacters = /[^"\\\0]+/y;
const escapes: Readonly<Record<string, string>> = {
  ...{ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' },
};

/** Takes a text apart into tokens. Never throws: what cannot be read is reported and passed over. */
export function tokenize(text: string): LexResult {
  if (text.length > limits.textUnits) {
    const reporter = new Reporter(text);
    reporter.error('text-too-long', { from: 0, to: text.length }, { units: text.length });
    return {
      tokens: [{ kind: 'end', from: text.length, to: text.length }],
      diagnostics: reporter.diagnostics,
    };
  }
  return new Lexer(text).run();
}

class Lexer {
  private at = 0;
  private readonly tokens: Token[] = [];
  private readonly reporter: Reporter;

  constructor(private readonly text: string) {
    this.reporter = new Reporter(text);
  }

  run(): LexResult {
    while (this.at < this.text.length) {
      if (this.match(whiteSpace) === undefined) this.readToken();
    }
    this.tokens.push({ kind: 'end', from: this.at, to: this.at });
    return { tokens: this.tokens, diagnostics: this.reporter.diagnostics };
  }

  private readToken(): void {
    const from = this.at;
    const name = this.match(word);
    if (name !== undefined) return this.push({ kind: 'word', word: name, from, to: this.at });
    const digits = this.match(number);
    if (digits !== undefined) return this.readNumber(from, digits);
    const position = this.match(parameter);
    if (position !== undefined) return this.readParameter(from, position);
    if (this.text[from] === '"') return this.readString();
    if (/['`‘’“”„«»]/.test(this.text[from] ?? '')) return this.readForeignString();
    if (this.match(comment) !== undefined) return this.reporter.error('comment', { from, to: this.at }, {});
    return this.readMark();
  }

  private readNumber(from: number, digits: string): void {
    const tail = this.match(wordTail);
    const span = { from, to: this.at };
    const value = Number(digits);
    if (tail !== undefined) {
      this.reporter.error('malformed-number', span, { text: digits + tail });
      return this.push({ kind: 'integer', value: 0, ...span });
    }
    const isInteger = /^[0-9]+$/.test(digits);
    if (isInteger ? !Number.isSafeInteger(value) : !Number.isFinite(value)) {
      this.reporter.error('number-out-of-range', span, { text: digits });
    }
    this.push({ kind: isInteger ? 'integer' : 'double', value, ...span });
  }

  private readParameter(from: number, written: string): void {
    const span = { from, to: this.at };
    const position = Number(written.slice(1));
    if (!Number.isSafeInteger(position)) this.reporter.error('number-out-of-range', span, { text: written });
    this.push({ kind: 'parameter', position, ...span });
  }

  /** A string with the escapes of JSON; a raw line break is allowed. */
  private readString(): void {
    const from = this.at;
    this.at += 1;
    let value = '';
    for (;;) {
      value += this.match(plainCharacters) ?? '';
      const next = this.text[this.at];
      if (next === undefined) {
        this.reporter.error('unterminated-string', { from, to: this.at }, {});
        break;
      }
      if (next === '"') {
        this.at += 1;
        break;
      }
      if (next === '\\') value += this.readEscape();
      else {
        this.reporter.error('invalid-character', { from: this.at, to: this.at + 1 }, { unit: 0 });
        this.at += 1;
      }
    }
    // Half of a surrogate pair is no character: it could not be kept or compared as UTF-8.
    const half = /\p{Surrogate}/u.exec(value)?.[0];
    if (half !== undefined) {
      this.reporter.error('invalid-character', { from, to: this.at }, { unit: half.charCodeAt(0) });
    }
    this.push({ kind: 'string', value, from, to: this.at });
  }

  private readEscape(): string {
    const from = this.at;
    const unicode = /\\u([0-9A-Fa-f]{4})/y;
    const code = this.match(unicode);
    if (code !== undefined) {
      const character = String.fromCharCode(parseInt(code.slice(2), 16));
      if (character === '\0') this.reporter.error('invalid-character', { from, to: this.at }, { unit: 0 });
      return character;
    }
    const letter = this.text.codePointAt(from + 1);
    const written = letter === undefined ? '' : String.fromCodePoint(letter);
    this.at += 1 + written.length;
    const meaning = Object.hasOwn(escapes, written) ? escapes[written] : undefined;
    if (meaning === undefined) {
      this.reporter.error('invalid-escape', { from, to: this.at }, { escape: `\\${written}` });
    }
    return meaning ?? '';
  }

  /**
   * A string in quotes that PQL does not know: said once, and read to its likely end so that the rest makes
   * sense.
   */
  private readForeignString(): void {
    const from = this.at;
    const quote = this.text[from] ?? '';
    const isPlain = quote === "'" || quote === '`';
    const end = isPlain ? (quote === "'" ? /['\r\n]/g : /[`\r\n]/g) : /["‘’“”„«»\r\n]/g;
    end.lastIndex = from + 1;
    const closing = end.exec(this.text);
    const closes = closing !== null && !/[\r\n]/.test(closing[0]);
    const inner = this.text.slice(from + 1, closing?.index);
    this.at = closing === null ? this.text.length : closing.index + (closes ? 1 : 0);
    const span = { from, to: this.at };
    // Only what is closed, and short, is sure to be meant as a string.
    const suggestion = closes && inner.length < 200 ? { suggestion: JSON.stringify(inner) } : {};
    if (isPlain) this.reporter.error('single-quote', span, suggestion);
    else this.reporter.error('typographic-quote', span, { quote, ...suggestion });
    this.push({ kind: 'string', value: inner, ...span });
  }

  private readMark(): void {
    const from = this.at;
    const foreign = foreignMarks.find(([mark]) => this.text.startsWith(mark, from));
    if (foreign !== undefined) {
      const [mark, meant] = foreign;
      this.at += mark.length;
      const span = { from, to: this.at };
      this.reporter.error('unexpected-character', span, { character: mark, suggestion: meant });
      return this.push(
        meant === 'and' || meant === 'or'
          ? { kind: 'word', word: meant, ...span }
          : { kind: 'punctuator', mark: meant, ...span },
      );
    }
    const mark = punctuators.find((candidate) => this.text.startsWith(candidate, from));
    if (mark !== undefined) {
      this.at += mark.length;
      return this.push({ kind: 'punctuator', mark, from, to: this.at });
    }
    const character = String.fromCodePoint(this.text.codePointAt(from) ?? 0);
    this.at += character.length;
    const isProfile = character === '$' && this.text[this.at] === '.';
    const suggestion = isProfile ? { suggestion: '$1' } : {};
    this.reporter.error('unexpected-character', { from, to: this.at }, { character, ...suggestion });
    if (isProfile) this.push({ kind: 'parameter', position: 1, from, to: this.at });
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private push(token: Token): void {
    this.tokens.push(token);
  }
}
