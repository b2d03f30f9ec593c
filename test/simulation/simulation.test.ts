import { findViolation } from './campaign';
import { makePlan } from './make-plan';
import { runHistory } from './run-history';
import { tellOutcome } from './tell-outcome';
import { expectedTrouble } from './trouble';

const histories = 2_000;

describe('watchers, in histories that are made of seeds', () => {
  it('keep every promise', async () => {
    let upstreamCalls = 0;
    const found = await findViolation({
      from: 1,
      count: histories,
      wishes: expectedTrouble,
      told: (outcome) => (upstreamCalls += outcome.upstreamCalls),
    });
    expect(found === null ? null : tellOutcome(found)).toBeNull();
    expect(upstreamCalls).toBeGreaterThan(10 * histories);
  });

  it('live the same history again from the same seed', async () => {
    const digests = async (): Promise<readonly string[]> => {
      const seeds = Array.from({ length: 20 }, (_, index) => 5_000 + index);
      const outcomes = await Promise.all(seeds.map((seed) => runHistory(makePlan(seed, expectedTrouble))));
      return outcomes.map(({ digest }) => digest);
    };
    const first = await digests();
    expect(await digests()).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
  });
});
