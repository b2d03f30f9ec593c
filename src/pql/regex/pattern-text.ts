/** The characters of a pattern, read from the left. */
export class PatternText {
  private readonly characters: readonly string[];
  private at = 0;

  constructor(text: string) {
    this.characters = [...text];
  }

  get isAtEnd(): boolean {
    return this.at >= this.characters.length;
  }

  /** The next character, or the empty text at the end. */
  peek(ahead = 0): string {
    return this.characters[this.at + ahead] ?? '';
  }

  next(): string {
    const character = this.peek();
    this.at += 1;
    return character;
  }

  /** Takes these characters if they come next. */
  take(expected: string): boolean {
    if (!this.startsWith(expected)) return false;
    this.at += expected.length;
    return true;
  }

  startsWith(expected: string): boolean {
    return [...expected].every((character, ahead) => this.peek(ahead) === character);
  }

  /** Takes characters as long as they are of a kind. */
  takeWhile(isWanted: (character: string) => boolean): string {
    let taken = '';
    while (!this.isAtEnd && isWanted(this.peek())) taken += this.next();
    return taken;
  }
}
