import type { Person } from '../support/people-database';
import { Choices } from './choices';
import type { Domain, ObjectDomain } from './domain';
import type { World } from './world';

/** People of a world: values out of its domains, with something missing everywhere, and equal times among events. */
export function madeUpPeople(
  world: World,
  { seed, count }: { readonly seed: number; readonly count: number },
): readonly Person[] {
  const choices = new Choices(seed);
  return Array.from({ length: count }, (_, index) => ({ name: `p${index}`, ...personOf(world, choices) }));
}

function personOf(world: World, choices: Choices): Omit<Person, 'name'> {
  // A few times only within one person, so that events coincide.
  const times = [0, 1, 2, 3].map(() => valueOf(world.event.fields['timestamp'], choices));
  const events = choices.many(6, (index) => ({
    ...objectOf(world.event, choices),
    _id: `e${index}`,
    timestamp: choices.one(times),
  }));
  return { profile: choices.oneIn(12) ? {} : objectOf(world.profile, choices), events };
}

function objectOf(domain: ObjectDomain, choices: Choices): Record<string, unknown> {
  const fields = Object.entries(domain.fields).flatMap(([name, field]): (readonly [string, unknown])[] => {
    if (choices.oneIn(6)) return [];
    return [[name, choices.oneIn(10) ? null : valueOf(field, choices)]];
  });
  return Object.fromEntries(fields);
}

function valueOf(domain: Domain | undefined, choices: Choices): unknown {
  if (domain === undefined) return null;
  switch (domain.kind) {
    case 'object':
      return objectOf(domain, choices);
    case 'array':
      return choices.many(3, () => (choices.oneIn(8) ? null : valueOf(domain.items, choices)));
    case 'map':
      return Object.fromEntries(
        domain.keys
          .filter(() => choices.oneIn(2))
          .map((key) => [key, choices.oneIn(8) ? null : valueOf(domain.values, choices)]),
      );
    default:
      return choices.one(domain.values);
  }
}
