import type { CallForm } from './json-node';
import { fewestOperands, isCallForm, usualForm } from './json-node';
import { child } from './place';
import type { Place, Reader } from './reader';

/** An `fnApply` as it stands: its name, its parameters, its form. */
export interface CallNode {
  readonly place: Place;
  readonly name: string;
  readonly params: readonly Place[];
  readonly form: CallForm;
}

/** True of a node that is a step of a path: a method or a filter, read by `readAccess`. */
export function isStep({ form }: CallNode): boolean {
  return form === 'method' || form === 'filter';
}

/** Undefined where it is none that can be read further; that is reported then. */
export function readCallNode(place: Place, reader: Reader): CallNode | undefined {
  const name = child(place, 'fnName');
  if (typeof name.value !== 'string' || name.value === '') {
    reader.fault(name, 'An fnApply has an fnName, the name of an operator or a function.');
    return undefined;
  }
  const params = reader.readArray(child(place, 'params'), 'params');
  const form = child(place, 'form');
  if (form.value !== undefined && !isCallForm(form.value)) {
    reader.fault(form, 'The form of an fnApply is operator, function, method, filter or quantifier.');
    return undefined;
  }
  const fewest = fewestOperands(name.value) ?? 0;
  // A word could be a method of the same name, which is told as such.
  if (params.length < fewest && (params.length === 0 || !isWord(name.value))) {
    const wanted = fewest === 1 ? 'an operand' : 'two operands';
    reader.fault(child(place, 'params'), `"${name.value}" takes ${wanted}, not ${params.length}.`);
    return undefined;
  }
  const values = params.map(({ value }) => value);
  const said = isCallForm(form.value) ? form.value : usualForm(name.value, values);
  if (params.length === 0 && said !== 'function') {
    reader.fault(child(place, 'params'), `"${name.value}" has no operands.`);
    return undefined;
  }
  return { place, name: name.value, params, form: said };
}

const word = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** True of what can be a name after a dot. */
export function isWord(value: unknown): value is string {
  return typeof value === 'string' && word.test(value);
}

/** True of a call whose name can be written. */
export function hasWord(call: CallNode): boolean {
  return word.test(call.name);
}
