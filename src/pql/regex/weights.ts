/**
 * What parts of a pattern cost the engine at most, in instructions of its matching program. Measured by repeating each
 * until DuckDB 1.5.6 said "pattern too large", at about 350,000 instructions.
 */
export const weights = {
  class: 12,
  /** A class of Unicode, or a range beyond ASCII that may be read without case. */
  unicodeClass: 1500,
  mark: 2,
} as const;

/** Beyond this a pattern is refused, well before the engine does. */
export const heaviestPattern = 250_000;

/** One character, any case of it included. */
export function weightOfCharacter(character: string): number {
  return character <= '\u007f' ? 3 : 12;
}
