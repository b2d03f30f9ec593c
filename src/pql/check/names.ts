import { fieldOf } from '../../xdm/find-field';
import type { XdmObject } from '../../xdm/union-schema';
import type { Name, Parameter, UpReference } from '../ast';
import type { Span } from '../source';
import { nearestName } from '../../lib/nearest-name';
import type { Field, Typed } from '../typed-tree';
import { reported } from '../typed-tree';
import { nameType } from '../value-types';
import type { Binding, Checker, CheckRule, Scope } from './checker';
import { isChoiceOfParts, ofEachBranch } from './conditional';
import { isMap, valueAt } from './maps';
import { entryOf, partOf } from './parts';
import { allEvents, collect, elementsOf, isList } from './collections';

const eventsName = 'xEvent';

/**
 * A bare name: `xEvent` (always the profile's), a variable, or a field of the item of a filter, else of the
 * profile.
 */
export const checkName: CheckRule<Name> = (node, scope, checker) => {
  if (node.name === eventsName) return allEvents(checker);
  const binding = scope.variables.get(node.name);
  if (binding !== undefined) return valueOf(binding, checker);
  const owner = scope.contexts.at(-1) ?? checker.profile;
  return memberOf({ owner, name: node.name, span: node.span, scope }, checker);
};

/** `$1`, the profile. */
export const checkParameter: CheckRule<Parameter> = (node, _scope, checker) =>
  node.position === 1
    ? checker.profile
    : checker.error('unknown-parameter', node.span, { parameter: `$${node.position}` });

/** `^name`: filters and functions over items count, select and quantifiers do not. See docs/pql.md, "Names". */
export const checkUpReference: CheckRule<UpReference> = (node, scope, checker) => {
  const possible = scope.contexts.length;
  if (node.levels > possible) {
    return checker.error('above-profile', node.span, { levels: node.levels, possible });
  }
  const owner = scope.contexts[possible - node.levels - 1] ?? checker.profile;
  const isProfile = node.levels === possible;
  if (isProfile && node.name === eventsName) return allEvents(checker);
  return memberOf({ owner, name: node.name, span: node.span, scope }, checker);
};

function valueOf(binding: Binding, checker: Checker): Typed {
  return binding.kind === 'value' ? binding.value : checker.value(binding.expression, binding.scope);
}

export interface MemberAccess {
  readonly owner: Typed;
  readonly name: string;
  readonly span: Span;
  readonly scope: Scope;
}

/** `owner.name`; of a list, the name of each of its items, flattened, nulls dropped (docs/pql.md, "Names"). */
export function memberOf(access: MemberAccess, checker: Checker): Typed {
  const { owner, name, span } = access;
  if (isChoiceOfParts(owner)) {
    return ofEachBranch(owner, (branch) => memberOf({ ...access, owner: branch }, checker), span, checker);
  }
  if (isList(owner)) {
    const elements = elementsOf(owner, checker);
    if (elements.tuples) {
      return checker.error('unsupported', span, {
        what: 'An attribute of combinations of several variables',
      });
    }
    const value = memberOf({ ...access, owner: elements.value }, checker);
    return collect({ ...elements, value }, checker);
  }
  if (owner.kind === 'first' && owner.type.kind === 'object') {
    const value = memberOf({ ...access, owner: owner.value }, checker);
    return value.type.kind === 'unknown' ? value : { ...owner, type: value.type, value };
  }
  if (owner.kind === 'dynamic') {
    return owner.path === null ? reported : { ...owner, path: `${owner.path}.${name}` };
  }
  if (isMap(owner)) return valueAt(owner, { kind: 'constant', type: { kind: 'string' }, value: name });
  if (owner.kind === 'object') return entryOf(owner, access, checker);
  if (isPartOfMap(owner)) return partOf(owner, access, checker);
  if (owner.kind !== 'field' || owner.type.kind !== 'object') {
    const problem = `${nameType(owner.type)} has no attributes, so ".${name}" leads nowhere.`;
    return checker.error('type-mismatch', span, {
      problem: problem.charAt(0).toUpperCase() + problem.slice(1),
    });
  }
  if (owner.owner.kind === 'profile' && owner.path === '' && name === eventsName) {
    return allEvents(checker);
  }
  return fieldMember(owner, owner.type, access, checker);
}

function isPartOfMap(owner: Typed): owner is Typed & { readonly type: XdmObject } {
  return owner.type.kind === 'object' && (owner.kind === 'mapValue' || owner.kind === 'member');
}

function fieldMember(owner: Field, type: XdmObject, access: MemberAccess, checker: Checker): Typed {
  const { name, span } = access;
  const path = owner.path === '' ? name : `${owner.path}.${name}`;
  const field = fieldOf(type, name);
  if (field !== undefined) return { ...owner, type: field, path };
  const suggestion = checker.suggestionAt(span, () => suggestionFor(owner, type, access, checker));
  const fullPath = owner.owner.kind === 'event' ? `${eventsName}.${path}` : path;
  if (checker.unknownAttributes === 'allow') {
    checker.warn('unchecked-attribute', span, { name: fullPath, suggestion });
    return { kind: 'dynamic', type: { kind: 'unknown' }, path: fullPath };
  }
  return checker.error('unknown-attribute', span, {
    name,
    within: whole(owner),
    suggestion,
  });
}

/** Functions whose brackets were left out, or that other languages call so. */
const callsMeant: ReadonlyMap<string, string> = new Map([
  ...['count', 'head', 'distinct', 'keys', 'values', 'isNull', 'isNotNull'].map((name): [string, string] => [
    name,
    `${name}()`,
  ]),
  ['length', 'count()'],
  ['size', 'count()'],
  ['first', 'head()'],
]);

function suggestionFor(
  owner: Field,
  type: XdmObject,
  access: MemberAccess,
  checker: Checker,
): string | undefined {
  const { name, scope } = access;
  const outer = fromProfile(owner, name, access, checker);
  if (outer !== undefined) return outer;
  const isBare = owner === (scope.contexts.at(-1) ?? checker.profile);
  const others = isBare ? [eventsName, ...scope.variables.keys()] : [];
  const near = nearestName(name, [...Object.keys(type.fields), ...others]);
  return near ?? (isBare ? undefined : callsMeant.get(name));
}

/** A bare name in a filter that the profile would know: what was meant is the name with the way up to it. */
function fromProfile(
  owner: Field,
  name: string,
  { scope }: MemberAccess,
  checker: Checker,
): string | undefined {
  const isBare = scope.contexts.at(-1) === owner && owner.owner.kind !== 'profile';
  const isKnown = fieldOf(checker.schema.profile, name) !== undefined;
  return isBare && isKnown ? `${'^'.repeat(scope.contexts.length)}${name}` : undefined;
}

/** The object whose attribute is unknown, in words; nothing for the profile itself. */
function whole(owner: Field): string | undefined {
  if (owner.path !== '') return `"${owner.path}"`;
  if (owner.owner.kind === 'profile') return undefined;
  return owner.owner.kind === 'event' ? 'an event' : 'an item of the list';
}
