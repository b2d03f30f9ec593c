import type { Span } from './source';
import { limits, lineAt, positionAt } from './source';
import { drawn, spelledOut } from './unseen-characters';
import { isTimeWord } from './words';

export type Severity = 'ERROR' | 'WARNING' | 'INFO';

/** One thing to say about a rule. Plain data: what a user got wrong is not a fault of the program. */
export interface PqlDiagnostic {
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  readonly message: string;
  /** Offsets in UTF-16 units, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** Where it begins, from 1. */
  readonly line: number;
  readonly column: number;
  /** What may have been meant, ready to be put in place of the span. */
  readonly suggestion: string | null;
}

/** Each code with what its words need. */
export interface DiagnosticParameters {
  'text-too-long': { readonly units: number };
  'unexpected-character': { readonly character: string; readonly suggestion?: string };
  'unterminated-string': object;
  'typographic-quote': { readonly quote: string; readonly suggestion?: string };
  'single-quote': { readonly suggestion?: string };
  comment: object;
  'invalid-escape': { readonly escape: string };
  'invalid-character': { readonly unit: number };
  'malformed-number': { readonly text: string };
  'number-out-of-range': { readonly text: string };
  'empty-rule': object;
  'unexpected-token': {
    readonly expected: string;
    readonly found: string;
    readonly suggestion?: string | undefined;
  };
  'foreign-syntax': {
    readonly written: string;
    readonly instead: string;
    readonly suggestion?: string | undefined;
  };
  'word-in-capitals': { readonly word: string; readonly suggestion: string };
  'reserved-word': { readonly word: string };
  'chained-comparison': object;
  'too-deep': object;
  'too-complex': { readonly why: string };
  'unknown-attribute': {
    readonly name: string;
    readonly within?: string | undefined;
    readonly suggestion?: string | undefined;
  };
  'unchecked-attribute': { readonly name: string; readonly suggestion?: string | undefined };
  'function-after-dot': { readonly name: string; readonly suggestion: string };
  'unknown-function': { readonly name: string; readonly suggestion?: string | undefined };
  'unknown-method': { readonly name: string; readonly suggestion?: string | undefined };
  'wrong-arity': { readonly name: string; readonly expected: string; readonly given: number };
  'unknown-parameter': { readonly parameter: string };
  'parameter-count': { readonly given: number; readonly expected: number };
  'above-profile': { readonly levels: number; readonly possible: number };
  'duplicate-name': { readonly name: string };
  'type-mismatch': { readonly problem: string };
  'null-comparison': { readonly operator: string; readonly suggestion?: string | undefined };
  'constant-rule': { readonly holds: boolean };
  'constant-condition': { readonly holds: boolean };
  'no-such-day': { readonly text: string };
  'invalid-amount': { readonly text: string };
  'invalid-pattern': { readonly problem: string };
  unsupported: { readonly what: string };
  'unknown-segment': { readonly id: string; readonly suggestion?: string | undefined };
  'segment-circle': { readonly names: readonly string[] };
  'tree-too-large': { readonly units: number };
  'invalid-json': object;
  'invalid-tree': { readonly pointer: string; readonly problem: string };
  'unknown-node': {
    readonly pointer: string;
    readonly what: string;
    readonly suggestion?: string | undefined;
  };
}

export type DiagnosticCode = keyof DiagnosticParameters;

const didYouMean = (suggestion: string | undefined): string =>
  suggestion === undefined ? '' : ` Did you mean "${shortened(suggestion)}"?`;

