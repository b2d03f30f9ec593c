import { isRecord } from '../lib/is-record';
import type { JsonMap } from './documents';
import { encodeUrlPart } from './encode';
import type { Macro, PathStep } from './macro';
import { parseText, wholeMacro } from './macro';
import type { Place } from './sites';
import { valueAtPath } from './values';

interface Maps {
  readonly audience: JsonMap;
  readonly credential: JsonMap;
}

/**
 * The value of a macro over the maps `audience` and `credential`, as it is written there. `audience.id` is the audience's
 * id over there, `segment.alias`, where the map does not say.
 */
export function definitionOf(path: readonly PathStep[], maps: Maps): unknown {
  const [root, ...rest] = path;
  if (root !== 'audience' && root !== 'credential') return undefined;
  const defined = valueAtPath(maps[root], rest);
  const isId = root === 'audience' && rest.length === 1 && rest[0] === 'id';
  return defined === undefined && isId ? '{{segment.alias}}' : defined;
}

/** A text with the definitions of the maps written in the place of their macros. Literal pieces are encoded for a URL. */
export function inlineMaps(text: string, place: Place, maps: Maps): string {
  return parseText(text)
    .map((part) => (part.kind === 'macro' ? inlineOne(part, place, maps) : part.text))
    .join('');
}

/** The same for every text of a JSON value. A text that is one macro takes the value whole, with its type. */
export function inlineTree(value: unknown, maps: Maps): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => inlineTree(item, maps));
  if (isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inlineTree(item, maps)]));
  }
  if (typeof value !== 'string') return value;
  const macro = wholeMacro(value);
  const defined = macro?.filters.length === 0 ? definitionOf(macro.path, maps) : undefined;
  return defined !== undefined && typeof defined !== 'string' ? defined : inlineMaps(value, 'json', maps);
}

function inlineOne(macro: Macro, place: Place, maps: Maps): string {
  const defined = definitionOf(macro.path, maps);
  // A filter cannot be written behind a text.
  if (defined === undefined || defined === null || macro.filters.length > 0) return macro.text;
  const text = typeof defined === 'string' ? defined : JSON.stringify(defined);
  if (place !== 'url') return text;
  return parseText(text)
    .map((part) => (part.kind === 'literal' ? encodeUrlPart(part.text) : part.text))
    .join('');
}
