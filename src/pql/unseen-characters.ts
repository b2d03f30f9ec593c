/** Controls, line breaks, marks of direction and of joining, halves of surrogate pairs: they have no shape. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

const shortEscapes: Readonly<Record<string, string>> = {
  ...{ '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t' },
};

/**
 * Words with every character that cannot be seen as PQL would escape it, so that a message stays one line, reads in
 * one direction and cannot steer a terminal.
 */
export function spelledOut(words: string): string {
  return words.replace(unseen, (character) => shortEscapes[character] ?? escapesOf(character));
}

/** A line with something visible for every such character, as many units wide; a tab is a space. */
export function drawn(line: string): string {
  return line.replaceAll('\t', ' ').replace(unseen, (character) => '\uFFFD'.repeat(character.length));
}

function escapesOf(character: string): string {
  return Array.from({ length: character.length }, (_, index) => {
    const unit = character.charCodeAt(index);
    return `\\u${unit.toString(16).toUpperCase().padStart(4, '0')}`;
  }).join('');
}
