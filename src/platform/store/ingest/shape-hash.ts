const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const trueStart = 0x74;
const falseStart = 0x66;
/** Taken once: where modules run in a sandbox, as under tests, each look at a global is slow. */
const { imul } = Math;
const prime = 0x01000193;
const otherPrime = 0x5bd1e995;

/** What kinds of numbers are told apart, by how they are written. */
export type NumberKind = 'number' | 'integer' | 'long' | 'huge';

const kindCodes: Readonly<Record<NumberKind, number>> = { number: 1, integer: 2, long: 3, huge: 4 };

/** Whole numbers of 16 digits may be beyond 2^53, from where on JSON readers round; those of more digits are. */
const longDigits = 16;

/**
 * A number that is the same for all lines of JSON with the same keys and kinds of values in the same order, whatever the
 * values. One pass over the bytes, since reading a row takes ten times as long. 53 bits: two shapes of a batch share a
 * number about as often as a disk loses a row.
 *
 * Lines of one number are alike but for what stands inside their texts and numbers, and for words that start with `t` or `f`.
 */
export function shapeHash(bytes: Uint8Array, start: number, end: number): number {
  hash[0] = 0x811c9dc5;
  hash[1] = 0x9747b28c;
  let at = start;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) {
      const close = endOfString(bytes, at + 1, end);
      const next = skipBlanks(bytes, close + 1, end);
      const isKey = bytes[next] === colon && next < end;
      if (isKey) for (let index = at + 1; index < close; index += 1) mix(bytes[index] ?? 0);
      mix(isKey ? colon : quote);
      at = isKey ? next + 1 : close + 1;
    } else if (isNumeric(byte)) {
      const close = endOfNumber(bytes, at, end);
      mix(kindCodes[kindOfNumber(bytes, at, close)]);
      at = close;
    } else if (byte === trueStart || byte === falseStart) {
      mix(trueStart);
      at = endOfWord(bytes, at, end);
    } else {
      if (!isBlank(byte)) mix(byte);
      at += 1;
    }
  }
  return ((hash[0] ?? 0) >>> 0) * 0x200000 + ((hash[1] ?? 0) >>> 11);
}

/** Both halves of the hash being made. In plain variables they would be boxed at each step: a hundred times slower. */
const hash = new Int32Array(2);

function mix(value: number): void {
  hash[0] = imul((hash[0] ?? 0) ^ value, prime);
  const high = imul((hash[1] ?? 0) ^ value, otherPrime);
  hash[1] = high ^ (high >>> 15);
}

/** The end of a run of lower-case letters. */
export function endOfWord(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] ?? 0) >= 0x61 && (bytes[at] ?? 0) <= 0x7a) at += 1;
  return at;
}

/** The place of the quotation mark that ends the text, or `end`. */
export function endOfString(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}

/** The next place that holds no blank. */
export function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isBlank(bytes[at] ?? 0)) at += 1;
  return at;
}

/** The end of what can only be meant as a number. */
export function endOfNumber(bytes: Uint8Array, start: number, end: number): number {
  let at = start + 1;
  while (at < end && (isNumeric(bytes[at] ?? 0) || isFractional(bytes[at] ?? 0) || bytes[at] === 0x2b))
    at += 1;
  return at;
}

/** The kind of the number that is written there. */
export function kindOfNumber(bytes: Uint8Array, start: number, end: number): NumberKind {
  for (let at = start; at < end; at += 1) if (isFractional(bytes[at] ?? 0)) return 'number';
  const digits = end - start - (bytes[start] === 0x2d ? 1 : 0);
  if (digits < longDigits) return 'integer';
  return digits === longDigits ? 'long' : 'huge';
}

/** A digit or a minus. */
export function isNumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2d;
}

/** `.`, `e` or `E`. */
function isFractional(byte: number): boolean {
  return byte === 0x2e || byte === 0x65 || byte === 0x45;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}
