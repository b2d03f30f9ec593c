import { parsePql, printPql } from '../../src/pql';
import type { Query } from '../../src/pql/ast';
import type { Person } from '../support/people-database';
import type { Disagreement } from './compare';
import { compareEvaluators } from './compare';
import type { World } from './world';

/** At most so many tries, so that a failing test still ends. */
const mostTries = 600;

/**
 * A disagreement made as small as tries allow: parts of the rule give way to what lies within them, items and
 * attributes are left out, and each smaller pair is kept when the two evaluators still disagree about it.
 */
export async function shrink(
  world: World,
  found: Disagreement,
  segments: ReadonlyMap<string, string>,
): Promise<Disagreement> {
  let smallest = found;
  let tries = 0;
  const attempt = async (pql: string, person: Person): Promise<boolean> => {
    tries += 1;
    const { disagreements } = await compareEvaluators(world, { rules: [pql], people: [person], segments });
    const [again] = disagreements;
    // An error of the slow evaluator on a rule that was not one before is another story.
    if (again === undefined || (again.naive instanceof Error && !(found.naive instanceof Error)))
      return false;
    smallest = again;
    return true;
  };
  let isSmaller = true;
  while (isSmaller && tries < mostTries) {
    isSmaller = false;
    const { query } = parsePql(smallest.pql);
    const rules = query === null ? [] : smallerRules(query, smallest.pql);
    const pairs = [
      ...rules.map((pql): [string, Person] => [pql, smallest.person]),
      ...smallerValues(smallest.person).map((person): [string, Person] => [smallest.pql, person as Person]),
    ];
    for (const [pql, person] of pairs) {
      if (tries >= mostTries) break;
      isSmaller = await attempt(pql, person);
      if (isSmaller) break;
    }
  }
  return smallest;
}

/** Texts of rules that are a step smaller, the smallest first. */
function smallerRules(query: Query, text: string): readonly string[] {
  const texts = smallerTrees(query.body).flatMap((body) => {
    try {
      return [printPql({ ...query, body: body as Query['body'] })];
    } catch {
      return [];
    }
  });
  return [...new Set(texts)]
    .filter((one) => one.length < text.length && parsePql(one).query !== null)
    .sort((one, other) => one.length - other.length);
}

/** A tree with one of its nodes replaced by a node below it, or with an item of one of its lists left out. */
function smallerTrees(node: unknown): readonly unknown[] {
  if (Array.isArray(node)) return smallerLists(node, smallerTrees);
  if (typeof node !== 'object' || node === null) return [];
  const entries = Object.entries(node).filter(([key]) => key !== 'span' && key !== 'nameSpan');
  const within = entries.flatMap(([key, value]) =>
    smallerTrees(value).map((smaller) => ({ ...node, [key]: smaller })),
  );
  return [...nodesBelow(node), ...within];
}

/** The nearest nodes of a tree below one. */
function nodesBelow(node: object): readonly unknown[] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]): readonly unknown[] => {
    if (key === 'span' || key === 'nameSpan' || typeof value !== 'object' || value === null) return [];
    return 'kind' in value ? [value] : nodesBelow(value);
  });
}

/** JSON with one thing left out, at any depth: the larger things first. */
function smallerValues(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return smallerLists(value, smallerValues);
  if (typeof value !== 'object' || value === null) return [];
  const entries = Object.entries(value);
  const without = entries
    .filter(([key]) => key !== 'name' && key !== 'timestamp' && key !== '_id')
    .map(([key]) => Object.fromEntries(entries.filter(([other]) => other !== key)));
  const within = entries.flatMap(([key, inner]) =>
    smallerValues(inner).map((smaller) => ({ ...value, [key]: smaller })),
  );
  return [...without, ...within];
}

/** A list without one of its items, or with one of them smaller. */
function smallerLists(
  list: readonly unknown[],
  smaller: (item: unknown) => readonly unknown[],
): readonly unknown[] {
  const without = list.map((_, index) => list.filter((_item, at) => at !== index));
  const within = list.flatMap((item, index) =>
    smaller(item).map((one) => list.map((other, at) => (at === index ? one : other))),
  );
  return [...without, ...within];
}
