/** A character that stands for itself, inside classes and outside. */
export function literal(character: string): string {
  return /^[A-Za-z0-9_ ]$|^[^\u0000-\u007f]$/u.test(character)
    ? character
    : `\\x{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
