import { fieldOf } from '../../xdm/find-field';
import type { XdmObject } from '../../xdm/union-schema';
import type { Span } from '../source';
import { nearestName } from '../../lib/nearest-name';
import type { ObjectOf, Typed } from '../typed-tree';
import type { Checker } from './checker';

export interface PartAccess {
  readonly name: string;
  readonly span: Span;
}

/** An attribute of an object that is a value of a map, or a part of one. */
export function partOf(
  of: Typed & { readonly type: XdmObject },
  { name, span }: PartAccess,
  checker: Checker,
): Typed {
  const type = fieldOf(of.type, name);
  if (type !== undefined) return { kind: 'member', type, of, name };
  if (checker.unknownAttributes === 'allow') {
    checker.warn('unchecked-attribute', span, { name });
    return { kind: 'dynamic', type: { kind: 'unknown' }, path: name };
  }
  const suggestion = checker.suggestionAt(span, () => nearestName(name, Object.keys(of.type.fields)));
  return checker.error('unknown-attribute', span, { name, within: 'a value of the map', suggestion });
}

/** An attribute of an object that is written down. */
export function entryOf({ entries }: ObjectOf, { name, span }: PartAccess, checker: Checker): Typed {
  const entry = entries.find((one) => one.name === name);
  if (entry !== undefined) return entry.value;
  const names = entries.map((one) => one.name);
  return checker.error('unknown-attribute', span, {
    name,
    within: 'the object that is written down',
    suggestion: checker.suggestionAt(span, () => nearestName(name, names)),
  });
}

/** True of what is never one value in SQL: written objects, maps that a rule makes, and choices between parts. */
export function isTakenApart(value: Typed): boolean {
  if (value.kind === 'object' || value.kind === 'mapping') return true;
  return value.kind === 'if' && value.type.kind === 'object'
    ? true
    : value.kind === 'first' && isTakenApart(value.value);
}
