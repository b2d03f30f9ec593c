import type { PqlFunction } from './pql-function';

/** Functions that PQL has and this compiler refuses, each with a clear word instead of "unknown function". */
export const unsupportedFunctions: readonly PqlFunction[] = [
  refused('function', 'mapEntry(key, value)', [2, 2], 'An entry of a map'),
  refused('method', 'list.intersection(otherList)', [1, 1], 'The values that two lists share'),
  refused('method', 'list.groupBy(value)', [1, 1], 'Items by a value'),
  refused('method', 'map.get(key)', [1, 1], 'The value of a key'),
  refused('method', 'map.keys()', [0, 0], 'The keys of a map'),
  refused('method', 'map.values()', [0, 0], 'The values of a map'),
];

function refused(
  form: PqlFunction['form'],
  signature: string,
  arity: readonly [number, number],
  documentation: string,
): PqlFunction {
  const name = /(\w+)(?:\(|\s\w+$)/.exec(signature)?.[1] ?? signature;
  return { name, form, signature, documentation, arity, check: null };
}
