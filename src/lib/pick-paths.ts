import { isRecord } from './is-record';

/**
 * What stands under dotted paths, in the shape that it has: `a.b` of `{ a: { b: 1, c: 2 } }` is `{ a: { b: 1 } }`. A path
 * goes through lists into each of their members; what is not there is null.
 */
export function pickPaths(
  record: Readonly<Record<string, unknown>>,
  paths: readonly (readonly string[])[],
): Record<string, unknown> {
  const wanted = new Map<string, string[][]>();
  for (const [name = '', ...rest] of paths) wanted.set(name, [...(wanted.get(name) ?? []), rest]);
  return Object.fromEntries([...wanted].map(([name, rests]) => [name, pickBelow(record[name], rests)]));
}

function pickBelow(value: unknown, paths: readonly (readonly string[])[]): unknown {
  if (paths.some((path) => path.length === 0)) return value ?? null;
  if (Array.isArray(value)) return value.map((member) => pickBelow(member, paths));
  return isRecord(value) ? pickPaths(value, paths) : null;
}
