import { quantile, timed } from '../measure';
import { openSession } from '../session';
import type { BenchCase } from './bench-case';

/** One profile by one of its identities, with its memberships. */
export const lookupCase: BenchCase = {
  name: 'lookup',
  title: 'Profile by identity',
  needsEvents: false,
  run: async ({ dataSet, rounds }) => {
    const session = await openSession(dataSet);
    try {
      const take = async (n: number): Promise<void> => {
        // A step that shares no factor with the number of people meets them all, far from one after the other.
        const id = `p${(n * 7_919) % dataSet.profiles}`;
        const found = await session.data.profileByIdentity({ namespace: 'CRMID', id });
        if (found === undefined) throw new Error(`Nobody has the id ${id}`);
      };
      for (let n = 0; n < 20; n += 1) await take(n);
      const samples: { ms: number; cpuMs: number }[] = [];
      for (let n = 0; n < 200 * rounds; n += 1) samples.push(await timed(() => take(n)));
      const of = (share: number) => ({
        ms: quantile(
          samples.map(({ ms }) => ms),
          share,
        ),
        cpuMs: quantile(
          samples.map(({ cpuMs }) => cpuMs),
          share,
        ),
      });
      const p99 = of(0.99);
      return {
        measured: [
          { name: 'half are faster', ...of(0.5) },
          { name: '99 in 100 are faster', ...p99 },
        ],
        comparisons: [{ what: 'p99 in ms', ratio: p99.ms, target: { atMost: 20 } }],
        notes: [`${samples.length} profiles, one after the other`],
      };
    } finally {
      await session.close();
    }
  },
};
