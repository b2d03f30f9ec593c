import { makePlan } from './make-plan';
import type { Plan } from './plan';
import { runHistory } from './run-history';
import { tellOutcome } from './tell-outcome';

const seeds = Array.from({ length: 40 }, (_, index) => 20_000 + index);

/** One replica, which all come to. */
function withOneReplica(plan: Plan): Plan {
  return { ...plan, replicas: plan.replicas.slice(0, 1).map((replica) => ({ ...replica, startsMs: 0 })) };
}

/** Each who comes has a look made in his replica: one call, or one for each kind of a list. */
function firstLooks({ subscribers }: Plan): number {
  return subscribers.reduce(
    (sum, { watches, breaks }) =>
      sum + (watches.kind === 'all' ? watches.kinds.length : 1) * (1 + breaks.length),
    0,
  );
}

describe('a fleet in which nothing fails', () => {
  it('asks the upstream hardly more than one replica does', async () => {
    const asked = { byFleet: 0, byOne: 0, asTheyCome: 0 };
    await Promise.all(
      seeds.map(async (seed) => {
        const plan = makePlan(seed, { replicas: 3, hasBackbone: true, hasFaults: false });
        const fleet = await runHistory(plan);
        expect(fleet.violation === null ? null : tellOutcome(fleet)).toBeNull();
        asked.byFleet += fleet.upstreamCalls;
        const one = await runHistory(withOneReplica(plan));
        asked.byOne += one.upstreamCalls;
        asked.asTheyCome += firstLooks(plan);
      }),
    );
    expect(asked.byFleet).toBeLessThan(1.1 * asked.byOne + asked.asTheyCome);
    expect(asked.byOne).toBeGreaterThan(10 * seeds.length);
  });
});
