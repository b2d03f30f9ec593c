import { isRecord } from '../lib/is-record';
import type { JsonMap } from './documents';
import type { PathStep } from './macro';
import { printPath } from './macro';

/** The value at a path, by own properties alone; undefined where there is none. */
export function valueAtPath(value: unknown, path: readonly PathStep[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof step === 'number') here = Array.isArray(here) ? (here[step] as unknown) : undefined;
    else if (isRecord(here)) here = Object.hasOwn(here, step) ? here[step] : undefined;
    else if (Array.isArray(here) && /^\d{1,4}$/.test(step)) here = here[Number(step)] as unknown;
    else return undefined;
  }
  return here;
}

/**
 * The value that a caller gave for a macro. Keys are nested or dotted or both: `{ "customerData": { "accountId": "1" } }`
 * and `{ "customerData.accountId": "1" }` say the same; where both stand, the longer key counts.
 */
export function givenValue(values: JsonMap, path: readonly PathStep[]): unknown {
  for (let length = path.length; length > 0; length -= 1) {
    const key = printPath(path.slice(0, length));
    if (!Object.hasOwn(values, key)) continue;
    const found = within(values[key], path.slice(length));
    if (found !== undefined) return found;
  }
  return undefined;
}

function within(value: unknown, path: readonly PathStep[]): unknown {
  if (path.length === 0) return value;
  const [first, ...rest] = path;
  if (typeof first === 'number') return Array.isArray(value) ? within(value[first], rest) : undefined;
  return isRecord(value) ? givenValue(value, path) : undefined;
}
