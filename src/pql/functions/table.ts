import { controlFunctions } from './control';
import { listFunctions } from './lists';
import type { Emit, PqlFunction } from './pql-function';
import { presenceFunctions } from './presence';
import { segmentFunctions } from './segments';
import { textFunctions } from './text';
import { timeFunctions } from './time';
import { unsupportedFunctions } from './unsupported';

/** Every function of PQL, in the order of the documentation. */
export const functions: readonly PqlFunction[] = [
  ...controlFunctions,
  ...textFunctions,
  ...presenceFunctions,
  ...timeFunctions,
  ...listFunctions,
  ...segmentFunctions,
  ...unsupportedFunctions,
];

/** How an `apply` node of this name is written in SQL. */
export function emitterOf(name: string): Emit {
  const emit = functions.find((candidate) => candidate.name === name && candidate.emit !== undefined)?.emit;
  if (emit === undefined) throw new Error(`Invariant broken: the function "${name}" has no SQL`);
  return emit;
}
