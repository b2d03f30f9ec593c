import type { Domain, ScalarDomain } from './domain';
import type { World } from './world';

/** What a rule that is being made up can name at one place of it. */
export interface RuleScope {
  readonly world: World;
  /** What the items are that bare names belong to; the profile first, the innermost last. */
  readonly frames: readonly Domain[];
  readonly variables: readonly { readonly name: string; readonly domain: Domain }[];
}

/** Something that can be named, as text of a rule. */
export interface Place {
  readonly text: string;
  readonly domain: Domain;
  /** The path leads over a list, so that what it leads to are several. */
  readonly many: boolean;
}

/** The kinds of values that rules compute with. */
export type Kind = 'number' | 'text' | 'boolean' | 'time';

export const kinds: readonly Kind[] = ['number', 'text', 'boolean', 'time'];

/** The kind of a domain; undefined of objects, lists and maps. */
export function kindOf(domain: Domain): Kind | undefined {
  switch (domain.kind) {
    case 'string':
      return 'text';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'datetime':
    case 'date':
      return 'time';
    default:
      return undefined;
  }
}

export function isScalarDomain(domain: Domain): domain is ScalarDomain {
  return kindOf(domain) !== undefined;
}

export function insideItem(scope: RuleScope, item: Domain): RuleScope {
  return { ...scope, frames: [...scope.frames, item] };
}

export function withRuleVariable(
  scope: RuleScope,
  domain: Domain,
): { readonly name: string; readonly scope: RuleScope } {
  const name = `V${scope.variables.length + 1}`;
  return { name, scope: { ...scope, variables: [...scope.variables, { name, domain }] } };
}

/** All that can be named, source by source: the innermost item, items further out, variables, profile, events. */
export function sourcesIn(scope: RuleScope): readonly (readonly Place[])[] {
  const frames = scope.frames.map((frame, index) => {
    const levels = scope.frames.length - 1 - index;
    const up = levels === 0 ? '' : `${'^'.repeat(levels)}${levels % 2 === 0 ? '.' : ''}`;
    return under(up, frame);
  });
  const variables = scope.variables.map(({ name, domain }) => [
    { text: name, domain, many: false },
    ...under(`${name}.`, domain),
  ]);
  const events: readonly Place[] = [
    { text: 'xEvent', domain: { kind: 'array', items: scope.world.event }, many: false },
    ...under('xEvent.', scope.world.event).map((place) => ({ ...place, many: true })),
  ];
  return [...frames, ...variables, under('$1.', scope.world.profile), events].filter(
    (places) => places.length > 0,
  );
}

function under(prefix: string, domain: Domain): readonly Place[] {
  return pathsOf(domain).map((path) => ({ ...path, text: `${prefix}${path.text}` }));
}

const known = new WeakMap<Domain, readonly Place[]>();

/** Everything below an object, or below the items of a list, by its path; maps are not looked into. */
export function pathsOf(domain: Domain): readonly Place[] {
  const found = known.get(domain);
  if (found !== undefined) return found;
  const paths = pathsBelow(domain);
  known.set(domain, paths);
  return paths;
}

function pathsBelow(domain: Domain): readonly Place[] {
  if (domain.kind === 'array') return pathsOf(domain.items).map((place) => ({ ...place, many: true }));
  if (domain.kind !== 'object') return [];
  return Object.entries(domain.fields).flatMap(([name, field]) => [
    { text: name, domain: field, many: false },
    ...under(`${name}.`, field),
  ]);
}
