import type { Escape } from './escapes';
import { readEscape } from './escapes';
import { literal } from './literal';
import { refuse } from './pattern-problem';
import type { PatternText } from './pattern-text';
import { weightOfCharacter, weights } from './weights';

export interface CharacterClass {
  readonly text: string;
  readonly weight: number;
}

/** `[…]`, whose opening bracket has just been read. */
export function readClass(text: PatternText): CharacterClass {
  const isOpposite = text.take('^');
  const parts: string[] = [];
  let weight: number = weights.class;
  while (!text.take(']')) {
    if (text.isAtEnd) return refuse('has a "[" that is not closed');
    const item = readItem(text, parts.length === 0);
    const range = item.kind === 'character' ? readRange(item.character, text) : item;
    parts.push(range.text);
    weight += range.weight;
  }
  if (parts.length === 0) return refuse(String.raw`has an empty class: a "]" itself is written \]`);
  return { text: `[${isOpposite ? '^' : ''}${parts.join('')}]`, weight };
}

type Item =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'class'; readonly text: string; readonly weight: number };

function readItem(text: PatternText, isFirst: boolean): Item {
  const character = text.next();
  if (character === '[') {
    return refuse(String.raw`has a class within a class, which is not supported: a "[" itself is written \[`);
  }
  if (character === '&' && text.peek() === '&') {
    return refuse(String.raw`intersects classes ("&&"), which is not supported: an "&" itself is written \&`);
  }
  if (character === '\\') return itemOf(readEscape(text));
  if (character === '-' && !isFirst && text.peek() !== ']') {
    return refuse(String.raw`has a "-" between classes: a "-" itself is written \-`);
  }
  return { kind: 'character', character };
}

function itemOf(escape: Escape): Item {
  switch (escape.kind) {
    case 'place':
      return refuse(`has "${escape.text}" in a class, where it has no meaning`);
    case 'class':
      return {
        kind: 'class',
        text: escape.text,
        weight: escape.isUnicode ? weights.unicodeClass : weights.class,
      };
    case 'character':
      return escape;
  }
}

/** A character, or a range that begins with it. */
function readRange(first: string, text: PatternText): CharacterClass {
  if (text.peek() !== '-' || text.peek(1) === ']' || text.peek(1) === '') {
    return { text: literal(first), weight: weightOfCharacter(first) };
  }
  text.next();
  const last = readItem(text, true);
  if (last.kind !== 'character')
    return refuse('has a range of characters that does not end with a character');
  if ((first.codePointAt(0) ?? 0) > (last.character.codePointAt(0) ?? 0)) {
    return refuse(`has a range of characters that goes backwards ("${first}-${last.character}")`);
  }
  const isAscii = last.character <= '\u007f';
  return {
    text: `${literal(first)}-${literal(last.character)}`,
    weight: isAscii ? weights.class : weights.unicodeClass,
  };
}
