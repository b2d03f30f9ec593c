import { invariant } from '../../lib/assert';
import type { FunctionForm } from '../typed-tree';
import { choosingFunctions } from './choices';
import { controlFunctions } from './control';
import { groupFunctions } from './groups';
import { listFunctions } from './lists';
import { mapFunctions } from './maps';
import type { Emit, PqlFunction } from './pql-function';
import { presenceFunctions } from './presence';
import { regexFunctions } from './regex';
import { segmentFunctions } from './segments';
import { setFunctions } from './sets';
import { textFunctions } from './text';
import { timeFunctions } from './time';

/** Every function of PQL, in the order of the documentation. */
export const functions: readonly PqlFunction[] = [
  ...controlFunctions,
  ...textFunctions,
  ...regexFunctions,
  ...presenceFunctions,
  ...timeFunctions,
  ...listFunctions,
  ...setFunctions,
  ...choosingFunctions,
  ...groupFunctions,
  ...mapFunctions,
  ...segmentFunctions,
];

/** The entry of a form and name. */
export function findFunction(form: FunctionForm, name: string): PqlFunction | undefined {
  return byKey.get(keyOf(form, name));
}

/** The entry of a method; some have one for maps and one for everything else. */
export function findMethod(name: string, isOfMap: boolean): PqlFunction | undefined {
  const own = isOfMap ? byKey.get(keyOf('method of a map', name)) : undefined;
  return own ?? findFunction('method', name);
}

/** How an `apply` node of this form and name is written in SQL. */
export function emitterOf(form: FunctionForm, name: string): Emit {
  const emit = findFunction(form, name)?.emit;
  invariant(emit !== undefined, `the ${form} "${name}" has SQL`);
  return emit;
}

const keyOf = (form: string, name: string): string => `${form} ${name}`;

const byKey: ReadonlyMap<string, PqlFunction> = new Map(
  functions.map((entry): [string, PqlFunction] => [
    keyOf(entry.of === undefined ? entry.form : `${entry.form} of a ${entry.of}`, entry.name),
    entry,
  ]),
);
