import type { AccessStep, Argument, Expression } from '../ast';
import { isReservedWord } from '../words';
import { hasWord, isStep, isWord, readCallNode } from './call-node';
import { implicitItem, itemMethods, lambdaNames } from './json-node';
import { child, describe, has, isBracketed, isProfileRoot, nodeTypeOf, wholeNumberOf } from './place';
import { readCall } from './read-call';
import type { Place, Reader } from './reader';
import { lost, nowhere } from './reader';
import type { Scope } from './scope';

/** `base.member`, `base.method(…)`, `base[filter]` in a row, however long. */
export function readAccess(place: Place, scope: Scope, reader: Reader): Expression {
  const steps: AccessStep[] = [];
  let current = place;
  let base: Expression | undefined;
  while (base === undefined) {
    const isInner = current === place || !isBracketed(current);
    const link = isInner ? readLink(current, scope, reader) : undefined;
    if (link === undefined) base = reader.readNode(current, scope);
    else if (link.kind === 'base') base = link.base;
    else {
      steps.push(link.step);
      current = link.next;
    }
  }
  if (steps.length === 0) return base;
  return { kind: 'access', span: nowhere, base, steps: steps.reverse() };
}

type Link =
  | { readonly kind: 'step'; readonly step: AccessStep; readonly next: Place }
  /** What the path begins with: a name of the profile or of the item, a call. */
  | { readonly kind: 'base'; readonly base: Expression };

/** The last step of a path, and what is before it; undefined where there is no path any more. */
function readLink(place: Place, scope: Scope, reader: Reader): Link | undefined {
  if (nodeTypeOf(place) === 'fieldLookup') return readField(place, scope, reader);
  if (nodeTypeOf(place) !== 'fnApply' || has(place, 'function')) return undefined;
  const call = readCallNode(place, reader);
  if (call === undefined) return { kind: 'base', base: lost };
  const [receiver, ...others] = call.params;
  if (!isStep(call) || receiver === undefined) return { kind: 'base', base: readCall(call, scope, reader) };
  if (call.form === 'method') {
    if (!hasWord(call)) {
      return { kind: 'base', base: reader.unknown(child(place, 'fnName'), `the function "${call.name}"`) };
    }
    const args = readMethodArguments({ name: call.name, places: others }, scope, reader);
    return { kind: 'step', step: { kind: 'method', span: nowhere, name: call.name, args }, next: receiver };
  }
  const [condition] = others;
  if (condition === undefined || others.length > 1) {
    return { kind: 'base', base: reader.fault(place, 'A filter takes a list and one condition.') };
  }
  const inside = reader.readItemLambda(condition, scope);
  return { kind: 'step', step: { kind: 'filter', span: nowhere, condition: inside }, next: receiver };
}

const eventsName = 'xEvent';

function readField(place: Place, scope: Scope, reader: Reader): Link {
  const namePlace = child(place, 'fieldName');
  const object = child(place, 'object');
  const { value: name } = namePlace;
  if (!isWord(name)) {
    const problem = `A fieldName is a name of letters, digits and "_", not ${describe(namePlace)}.`;
    return { kind: 'base', base: reader.fault(namePlace, problem) };
  }
  const member: Link = { kind: 'step', step: { kind: 'member', span: nowhere, name }, next: object };
  const asName: Link = { kind: 'base', base: { kind: 'name', span: nowhere, name } };
  if (isProfileRoot(object)) {
    if (child(object, 'explicit').value === true) return member;
    const isBare = scope.contexts === 0 && !scope.variables.has(name) && !isReservedWord(name);
    return name === eventsName || isBare ? asName : member;
  }
  if (nodeTypeOf(object) === 'upReference') {
    const levels = child(object, 'levels');
    const count = typeof levels.value === 'number' ? (wholeNumberOf(levels.value) ?? 0) : 0;
    return count > 0 && count < 1000
      ? { kind: 'base', base: { kind: 'up', span: nowhere, levels: count, name } }
      : { kind: 'base', base: reader.fault(levels, 'levels is a whole number from 1 on.') };
  }
  const variable = child(object, 'varName').value;
  const context =
    nodeTypeOf(object) === 'varRef' && typeof variable === 'string'
      ? scope.variables.get(variable)
      : undefined;
  if (typeof context !== 'number') return member;
  const levels = scope.contexts - context;
  if (levels > 0) return { kind: 'base', base: { kind: 'up', span: nowhere, levels, name } };
  const isHidden = scope.variables.has(name) || isReservedWord(name) || name === eventsName;
  if (!isHidden) return asName;
  const problem = `The field "${name}" of the item cannot be named here: a variable or a word of PQL has its name.`;
  return { kind: 'base', base: reader.fault(place, problem) };
}

/** The first argument of a function of lists is read in the item, unless it is a lambda with a variable. */
function readMethodArguments(
  { name, places }: { readonly name: string; readonly places: readonly Place[] },
  scope: Scope,
  reader: Reader,
): readonly Argument[] {
  const [first, ...others] = places;
  if (first === undefined || !itemMethods.has(name)) return reader.readArguments(places, scope);
  const names = lambdaNames(first.value);
  const isInItem = names === undefined || names[0] === implicitItem;
  const argument = isInItem ? reader.readItemLambda(first, scope) : reader.readLambda(first, scope);
  return [argument, ...reader.readArguments(others, scope)];
}
