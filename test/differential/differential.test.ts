import { runCampaign, type Campaign } from './campaign';

/**
 * The SQL against the slow evaluator, on rules and people that are made up from seeds.
 *
 * A long run: `DIFFERENTIAL_SEEDS=1000-1099 npx jest test/differential` looks at a hundred seeds, up to 7,500 pairs each.
 */
const [first = 1, last = first] = (process.env['DIFFERENTIAL_SEEDS'] || '1-4').split('-').map(Number);
const seeds = Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** What the compiler refuses as yet, by the words of its diagnostics. To be shortened, never to be lengthened. */
const waiting: readonly RegExp[] = [
  /^Membership of objects is/,
  /^Comparing objects out of a list that a function made is/,
  /^Handing on an ("if" between objects|object that is written down) is/,
  /^Grouping what the rule makes itself is/,
  /^The function "distinct" of (objects in several lists|a list of \w+) is/,
];

describe('the SQL of a rule and an evaluator that shares nothing with it', () => {
  let campaign: Campaign;
  beforeAll(async () => {
    campaign = await runCampaign(seeds);
  }, 3_600_000);

  it('say the same of every made-up person', () => {
    expect(campaign.disagreements).toEqual([]);
  });

  it('are compared on enough pairs, of which enough are matches', () => {
    expect(campaign.pairCount).toBeGreaterThanOrEqual(6_000 * seeds.length);
    expect(campaign.matchCount / campaign.pairCount).toBeGreaterThan(0.2);
    expect(campaign.matchCount / campaign.pairCount).toBeLessThan(0.8);
  });

  it('are compared on rules most of which are well typed', () => {
    expect(campaign.wrong.length / campaign.ruleCount).toBeLessThan(0.02);
  });

  it('are compared on all constructs but those that are known to wait', () => {
    const refused = Object.keys(campaign.unsupported);
    expect(refused.filter((words) => !waiting.some((known) => known.test(words)))).toEqual([]);
    const refusals = Object.values(campaign.unsupported).reduce((sum, count) => sum + count, 0);
    expect(refusals / campaign.ruleCount).toBeLessThan(0.08);
  });
});