/** The catalogue: what each code says. Where it is reported knows only code and parameters. */
const messages: { readonly [Code in DiagnosticCode]: (given: DiagnosticParameters[Code]) => string } = {
  'text-too-long': ({ units }) =>
    `The rule is ${units} characters long; at most ${limits.textUnits} are allowed.`,
  'unexpected-character': ({ character, suggestion }) =>
    `"${character}" has no meaning here.${didYouMean(suggestion)}`,
  'unterminated-string': () => 'This string has no closing double quote.',
  'typographic-quote': ({ quote }) => `Typographic quotes (${quote}) are not allowed: write strings in "…".`,
  'single-quote': ({ suggestion }) =>
    `Strings stand in double quotes: ${suggestion === undefined ? '"…"' : shortened(suggestion)}.`,
  comment: () => 'PQL has no comments.',
  'invalid-escape': ({ escape }) =>
    `"${escape}" is no escape. Known are \\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX; a backslash itself is written \\\\.`,
  'invalid-character': ({ unit }) =>
    `The character U+${unit.toString(16).toUpperCase().padStart(4, '0')} cannot stand in a string.`,
  'malformed-number': ({ text }) => `"${shortened(text)}" is not a number.`,
  'number-out-of-range': ({ text }) => `The number ${shortened(text)} is too large.`,
  'empty-rule': () => 'The rule is empty. Write a condition, such as homeAddress.country = "US".',
  'unexpected-token': ({ expected, found, suggestion }) =>
    `Expected ${expected}, found ${shortened(found)}.${didYouMean(suggestion)}`,
  'foreign-syntax': ({ written, instead }) =>
    `"${shortened(written)}" is not PQL. Write ${shortened(instead)}.`,
  'word-in-capitals': ({ word, suggestion }) =>
    `Words of PQL are written in lower case: "${suggestion}", not "${shortened(word)}".`,
  'reserved-word': ({ word }) =>
    isTimeWord(word)
      ? `"${word}" is a time, and stands only after occurs: timestamp occurs before now.`
      : `"${word}" is a word of PQL and cannot be a name here. After a dot it can: $1.${word}.`,
  'chained-comparison': () => 'Comparisons cannot be chained. Join them with "and", or use brackets.',
  'too-deep': () => `Brackets, calls and filters go deeper than ${limits.depth} levels.`,
  'too-complex': ({ why }) => `The rule is too complex: ${why}`,
  'unknown-attribute': ({ name, within, suggestion }) =>
    `Unknown attribute "${shortened(name)}"${within === undefined ? '' : ` of ${shortened(within)}`}.${didYouMean(suggestion)}`,
  'unchecked-attribute': ({ name, suggestion }) =>
    `The attribute "${shortened(name)}" is not among the standard ones; the platform decides whether it exists.${didYouMean(suggestion)}`,
  'function-after-dot': ({ name, suggestion }) =>
    `"${shortened(name)}" stands after a dot: ${shortened(suggestion)}.`,
  'unknown-function': ({ name, suggestion }) =>
    `Unknown function "${shortened(name)}".${didYouMean(suggestion)}`,
  'unknown-method': ({ name, suggestion }) =>
    `Unknown function ".${shortened(name)}()".${didYouMean(suggestion)}`,
  'wrong-arity': ({ name, expected, given }) => `"${name}" takes ${expected}, not ${given}.`,
  'unknown-parameter': ({ parameter }) =>
    `${shortened(parameter)} is unknown: a rule has one parameter, $1, the profile.`,
  'parameter-count': ({ given, expected }) =>
    `This lambda has ${given} parameter${given === 1 ? '' : 's'}; it is called with ${expected === 1 ? 'one' : expected}.`,
  'above-profile': ({ levels, possible }) =>
    `"${'^'.repeat(Math.min(levels, 10))}" leads above the profile; ${possible === 0 ? 'there is nothing above this place.' : `at most ${possible} level${possible === 1 ? '' : 's'} up are possible here.`}`,
  'duplicate-name': ({ name }) => `The name "${shortened(name)}" is taken already.`,
  'type-mismatch': ({ problem }) => problem,
  'null-comparison': ({ operator, suggestion }) =>
    `Nothing can be compared with null: "${operator}" is never true here.${suggestion === undefined ? ' Ask with .isNull() or .isNotNull().' : ` Write ${shortened(suggestion)}.`}`,
  'constant-rule': ({ holds }) =>
    holds
      ? 'This rule is always true: it holds for every profile, whatever its attributes are.'
      : 'This rule is never true: it can hold for no profile.',
  'constant-condition': ({ holds }) =>
    holds
      ? 'This condition is always true, so it decides nothing.'
      : 'This condition is never true, whatever the attributes are.',
  'no-such-day': ({ text }) => `There is no day ${text}.`,
  'invalid-amount': ({ text }) => `An amount of time is a whole number from 0 on, not ${shortened(text)}.`,
  'invalid-pattern': ({ problem }) => shortened(problem),
  unsupported: ({ what }) => `${what} is not supported yet.`,
  'unknown-segment': ({ id, suggestion }) =>
    `There is no segment with the id "${shortened(id)}".${didYouMean(suggestion)}`,
  'segment-circle': ({ names }) =>
    names.length === 2
      ? `A segment cannot lean on itself: ${names.join(' → ')}.`
      : `Segments cannot lean on each other in a circle: ${names.length > 12 ? [...names.slice(0, 10), '…', ...names.slice(-1)].join(' → ') : names.join(' → ')}.`,
  'tree-too-large': ({ units }) =>
    `The pql/json tree is ${units} characters long; at most ${limits.jsonUnits} are allowed.`,
  'invalid-json': () => 'This is not JSON. A pql/json tree is a JSON object with a nodeType.',
  'invalid-tree': ({ pointer, problem }) => `At ${place(pointer)}: ${shortened(problem)}`,
  'unknown-node': ({ pointer, what, suggestion }) =>
    `At ${place(pointer)}: ${shortened(what)} is not known.${didYouMean(suggestion)}`,
};

