import { createHash } from 'node:crypto';

/**
 * Packs a position and what it belongs to into an opaque base64url text.
 *
 * @param binding names the list, its filter and its order; only its hash goes into the cursor.
 */
export function encodeCursor(binding: string, position: string): string {
  return Buffer.from(`${cursorVersion}${bindingHash(binding)}${position}`, 'utf8').toString('base64url');
}

export type DecodedCursor =
  | { readonly kind: 'position'; readonly position: string }
  /** It is a cursor, but of another list, filter or order. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'malformed' };

/** Reads what `encodeCursor` made; tells a cursor of another list from one that was never given out. */
export function decodeCursor(binding: string, cursor: string): DecodedCursor {
  if (cursor.length > maxCursorLength || !/^[\w-]+$/.test(cursor)) return { kind: 'malformed' };
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!text.startsWith(cursorVersion) || text.length < headLength) return { kind: 'malformed' };
  if (text.slice(cursorVersion.length, headLength) !== bindingHash(binding)) return { kind: 'foreign' };
  return { kind: 'position', position: text.slice(headLength) };
}

const cursorVersion = '1.';
const hashLength = 11;
const headLength = cursorVersion.length + hashLength;
const maxCursorLength = 2000;

function bindingHash(binding: string): string {
  return createHash('sha256').update(binding).digest('base64url').slice(0, hashLength);
}
