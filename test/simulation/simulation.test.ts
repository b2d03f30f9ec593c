import { findViolation } from './campaign';
import { runCommand } from './command';
import { makePlan } from './make-plan';
import type { Wishes } from './make-plan';
import { runHistory } from './run-history';
import { shrink } from './shrink-plan';
import { tellOutcome } from './tell-outcome';
import { fleetsOfOneJob, fleetsOfLists } from './trouble';

/** What the first broken promise is, made small; null: every promise was kept. */
async function brokenBy(wishes: Wishes, count: number): Promise<string | null> {
  const found = await findViolation({ from: 1, count, wishes });
  return found === null ? null : tellOutcome(await shrink(found, {}));
}

describe('watchers, in histories that are made of seeds', () => {
  it('keep every promise about one job, in fleets with every trouble', async () => {
    expect(await brokenBy(fleetsOfOneJob, 300)).toBeNull();
  });

  it('keep every promise about lists, in fleets with every trouble', async () => {
    expect(await brokenBy(fleetsOfLists, 300)).toBeNull();
  });

  it('live the same history again from the same seed', async () => {
    const digests = async (): Promise<readonly string[]> => {
      const seeds = Array.from({ length: 20 }, (_, index) => 5_000 + index);
      const outcomes = await Promise.all(seeds.map((seed) => runHistory(makePlan(seed))));
      return outcomes.map(({ digest }) => digest);
    };
    const first = await digests();
    expect(await digests()).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
  });

  it('live one again for who asks, with its trace', async () => {
    const said: string[] = [];
    expect(await runCommand(['--seed', '7', '--trace'], (words) => said.push(words))).toBe(0);
    expect(said.join()).toMatch(/Seed 7: every promise was kept[^]* hears SNAPSHOT /);
  });
});
