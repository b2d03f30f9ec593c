/**
 * A fault of the evaluation engine that may be logged: what kind it is and what happened, without the values and the
 * SQL that the engine quotes in its own message. It has no cause, because a log prints causes whole.
 */
export class EngineFault extends Error {
  /** In the engine's own words, e.g. `Conversion Error`; `Error` where it names none. */
  readonly code: string;

  constructor(text: string) {
    super(withoutData(text));
    this.name = 'EngineFault';
    this.code = /^[A-Z][A-Za-z ]{2,40} Error(?=:)/u.exec(text)?.[0] ?? 'Error';
  }
}

const longestMessage = 200;

/**
 * From the first quotation mark to the last everything goes, since a value may hold quotation marks itself; numbers,
 * addresses, and what follows the word `input` or shows the statement go too.
 */
function withoutData(text: string): string {
  const [told = ''] = text.split(/\n\s*LINE \d+:|\n|\binput:/iu);
  return told
    .replace(/['"`{[].*['"`}\]]/su, '…')
    .replace(/['"`{[].*$/su, '…')
    .replace(/\S*@\S*/gu, '…')
    .replace(/\d+/gu, '#')
    .trim()
    .slice(0, longestMessage);
}
