/**
 * JSON.parse that does not round integers beyond 2^53: they become strings of their digits, so that an id stays the id.
 *
 * @throws SyntaxError as JSON.parse does.
 */
export function parseJson(text: string): unknown {
  return JSON.parse(mayHoldBigInteger.test(text) ? quoteBigIntegers(text) : text);
}

/** Sixteen digits after what can stand before a number; the cheap look that nearly every text passes. */
const mayHoldBigInteger = /[:[,\s]-?\d{16}/;

/** A string (passed over whole) or a number. */
const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function quoteBigIntegers(text: string): string {
  return text.replace(stringOrNumber, (token) => {
    const isBigInteger = /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token));
    return isBigInteger ? `"${token}"` : token;
  });
}