/** Every code of the catalogue. */
export const diagnosticCodes = Object.keys(messages) as readonly DiagnosticCode[];

export interface Report<Code extends DiagnosticCode> {
  readonly text: string;
  readonly span: Span;
  readonly code: Code;
  readonly parameters: DiagnosticParameters[Code];
  readonly severity?: Severity;
}

/** Puts a code and its parameters into words and a place. */
export function createDiagnostic<Code extends DiagnosticCode>(report: Report<Code>): PqlDiagnostic {
  const { text, span, code, parameters, severity = 'ERROR' } = report;
  const suggestion =
    'suggestion' in parameters && typeof parameters.suggestion === 'string' ? parameters.suggestion : null;
  return {
    severity,
    code,
    message: spelledOut(messages[code](parameters)),
    ...span,
    ...positionAt(text, span.from),
    suggestion,
  };
}

/** In the order of the text. */
export function inTextOrder(diagnostics: readonly PqlDiagnostic[]): readonly PqlDiagnostic[] {
  return [...diagnostics].sort((a, b) => a.from - b.from || a.to - b.to);
}

/** A JSON pointer in words. */
function place(pointer: string): string {
  return pointer === '' ? 'the root of the tree' : `"${shortened(pointer)}"`;
}

/** Names and texts of users can be long; a message shows their beginning. */
export function shortened(words: string): string {
  return words.length > 120 ? `${words.slice(0, 117)}…` : words;
}

const widestLine = 100;

/**
 * A diagnostic as people read it in a terminal: place, message, the line, and carets under the span.
 *
 * Long lines are cut around the span; what has no shape of its own is drawn in the width of one character so that the
 * carets stand right and nothing in a rule can steer the terminal.
 */
export function formatDiagnostic(text: string, diagnostic: PqlDiagnostic): string {
  const whole = drawn(lineAt(text, diagnostic.line));
  const start = Math.max(0, Math.min(diagnostic.column - 1 - 40, whole.length - widestLine));
  const shown = whole.slice(start, start + widestLine);
  const caretAt = diagnostic.column - 1 - start;
  const carets = Math.max(1, Math.min(diagnostic.to - diagnostic.from, shown.length - caretAt));
  const gutter = `${diagnostic.line} | `;
  return [
    `${diagnostic.line}:${diagnostic.column} ${diagnostic.severity.toLowerCase()} ${diagnostic.code}: ${diagnostic.message}`,
    `${gutter}${shown}`,
    `${' '.repeat(gutter.length + caretAt)}${'^'.repeat(carets)}`,
  ].join('\n');
}
