import { endOfNumber, endOfString, endOfWord, isNumeric, kindOfNumber, skipBlanks } from './shape-hash';

/** What kinds of values a row holds: a word for a scalar, a list of what its items are, or fields. */
export type Sketch = null | ScalarKind | readonly Sketch[] | { readonly [field: string]: Sketch };

/**
 * Scalars as the files write them. `long` and `huge` are whole numbers that may be, or are, beyond 2^53; `text` is a cell
 * whose type is still open; `date` and `datetime` come from files that have such types.
 */
export type ScalarKind =
  'string' | 'boolean' | 'number' | 'integer' | 'long' | 'huge' | 'text' | 'date' | 'datetime';

/** What can be said of a row from its brackets, keys and kinds of values. */
export type SketchedRow =
  | { readonly fault: 'invalid-json' | 'not-an-object' | 'too-deep' }
  | {
      readonly fault?: undefined;
      readonly sketch: Sketch;
      /** True where an object of the row has one key twice. */
      readonly repeatsKeys: boolean;
    };

/** Rows may have this many levels. */
export const maxDepth = 100;

const quote = 0x22;
const colon = 0x3a;

/** Sketches the line of JSON that stands at these bytes. Texts and numbers themselves are not looked into. */
export function sketchRow(bytes: Buffer, start: number, end: number): SketchedRow {
  const drawn = draw(bytes, start, end);
  if (typeof drawn === 'string') return { fault: drawn };
  let sketch: unknown;
  try {
    sketch = JSON.parse(drawn.text);
  } catch {
    return { fault: 'invalid-json' };
  }
  if (typeof sketch !== 'object' || sketch === null || Array.isArray(sketch))
    return { fault: 'not-an-object' };
  return { sketch: withoutRepeatedItems(sketch as Sketch), repeatsKeys: drawn.repeatsKeys };
}

interface Drawing {
  readonly text: string;
  readonly repeatsKeys: boolean;
}

/** The line with a word for each value: JSON where the line is. */
function draw(bytes: Buffer, start: number, end: number): Drawing | 'invalid-json' | 'too-deep' {
  const pieces: string[] = [];
  /** Keys of the objects that are open; null for a list. */
  const open: (Set<string> | null)[] = [];
  let repeatsKeys = false;
  for (let at = start; at < end;) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) {
      const close = endOfString(bytes, at + 1, end);
      if (close >= end) return 'invalid-json';
      const next = skipBlanks(bytes, close + 1, end);
      if (next < end && bytes[next] === colon) {
        const key = readKey(bytes.toString('utf8', at, close + 1));
        if (key === undefined) return 'invalid-json';
        const keys = open.at(-1);
        if (keys?.has(key) === true) repeatsKeys = true;
        keys?.add(key);
        pieces.push(`${JSON.stringify(key)}:`);
        at = next + 1;
      } else {
        pieces.push('"string"');
        at = close + 1;
      }
    } else if (isNumeric(byte)) {
      const close = endOfNumber(bytes, at, end);
      pieces.push(`"${kindOfNumber(bytes, at, close)}"`);
      at = close;
    } else if (byte >= 0x61 && byte <= 0x7a) {
      const close = endOfWord(bytes, at, end);
      // Which word it is, the engine looks at: rows with `true` and `false` are to be alike.
      pieces.push(byte === 0x74 || byte === 0x66 ? '"boolean"' : bytes.toString('latin1', at, close));
      at = close;
    } else {
      if (byte === 0x7b) open.push(new Set());
      else if (byte === 0x5b) open.push(null);
      else if (byte === 0x7d || byte === 0x5d) open.pop();
      if (open.length > maxDepth) return 'too-deep';
      pieces.push(String.fromCharCode(byte));
      at += 1;
    }
  }
  return { text: pieces.join(''), repeatsKeys };
}

function readKey(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}

/** The same sketch for lists of any length whose items are alike. */
function withoutRepeatedItems(sketch: Sketch): Sketch {
  if (sketch === null || typeof sketch === 'string') return sketch;
  if (isItems(sketch)) {
    const items = new Map(sketch.map(withoutRepeatedItems).map((item) => [JSON.stringify(item), item]));
    return [...items.keys()].sort().map((key) => items.get(key) ?? null);
  }
  // A computed key makes an own property even of `__proto__`.
  return Object.fromEntries(
    Object.entries(sketch).map(([name, field]) => [name, withoutRepeatedItems(field)]),
  );
}

/** True for the sketch of a list. */
export function isItems(sketch: Sketch): sketch is readonly Sketch[] {
  return Array.isArray(sketch);
}

/** Stands for every key of a map, in files whose maps are told from objects. */
export const anyKey = '\u0000*';
