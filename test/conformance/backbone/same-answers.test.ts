import { backboneLimits } from '../../../src/state/backbone/backbone';
import type { Backbone, Lease, LogPosition } from '../../../src/state/backbone/backbone';
import { InProcessBackbones } from '../../../src/state/backbone/in-process-backbone';
import { fc } from '../../support/fast-check';
import { openPostgresBackbones } from '../../support/postgres-backbones';
import type { PostgresBackbones } from '../../support/postgres-backbones';
import { startPostgres } from '../../support/postgres-server';
import type { PostgresServer } from '../../support/postgres-server';

const { leaseMs, silentMs } = backboneLimits;

/** One thing that one replica does to some topics, or time that passes. */
type Step =
  | {
      readonly does: 'attend';
      readonly who: number;
      readonly topics: readonly number[];
      readonly wants: boolean;
    }
  | {
      readonly does: 'append';
      readonly who: number;
      readonly topics: readonly number[];
      readonly keys: readonly (string | null)[];
    }
  | { readonly does: 'renew' | 'release'; readonly who: number; readonly topics: readonly number[] }
  | { readonly does: 'beat'; readonly who: number }
  | { readonly does: 'wait'; readonly ms: number };

const who = fc.nat({ max: 2 });
const topics = fc.uniqueArray(fc.nat({ max: 3 }), { minLength: 1, maxLength: 4 });
const keys = fc.array(fc.constantFrom('k', 'l', null), { minLength: 1, maxLength: 4 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ does: fc.constant('attend' as const), who, topics, wants: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('append' as const), who, topics, keys }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constantFrom('renew' as const, 'release' as const), who, topics }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('beat' as const), who }) },
  {
    weight: 1,
    // Not so near to the end of a lease that the time of the test itself decides.
    arbitrary: fc.record({
      does: fc.constant('wait' as const),
      ms: fc.constantFrom(silentMs * 0.4, silentMs * 1.4, leaseMs * 0.4, leaseMs * 1.2),
    }),
  },
);

/** Replicas of one kind, and how time passes for them. */
interface World {
  readonly replicas: readonly Backbone[];
  pass(ms: number): Promise<void>;
}

/** What a history of steps answers, with names of logs and fences by the order in which they come. */
async function live(world: World, run: number, steps: readonly Step[]): Promise<readonly unknown[]> {
  const answers: unknown[] = [];
  const names = new Map<string, number>();
  const fences = new Map<number, number>();
  const numbered = <K>(known: Map<K, number>, key: K): number => {
    if (!known.has(key)) known.set(key, known.size);
    return known.get(key) ?? -1;
  };
  const at = (position: LogPosition | null): unknown =>
    position && { log: numbered(names, position.log), sequence: position.sequence };
  const nameOf = (topic: number): string => `${run}-${topic}`;
  const leases = new Map<string, Lease>();
  const places = new Map<string, LogPosition>();
  const leasesOf = (step: { readonly who: number; readonly topics: readonly number[] }): readonly Lease[] =>
    step.topics.map((topic) => leases.get(`${step.who} ${topic}`) ?? { topic: nameOf(topic), fence: 0 });
  for (const [index, step] of steps.entries()) {
    if (step.does === 'wait') {
      await world.pass(step.ms);
      continue;
    }
    const replica = world.replicas[step.who];
    if (replica === undefined) throw new Error('three replicas live here');
    if (step.does === 'attend') {
      const seen = await replica.attend(
        step.topics.map((topic) => ({
          topic: nameOf(topic),
          after: places.get(`${step.who} ${topic}`) ?? null,
          wantsLease: step.wants,
        })),
      );
      seen.forEach(({ lease, takenForMs, entries, isGap, head }, place) => {
        const key = `${step.who} ${step.topics[place]}`;
        if (lease !== null) leases.set(key, lease);
        places.set(key, head);
        const fence = lease && numbered(fences, lease.fence);
        answers.push({ fence, isTaken: takenForMs > 0, entries, isGap, head: at(head) });
      });
    } else if (step.does === 'append') {
      const positions = await replica.append(
        leasesOf(step).map((lease) => ({
          lease,
          entries: step.keys.map((replacesKey, nth) => ({ replacesKey, body: `${index}.${nth}` })),
        })),
      );
      answers.push(positions.map(at));
    } else if (step.does === 'renew') answers.push(await replica.renew(leasesOf(step)));
    else if (step.does === 'beat') await replica.beat();
    else await replica.release(leasesOf(step));
  }
  return answers;
}

let server: PostgresServer;
let shared: PostgresBackbones;
let postgres: World;
beforeAll(async () => {
  server = await startPostgres();
  shared = await openPostgresBackbones(server.url());
  const replicas = [await shared.join(), await shared.join(), await shared.join()];
  postgres = { replicas, pass: (ms) => shared.shiftTimes(ms) };
});
afterAll(async () => {
  for (const replica of postgres.replicas) await replica.close();
  await shared.close();
  await server.close();
});

function inProcess(): World {
  let nowMs = 0;
  const backbones = new InProcessBackbones({ monotonicMs: () => nowMs, name: 'log' });
  return {
    replicas: [backbones.join(), backbones.join(), backbones.join()],
    pass: (ms) => {
      nowMs += ms;
      return Promise.resolve();
    },
  };
}

it('the backbones of one process and of PostgreSQL answer the same to any history', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 25 }), async (steps) => {
      run += 1;
      expect(await live(postgres, run, steps)).toEqual(await live(inProcess(), run, steps));
    }),
    { numRuns: 60 },
  );
});
