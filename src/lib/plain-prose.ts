import { isRecord } from './is-record';
import { nearestName } from './nearest-name';
import { isPlainWord } from './plain-words';

/** What is put in the place of what is no plain word. */
export const hiddenPiece = '[…]';

const longest = 500;
/** A text longer than this is no sentence for people. */
const longestRead = 2_000;

/** The words that whoever is told may be told again, because they are his own. */
export interface OwnWords {
  /** An id, a name, a path of fields: said as it is. */
  has(word: string): boolean;
  /** Some run of whole words of what he wrote. */
  holds(text: string): boolean;
  /** One letter or two away from a word of his: a suggestion. */
  isNear(word: string): boolean;
}

/** Nothing was sent, or nothing of it may be told (a log). */
export const noWords: OwnWords = { has: () => false, holds: () => false, isNear: () => false };

/** Two and more digits and no letters but these: a time, a share. */
const number = /^[+-]?\d{1,6}(?:[.,]\d{1,3})?%?$/;
/** `UPS-MRG-1000001:` at the beginning of a sentence of profile access. */
const leadingCode = /^[A-Z]{2,6}(?:-[A-Z]{2,6})?-\d{4,8}(?:-\d{3})?:$/;
/** What stands around a word: nothing of it calls, assigns or points anywhere. */
const wrapping = /^(\(?)(.*?)(\)?[.,;!?…]{0,3}\)?)$/s;
const quotation = /"[^"]{0,200}"|“[^”]{0,200}”|`[^`]{0,200}`|(?<![\p{L}\d])'[^']{0,200}'(?![\p{L}\d])/gu;
/** What a statement of a database says with plain words alone. */
const statement =
  /\bselect\b.*\bfrom\b|\binsert\s+into\b|\bdelete\s+from\b|\bupdate\b.*\bset\b|\bmerge\s+into\b|\b(?:create|drop|alter|truncate)\s+(?:table|view|index|database)\b/i;

/**
 * A text that another system wrote, where it may be shown as it is: plain words of `plain-words.ts`, numbers below seven
 * digits, quoted words of the caller's own, simple punctuation, and nothing else.
 *
 * @returns null where one piece of it is anything else.
 */
export function plainProse(prose: string, own: OwnWords = noWords): string | null {
  const text = oneLine(prose);
  if (text === '' || text.length > longest || statement.test(text)) return null;
  return piecesOf(text, own).every(({ isPlain }) => isPlain) ? text : null;
}

/**
 * The same text with each piece that is not plain hidden, at most 500 characters: to recognise a refusal by its words, and
 * for the log.
 */
export function maskedProse(prose: string, own: OwnWords = noWords): string {
  const text = oneLine(prose.slice(0, longestRead));
  if (statement.test(text)) return hiddenPiece;
  const shown = piecesOf(text, own).map(({ piece, isPlain }) => (isPlain ? piece : hiddenPiece));
  const line = shown.filter((piece, at) => piece !== hiddenPiece || shown[at - 1] !== hiddenPiece).join(' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

/** The texts of what was sent (names of members too) as words that may be told to who sent them. */
export function ownWordsOf(texts: readonly string[]): OwnWords {
  const whole = new Set(texts);
  const words = new Set(texts.flatMap((text) => text.slice(0, 20_000).split(/[^\p{L}\d_.$-]+/u)));
  return {
    has: (word) => whole.has(word) || words.has(word),
    holds: (text) => texts.some((sent) => holdsWhole(sent, text)),
    isNear: (word) => nearestName(word, words) !== undefined,
  };
}

const mostTexts = 5_000;

/** Names, paths, texts and numbers of a JSON value, as own words. */
export function ownWordsIn(value: unknown, others: readonly string[] = []): OwnWords {
  const texts: string[] = [...others];
  collect(value, '', texts);
  return ownWordsOf(texts.filter((text) => text !== ''));
}

function collect(value: unknown, path: string, into: string[]): void {
  if (into.length >= mostTexts) return;
  into.push(path);
  if (typeof value === 'string') into.push(value);
  else if (typeof value === 'number') into.push(String(value));
  else if (Array.isArray(value) || isRecord(value))
    for (const [name, member] of Object.entries(value)) {
      into.push(name);
      collect(member, path === '' ? name : `${path}.${name}`, into);
    }
}

function holdsWhole(sent: string, text: string): boolean {
  for (let at = sent.indexOf(text); at !== -1; at = sent.indexOf(text, at + 1)) {
    const around = `${sent[at - 1] ?? ' '}${sent[at + text.length] ?? ' '}`;
    if (!/[\p{L}\d]/u.test(around)) return true;
  }
  return false;
}

function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}

interface Piece {
  readonly piece: string;
  readonly isPlain: boolean;
}

/** The text at its spaces, where no quotation holds them together. */
function piecesOf(text: string, own: OwnWords): Piece[] {
  const quoted: string[] = [];
  const marked = text.replaceAll(/\u0000/g, '').replaceAll(quotation, (found) => {
    quoted.push(found);
    return '\u0000';
  });
  const raws = marked.split(' ');
  const isNumber = raws.map((raw) => number.test(wrapping.exec(raw)?.[2] ?? raw));
  let next = 0;
  return raws.map((raw, at) => {
    const piece = raw.replaceAll('\u0000', () => quoted[next++] ?? '');
    if (piece !== raw) return { piece, isPlain: isPlainQuotation(raw, piece, own) };
    // Numbers in a row are a telephone's, or a card's.
    const isAlone = isNumber[at - 1] !== true && isNumber[at + 1] !== true;
    return { piece, isPlain: isNumber[at] === true ? isAlone : isPlainPiece(raw, at === 0, own) };
  });
}

function isPlainPiece(raw: string, isFirst: boolean, own: OwnWords): boolean {
  if (/^(?:-|–|—|…|&)$/.test(raw)) return true;
  if (isFirst && leadingCode.test(raw)) return true;
  const [, , word = ''] = wrapping.exec(raw) ?? [];
  if (isPlainWord(word) || own.has(word)) return true;
  // `schema: It must be text`: the field is the caller's, and what follows is looked at by itself.
  return isFirst && word.endsWith(':') && own.has(word.slice(0, -1));
}

function isPlainQuotation(raw: string, piece: string, own: OwnWords): boolean {
  if (!/^\(?\u0000(?:s|\)?[.,;:!?]{0,3}\)?)$/.test(raw)) return false;
  const content = piece.slice(
    piece.search(/["“'`]/) + 1,
    Math.max(...['"', '”', "'", '`'].map((end) => piece.lastIndexOf(end))),
  );
  if (own.has(content) || own.holds(content)) return true;
  return content.split(' ').every((word) => isPlainWord(word) || own.isNear(word));
}
