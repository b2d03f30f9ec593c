import { compareEvaluators, type Disagreement } from './compare';
import { madeUpPeople } from './made-up-people';
import { madeUpRules, madeUpSegments } from './made-up-rules';
import { shrink } from './shrink';
import { clocks, worldAt } from './world';

/** Rules and people of one seed; each meets each. */
export const rulesPerSeed = 150;
export const peoplePerSeed = 50;

export interface Campaign {
  readonly ruleCount: number;
  readonly pairCount: number;
  readonly matchCount: number;
  /** How often a construct was refused as `unsupported`, by the words of the diagnostic. */
  readonly unsupported: Readonly<Record<string, number>>;
  /** Rules that were refused as wrong: the generator means to write right ones. */
  readonly wrong: readonly string[];
  /** One disagreement for each of the first few rules, made small, in words: seed, rule, person, answers. */
  readonly disagreements: readonly string[];
}

/** Makes up rules and people, seed by seed, and compares the two evaluators on all pairs of one seed. */
export async function runCampaign(seeds: readonly number[]): Promise<Campaign> {
  let [ruleCount, pairCount, matchCount] = [0, 0, 0];
  const unsupported: Record<string, number> = {};
  const wrong: string[] = [];
  const disagreements: string[] = [];
  for (const seed of seeds) {
    const world = worldAt(clocks[seed % clocks.length] ?? '');
    const segments = madeUpSegments(world, seed);
    const segmentIds = [...segments.keys()];
    const rules = madeUpRules(world, { seed, count: rulesPerSeed, segmentIds });
    const people = madeUpPeople(world, { seed, count: peoplePerSeed });
    const outcome = await compareEvaluators(world, { rules, people, segments });
    ruleCount += rules.length;
    pairCount += outcome.pairCount;
    matchCount += outcome.matchCount;
    for (const { pql, code, message } of outcome.refused) {
      if (code === 'unsupported') unsupported[message] = (unsupported[message] ?? 0) + 1;
      else wrong.push(`${code}: ${message} in ${pql}`);
    }
    for (const one of firstOfEachRule(outcome.disagreements).slice(0, 5)) {
      disagreements.push(
        inWords(await shrink(world, one, segments), { seed, now: world.now, original: one.pql }),
      );
    }
    if (disagreements.length >= 10) break;
  }
  return { ruleCount, pairCount, matchCount, unsupported, wrong, disagreements };
}

function firstOfEachRule(disagreements: readonly Disagreement[]): readonly Disagreement[] {
  return [...new Map(disagreements.map((one) => [one.pql, one])).values()].sort(
    (one, other) => one.pql.length - other.pql.length,
  );
}

function inWords(
  { pql, person, naive, sql }: Disagreement,
  { seed, now, original }: { readonly seed: number; readonly now: Date; readonly original: string },
): string {
  return [
    `seed ${seed}, now ${now.toISOString()}`,
    `  rule      ${pql}`,
    `  person    ${JSON.stringify({ profile: person.profile, events: person.events })}`,
    `  expected  ${String(naive)}`,
    `  actual    ${String(sql)}`,
    `  made of   ${original}`,
  ].join('\n');
}
