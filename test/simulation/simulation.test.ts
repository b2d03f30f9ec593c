import { runCommand } from './command';
import { makePlan } from './make-plan';
import { runHistory } from './run-history';
import { simulate } from './simulate';

describe('watchers, in histories that are made of seeds', () => {
  it('keep every promise about one job, in fleets with every trouble', async () => {
    expect(await simulate('--watches', 'one', '--seeds', '1200')).toMatch(
      /^1200 histories, \d+ upstream calls/,
    );
  }, 180_000);

  it('keep every promise about lists, in fleets with every trouble', async () => {
    expect(await simulate('--watches', 'all', '--seeds', '200')).toMatch(
      /^200 histories, \d+ upstream calls/,
    );
  }, 180_000);

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
