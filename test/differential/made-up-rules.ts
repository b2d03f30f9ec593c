import { checkPql } from '../../src/pql';
import { Choices } from './choices';
import type { RuleWriter } from './rule-writer';
import type { World } from './world';
import { writeObjects } from './write-lists';
import { writeTest } from './write-tests';
import { writeValue } from './write-values';

/** Rules over a world; nearly all are well typed, all of every construct of the language. */
export function madeUpRules(
  world: World,
  {
    seed,
    count,
    segmentIds = [],
  }: { readonly seed: number; readonly count: number; readonly segmentIds?: readonly string[] },
): readonly string[] {
  const choices = new Choices(seed);
  const writer: RuleWriter = {
    choices,
    segmentIds,
    test: (spot) => writeTest(writer, spot),
    value: (kind, spot, many) => writeValue(writer, kind, spot, many),
    objects: (spot) => writeObjects(writer, spot),
  };
  const scope = { world, frames: [world.profile], variables: [] };
  return Array.from({ length: count }, () => {
    const depth = choices.one([1, 2, 2, 3, 4]);
    if (!choices.oneIn(20)) return writer.test({ scope, depth });
    const variables = [{ name: 'P', domain: world.profile }];
    return `(P) => ${writer.test({ scope: { ...scope, variables }, depth })}`;
  });
}

/** Segments for other rules to lean on, each of which may lean on those before it. */
export function madeUpSegments(world: World, seed: number): ReadonlyMap<string, string> {
  return ['s1', 's2', 's3'].reduce<ReadonlyMap<string, string>>((segments, id, index) => {
    const segmentIds = [...segments.keys()];
    const candidates = madeUpRules(world, { seed: -(seed * 10 + index), count: 20, segmentIds });
    const options = { schema: world.schema, unknownAttributes: 'error' } as const;
    const text = candidates.find((one) => checkPql(one, options).rule !== null) ?? 'xEvent';
    return new Map([...segments, [id, text]]);
  }, new Map());
}
